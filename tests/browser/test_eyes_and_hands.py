"""What people ask their system for: colours of their own, nothing that moves, and a pen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.picking import box, place, shown_picker

SEEN = """([selector, pseudo]) => {
  const style = getComputedStyle(document.querySelector(selector), pseudo);
  return { ground: style.backgroundColor, border: parseFloat(style.borderTopWidth) ? style.borderTopColor : null };
}"""

SYSTEM = """name => {
  const node = document.body.appendChild(document.createElement("i"));
  node.style.color = name;
  const { color } = getComputedStyle(node);
  node.remove();
  return color;
}"""


def test_with_colours_of_ones_own_selection_handles_and_playhead_are_seen(esm_page, ten_seconds: Path) -> None:
    live = shown_picker(esm_page, ten_seconds)
    page = live.page
    page.emulate_media(forced_colors="active")
    ink, mark, ground = (page.evaluate(SYSTEM, name) for name in ("CanvasText", "Highlight", "Canvas"))
    assert len({ink, mark, ground}) == 3
    handle = [".sora-thumb-in", "::before"]
    assert page.evaluate(SEEN, [".sora-band", None])["border"] == mark
    assert page.evaluate(SEEN, handle)["ground"] == mark
    assert page.evaluate(SEEN, [".sora-playhead", None])["ground"] == ink
    assert page.evaluate(SEEN, [".sora-button:not(.sora-button-icon)", None])["border"] not in (None, ground)
    page.emulate_media(forced_colors="none")
    assert page.evaluate(SEEN, handle)["ground"] != mark


def test_nothing_moves_by_itself_where_that_is_not_wanted(esm_page, ten_seconds: Path) -> None:
    live = shown_picker(esm_page, ten_seconds)
    longest = """() => Math.max(...[...document.querySelectorAll(".sora, .sora *")].map((node) =>
      Math.max(...getComputedStyle(node).transitionDuration.split(",").map(parseFloat))))"""
    assert live.page.evaluate(longest) > 0
    live.page.emulate_media(reduced_motion="reduce")
    assert live.page.evaluate(longest) == 0


def test_a_pen_drags_a_handle(esm_page, ten_seconds: Path) -> None:
    live = shown_picker(esm_page, ten_seconds)
    tip = live.page.context.new_cdp_session(live.page)
    heard = "() => { window.kinds = new Set(); addEventListener('pointermove', e => kinds.add(e.pointerType), true); }"
    live.page.evaluate(heard)

    def pen(kind: str, x: float, y: float) -> None:
        down = {"button": "left", "buttons": 1, "clickCount": 1}
        tip.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "pointerType": "pen", "force": 0.5, **down})

    x, y = box(live, ".sora-thumb-out")
    pen("mousePressed", x, y)
    for seconds in (5.5, 6, 6.4):
        pen("mouseMoved", place(live, seconds), y)
    pen("mouseReleased", place(live, 6.4), y)
    live.until(lambda: live.widget.value == pytest.approx((2, 6.4), abs=0.2))  # a handle is held beside its edge
    assert live.page.evaluate("() => [...kinds]") == ["pen"]
