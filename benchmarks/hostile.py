"""A thousand hostile texts through every sink of ours: `python benchmarks/hostile.py [--count 1000] [--seed 7]`.

Trusted, in a real JupyterLab, through every widget, form, table, traceback and print; then in what is exported: the
notebook as HTML with its widgets' state, the frozen notebook as HTML and as Markdown, and the report. Printed is how
many of the texts were read in each, and what ran, was asked for, or became markup. Goal: all read, nothing else.
`tests/browser/test_hostile.py` shows that the known bad sinks are caught by the same eyes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.attacks import export, fed, filling, opened, room, setup  # noqa: E402  # they lie beside the package
from tests.browser.chromium import ARGS, MISSING, find_chromium  # noqa: E402
from tests.browser.conftest import new_page  # noqa: E402
from tests.browser.hostile import hostile  # noqa: E402
from tests.browser.jupyter import LabServer, write_notebook  # noqa: E402
from tests.browser.sinks import LIVE, STILL, report  # noqa: E402
from tests.browser.watch import Watch  # noqa: E402
from tests.clips import make_clip  # noqa: E402


def main() -> None:
    """Show, look, print, and end with 1 where anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        sys.exit(MISSING)
    count, wrong = asked.count, 0

    texts = hostile(count, asked.seed)
    # pandas leaves formulas in its tables to the front end, where they are no longer a text that could be read.
    formulas = {number for number, text in enumerate(texts) if "$\\" in text}

    def tell(place: str, seen: set[int], found: list[str], given: int = count) -> None:
        nonlocal wrong
        lost = set(range(given)) - seen - (formulas if place == "JupyterLab, tables" else set())
        wrong += len(found) + len(lost)
        print(
            f"{place:32} read {given - len(lost):4} of {given}, found {len(found)}",
            *found[:5],
            *sorted(lost)[:5],
            flush=True,
        )

    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder, "notebooks")
        root.mkdir()
        clip = make_clip(root / "clip.mp4", 50, 25, (320, 180))
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        os.environ["SORA_NB_HOME"] = str(root / "library")
        first = setup(clip, count, asked.seed)
        with LabServer(root) as server:
            page = new_page(browser)
            for sink in (*LIVE, *STILL):
                cells = [f"sinks.live({sink!r}, clip)"] if sink in LIVE else filling(sink, count)
                write_notebook(root / f"{sink}.ipynb", [first, *cells])
                book = server.open(page, f"{sink}.ipynb")
                with Watch(page) as watch:
                    book.run_all()
                    if sink in LIVE:
                        shown = book.output(1)
                        shown.locator(".sora, .widget-vbox").first.wait_for(state="attached")
                        seen = fed(book, watch, sink, shown, count)
                    else:
                        seen = watch.seen()
                    tell(f"JupyterLab, {sink}", seen, watch.found(), room(sink, count))
                book.close()
            page.context.close()
        pages = export(Path(folder), clip, count, asked.seed)
        pages["report"] = report(texts, clip, Path(folder, "report.html"))
        for kind, path in pages.items():
            with opened(browser, path) as watch:
                tell(f"export, {kind}", watch.seen(), watch.found())
        browser.close()
    places = len(LIVE) + len(STILL) + len(pages)
    print(f"{count} texts, {places} places, {wrong} faults, {time.monotonic() - began:.0f} s")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
