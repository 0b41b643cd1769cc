"""Hands and eyes for the range picker in a page without a kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sora_nb.widgets import RangePicker
from tests.browser.esm import Harness
from tests.browser.pages import LivePage


def shown_picker(show: Callable[..., Harness], source: Path, **options: Any) -> LivePage:
    """A picker on a file, its first frame on the screen."""
    live = LivePage(show, RangePicker(source, **{"value": "2,5", **options}))
    live.until(lambda: live.page.locator(".sora-picker[data-loaded]").count())
    return live


def press(live: LivePage, *keys: str) -> None:
    """Press keys with the picker in focus."""
    live.page.locator(".sora-picker").focus()
    for key in keys:
        live.page.keyboard.press(key)
        live.carry()
    live.drawn()


def box(live: LivePage, selector: str) -> tuple[float, float]:
    """The middle of an element."""
    found = live.page.locator(selector).bounding_box()
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def place(live: LivePage, seconds: float) -> float:
    """Where a moment is on the screen, from the left."""
    lane = live.page.locator(".sora-lane").bounding_box()
    return lane["x"] + lane["width"] * seconds / live.widget.duration


def drag(live: LivePage, selector: str, seconds: float) -> None:
    """Take hold of an element and move it by so many seconds."""
    x, y = box(live, selector)
    live.page.mouse.move(x, y)
    live.page.mouse.down()
    live.page.mouse.move(x + (place(live, seconds) - place(live, 0)) / 2, y)
    live.carry()
    live.page.mouse.move(x + place(live, seconds) - place(live, 0), y)
    live.page.mouse.up()
    live.carry()
    live.drawn()


SHOWN = """() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const brush = canvas.getContext("2d");
  brush.drawImage(video, 0, 0);
  let number = 0;
  for (let bit = 0; bit < 12; bit += 1) {
    const [red] = brush.getImageData((bit + 0.5) * canvas.width / 12, canvas.height / 4, 1, 1).data;
    if (red > 127) number += 2 ** bit;
  }
  return video.seeking ? -1 : number;
}"""
"""The number that is painted into the frame on the screen."""
