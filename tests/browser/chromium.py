"""The browser that is there: `python -m tests.browser.chromium` prints its path or says what is missing."""

from __future__ import annotations

import os
import shutil
import sys

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

ARGS = [
    "--no-sandbox",  # the tests may run as root in a container, and open only pages of their own
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
]

MISSING = (
    "The browser tests need Chromium or Chrome, and none was found. Install one (on Debian: apt-get install chromium), "
    "or name it: SORA_NB_CHROMIUM=/path/to/chrome"
)


def find_chromium() -> str | None:
    """The path of a Chromium or a Chrome, None where there is none; SORA_NB_CHROMIUM decides where it is set."""
    chosen = os.environ.get("SORA_NB_CHROMIUM")
    if chosen:
        return shutil.which(chosen)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


if __name__ == "__main__":
    sys.exit(None if find_chromium() else MISSING)
