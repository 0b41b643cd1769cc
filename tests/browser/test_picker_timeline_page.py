"""The timeline under hands: wheel, pinch, touch, pen, the overview, and keys that zoom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.pages import LivePage
from tests.browser.picking import box, place, press, shown_picker


@pytest.fixture
def show(esm_page, ten_seconds: Path):
    """A picker on that clip, its first frame on the screen."""

    def show(**options: Any) -> LivePage:
        return shown_picker(esm_page, ten_seconds, **options)

    return show


def shown(live: LivePage) -> tuple[float, float]:
    """The first and the last second on the timeline, as the places of the band's ends tell."""
    lane = live.page.locator(".sora-lane").bounding_box()
    left, right = (
        live.page.evaluate(f"() => parseFloat(document.querySelector('.sora-thumb-{end}').style.left) / 100")
        for end in ("in", "out")
    )
    start, end = live.widget.value
    per = (end - start) / (right - left)
    assert lane["width"] > 0
    return start - left * per, start + (1 - left) * per


def wheel(live: LivePage, seconds: float, dy: float, *, dx: float = 0) -> None:
    """Turn the wheel over a moment; the hand must be off the timeline's zoom for it to be at that place."""
    live.page.mouse.move(place(live, seconds), box(live, ".sora-film")[1])
    # Playwright does not wait until the page has heard of it.
    heard = "new Promise((heard) => addEventListener('wheel', heard, { capture: true, once: true, passive: true }))"
    live.page.evaluate(f"() => {{ window.turned = {heard}; }}")
    live.page.mouse.wheel(dx, dy)
    live.page.evaluate("() => window.turned.then(() => {})")
    live.drawn()


def fingers(live: LivePage) -> Callable[..., None]:
    """What puts fingers on the glass and moves them, as the browser's own input has it."""
    glass = live.page.context.new_cdp_session(live.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        glass.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": places})

    return touch


def test_the_wheel_zooms_once_the_picker_is_in_focus_and_ctrl_with_it_always(show) -> None:
    live = show()
    wheel(live, 4, -300)
    assert shown(live) == pytest.approx((0, 10), abs=0.05)  # the page's own scrolling is left alone
    assert live.page.locator(".sora-overview").is_hidden()
    press(live, "Home")
    wheel(live, 4, -300)
    start, end = shown(live)
    assert end - start == pytest.approx(10 / 2.718, rel=0.05)
    assert start + 0.4 * (end - start) == pytest.approx(4, abs=0.1)  # what was under the hand stays there
    assert live.page.locator(".sora-overview").is_visible()
    press(live, "-", "-")
    assert shown(live) == pytest.approx((0, 10), abs=0.05)
    press(live, "=")
    assert shown(live)[1] - shown(live)[0] == pytest.approx(5, abs=0.1)
    live.page.evaluate("() => document.activeElement.blur()")
    live.page.keyboard.down("Control")
    wheel(live, 4, 1200)
    live.page.keyboard.up("Control")
    assert shown(live) == pytest.approx((0, 10), abs=0.05)


def test_the_overview_and_the_wheel_pan_and_the_playhead_turns_the_page(show) -> None:
    live = show()
    press(live, "z")
    before = shown(live)
    live.page.keyboard.down("Shift")
    wheel(live, 4, 250)
    live.page.keyboard.up("Shift")
    assert shown(live)[0] > before[0] + 1
    x, y = box(live, ".sora-overview-window")
    live.page.mouse.move(x, y)
    live.page.mouse.down()
    live.page.mouse.move(x - 1000, y, steps=3)
    live.page.mouse.up()
    live.drawn()
    assert shown(live)[0] == pytest.approx(0, abs=0.02)
    press(live, "End")
    assert shown(live)[1] == pytest.approx(10, abs=0.02)


def test_a_handle_at_the_edge_turns_the_page(show) -> None:
    live = show()
    press(live, "z")
    end = shown(live)[1]
    x, y = box(live, ".sora-thumb-out")
    lane = live.page.locator(".sora-lane").bounding_box()
    live.page.mouse.move(x, y)
    live.page.mouse.down()
    live.page.mouse.move(lane["x"] + lane["width"] - 2, y, steps=3)
    live.until(lambda: live.widget.value[1] > end + 0.5)
    live.page.mouse.up()
    live.carry()
    assert live.widget.value[0] == 2.0


def test_a_finger_drags_a_handle_and_the_middle_and_two_fingers_pinch(show) -> None:
    live = show()
    touch = fingers(live)
    x, y = box(live, ".sora-thumb-out")
    step = place(live, 1) - place(live, 0)
    touch("Start", (x, y))
    touch("Move", (x + step / 2, y))
    touch("Move", (x + step, y))
    touch("End")
    live.until(lambda: live.widget.value[1] == pytest.approx(6, abs=0.05) and live.widget.value[0] == 2)
    x, y = place(live, 4), box(live, ".sora-band")[1]
    touch("Start", (x, y))
    touch("Move", (x + step / 2, y))
    touch("Move", (x + step, y))
    touch("End")
    live.until(lambda: live.widget.value[0] == pytest.approx(3, abs=0.05))
    value = live.widget.value
    left, right = place(live, 4), place(live, 6)
    touch("Start", (left, y), (right, y))
    touch("Move", (left - step, y), (right + step, y))
    touch("End")
    live.carry()
    live.drawn()
    start, end = shown(live)
    assert end - start == pytest.approx(5, abs=0.2) and start < 5 < end
    assert live.widget.value == value


def test_k_held_makes_j_and_l_steps_and_a_second_l_is_faster(show) -> None:
    live = show()
    press(live, "Shift+I")
    live.page.keyboard.down("k")
    for key in ("l", "l", "j"):
        live.page.keyboard.press(key)
    live.page.keyboard.up("k")
    live.until(lambda: live.widget.current_time == 2.04)
    assert live.page.evaluate("() => document.querySelector('video').paused")
    live.page.keyboard.press("l")
    live.page.keyboard.press("l")
    live.until(lambda: live.page.locator(".sora-speed").inner_text() == "2× ▶")


def test_a_closer_look_asks_for_a_finer_strip(show) -> None:
    live = show()
    live.until(lambda: live.page.locator(".sora-timeline[data-film]").count())
    press(live, "z")
    live.until(lambda: any(one["kind"] == "feed:strip" and one["from"] is not None for one in live.harness.sent))
    (asked,) = [one for one in live.harness.sent if one["kind"] == "feed:strip" and one["from"] is not None]
    assert 0 <= asked["from"] < 2 and 5 < asked["to"] <= 10
