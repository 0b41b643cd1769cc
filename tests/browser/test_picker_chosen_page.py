"""What is chosen in the picker's page: several ranges, a box, units, and taking it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sora_nb.timerange import APIYI, TimeRange
from sora_nb.video import Suggestion, scan
from tests.browser.pages import LivePage
from tests.browser.picking import drag, place, press, shown_picker


@pytest.fixture
def show(esm_page, ten_seconds: Path):
    """A picker on that clip, its first frame on the screen."""

    def show(**options: Any) -> LivePage:
        return shown_picker(esm_page, ten_seconds, **options)

    return show


def spans(live: LivePage) -> list[str]:
    return [str(one.span) for one in live.widget.named]


def field(live: LivePage, name: str) -> Any:
    return live.page.get_by_label(name, exact=True).and_(live.page.locator("input"))


def test_ranges_are_added_named_selected_and_removed_by_hand(show) -> None:
    live = show()
    press(live, "Home", *["Shift+ArrowRight"] * 6)
    live.page.get_by_role("button", name="Add range").click()
    live.until(lambda: spans(live) == ["2,5", "6,9"])
    assert live.widget.value == (6.0, 9.0)
    live.page.get_by_label("Label of range 2").fill("Ben")
    live.page.get_by_label("Label of range 2").press("Enter")
    live.until(lambda: live.widget.named[1].name == "Ben")
    live.page.get_by_label("Label of range 1").fill("Ada")
    live.page.get_by_label("Label of range 1").press("Enter")
    live.page.get_by_role("button", name="Select 1: Ada").click()
    live.until(lambda: live.widget.value == (2.0, 5.0) and live.widget.named[0].name == "Ada")
    drag(live, ".sora-thumb-in", 1)
    live.until(lambda: live.widget.value[0] == pytest.approx(3, abs=0.05) and spans(live)[1] == "6,9")
    assert live.page.get_by_role("slider", name="In of Ada").count() == 1
    live.page.locator(".sora-other", has_text="Ben").click()
    live.until(lambda: live.widget.selected == 1)
    live.page.get_by_role("button", name="Remove Ben").click()
    live.until(lambda: len(spans(live)) == 1 and live.widget.value[1] == 5)
    assert not live.page.get_by_role("button", name="Remove Ada").is_visible()


def test_ranges_by_keys_alone_and_everything_is_taken_back(show) -> None:
    live = show()
    press(live, "Shift+O", "+")
    live.until(lambda: spans(live) == ["2,5", "5,8"])
    press(live, "]", "}")
    live.until(lambda: spans(live)[1] == "6.04,9.04")
    press(live, "ArrowUp")
    live.until(lambda: live.widget.value == (2.0, 5.0))
    press(live, "ArrowDown")
    live.until(lambda: live.widget.selected == 1)
    for expected in (["2,5", "5,8"], ["2,5"]):
        while spans(live) != expected:
            before = live.harness.get("ranges"), live.harness.get("selected")
            press(live, "Control+z")
            live.until(lambda before=before: (live.harness.get("ranges"), live.harness.get("selected")) != before)
    assert live.page.get_by_role("button", name="Undo").get_attribute("aria-disabled") == "true"
    press(live, "Control+z")
    assert live.page.locator("div.sora-unseen[role=status]").inner_text() == "Nothing to undo."
    press(live, "Control+Shift+z")
    live.until(lambda: spans(live) == ["2,5", "5,8"])


def test_a_drag_is_one_step_and_so_is_a_fix(show) -> None:
    live = show(limits=APIYI, value="2,4")
    drag(live, ".sora-thumb-out", 0.6)
    live.until(lambda: live.widget.value[1] > 4.5)
    live.page.get_by_role("button", name="Undo").click()
    live.until(lambda: live.widget.value == (2.0, 4.0))
    live.widget.value = "1,10"
    live.until(lambda: live.page.get_by_role("button", name="Use 1,4").is_visible())
    live.page.get_by_role("button", name="Use 1,4").click()
    live.until(lambda: live.widget.value == (1.0, 4.0))
    live.widget.undo()
    live.until(lambda: live.widget.value == (1.0, 10.0))
    live.until(lambda: live.page.get_by_role("button", name="Use 1,4").is_visible())
    live.widget.redo()
    live.until(lambda: live.widget.value == (1.0, 4.0))


def test_python_adds_names_and_selects(show) -> None:
    live = show()
    live.widget.rename(0, "Ada")
    live.widget.add("6,9", name="<b>Ben</b>")
    live.until(lambda: live.page.locator(".sora-other[data-here]").all_inner_texts() == ["<b>Ben</b>"])
    live.until(lambda: field(live, "In").input_value() == "00:06.000")
    live.widget.select("Ada")
    live.until(lambda: field(live, "In").input_value() == "00:02.000")
    assert spans(live) == ["2,5", "6,9"]


def test_a_box_is_drawn_moved_and_removed_by_hand(show) -> None:
    live = show()
    press(live, "Shift+I")
    live.page.get_by_role("button", name="Draw a box around who it is").click()
    frame = live.page.locator(".sora-who-frame").bounding_box()
    at = lambda x, y: (frame["x"] + frame["width"] * x, frame["y"] + frame["height"] * y)  # noqa: E731
    live.page.mouse.move(*at(0.25, 0.2))
    live.page.mouse.down()
    live.page.mouse.move(*at(0.6, 0.5))
    live.page.mouse.move(*at(0.75, 0.8))
    live.page.mouse.up()
    live.until(lambda: live.widget.box == pytest.approx((0.25, 0.2, 0.5, 0.6), abs=0.01) and live.widget.box_at == 2)
    live.page.mouse.move(*at(0.5, 0.5))
    live.page.mouse.down()
    live.page.mouse.move(*at(0.4, 0.4), steps=2)
    live.page.mouse.up()
    live.until(lambda: live.widget.box == pytest.approx((0.15, 0.1, 0.5, 0.6), abs=0.01))
    live.page.mouse.move(*at(0.65, 0.7))
    live.page.mouse.down()
    live.page.mouse.move(*at(0.85, 0.9), steps=2)
    live.page.mouse.up()
    live.until(lambda: live.widget.box == pytest.approx((0.15, 0.1, 0.7, 0.8), abs=0.01))
    assert live.page.evaluate("() => document.querySelector('video').paused")  # to draw is not to play
    live.page.get_by_role("button", name="Remove the box").click()
    live.until(lambda: live.widget.box is None and live.widget.box_at is None)


def test_a_box_by_keys_alone(show) -> None:
    live = show()
    press(live, "b")
    live.until(lambda: live.widget.box == (0.3, 0.1, 0.4, 0.8))
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowLeft", "Shift+ArrowUp"):
        live.page.keyboard.press(key)
    live.until(lambda: live.widget.box == (0.31, 0.11, 0.39, 0.79))
    told = live.page.locator(".sora-who").get_attribute("aria-label")
    assert told.startswith("Who: 31 % from the left, 11 % from the top, 39 % wide, 79 % high.")
    assert live.widget.value == (2.0, 5.0) and live.widget.current_time == 0
    live.page.keyboard.press("Delete")
    live.until(lambda: live.widget.box is None)
    press(live, "Control+z")
    live.until(lambda: live.widget.box == (0.31, 0.11, 0.39, 0.79))


@pytest.mark.parametrize(
    ("unit", "text", "value", "shown"),
    [
        ("clock", "150f", (2.0, 6.0), "00:06.000"),
        ("frames", "150", (2.0, 6.0), "150f"),
        ("frames", "6.5 s", (2.0, 6.5), "163f"),
        ("seconds", "0:07.25", (2.0, 7.25), "7.250 s"),
    ],
)
def test_times_are_typed_in_any_unit_and_shown_in_one(
    show, unit: str, text: str, value: tuple[float, float], shown: str
) -> None:
    live = show()
    live.page.get_by_label("Show times in").select_option(unit)
    live.until(lambda: live.widget.unit == unit)
    field(live, "Out").fill(text)
    field(live, "Out").press("Enter")
    live.until(lambda: live.widget.value == value)
    field(live, "Out").press("Escape")
    assert field(live, "Out").input_value() == shown


def test_python_sets_the_playhead_and_hears_of_it_calmly(show) -> None:
    live = show()
    heard: list[float] = []
    live.widget.observe(lambda change: heard.append(change.new), "current_time")
    live.widget.current_time = 6.4
    live.until(lambda: live.page.locator("output.sora-clock").inner_text() == "00:06.400")
    live.page.wait_for_timeout(300)
    live.carry()
    assert heard == [6.4]
    live.widget.play()
    live.until(lambda: live.widget.current_time > 7.4)
    live.widget.pause()
    live.until(lambda: live.page.evaluate("() => document.querySelector('video').paused"))
    assert len(heard) <= 8


def test_what_a_scan_saw_is_drawn_and_its_suggestions_are_taken(show, ten_seconds: Path) -> None:
    live = show()
    chosen = [
        Suggestion(TimeRange(6.1, 9), 0.8, ("sharp (0.4 of it)", "steady"), {}),
        Suggestion(TimeRange(0, 2), 0.5, ("<i>dim</i>",), {}),
    ]
    live.widget.show_track(scan(ten_seconds), chosen)
    live.until(lambda: live.page.locator(".sora-curve").count() == 3)
    assert "What was seen: 10 s" in live.page.locator(".sora-quality").get_attribute("aria-label")
    assert live.page.locator(".sora-legend li").all_inner_texts()[:3] == ["Sharpness", "Brightness", "Motion"]
    chip = live.page.get_by_role("button", name="6.1 to 9: sharp, steady")
    chip.click()
    live.until(lambda: live.widget.value == (6.1, 9.0) and chip.get_attribute("aria-pressed") == "true")
    assert live.page.get_by_role("button", name="0 to 2: <i>dim</i>").is_visible()
    press(live, "Control+z")
    live.until(lambda: live.widget.value == (2.0, 5.0))


def test_a_click_beside_two_pickers_moves_only_one(esm_page, ten_seconds: Path) -> None:
    first, second = (shown_picker(esm_page, ten_seconds) for _ in range(2))
    press(first, "Home", "Shift+ArrowRight", "i")
    first.until(lambda: first.widget.value == (1.0, 5.0))
    second.carry()
    assert second.widget.value == (2.0, 5.0) and place(second, 0) > 0
