"""The picker's page with its own Python behind it: keys, hands, fields, findings."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from sora_nb.timerange import APIYI, TUTORIAL
from sora_nb.widgets import RangePicker
from tests.browser.pages import LivePage
from tests.browser.picking import SHOWN, box, drag, place, press, shown_picker
from tests.clips import make_clip


@pytest.fixture
def show(esm_page, ten_seconds: Path):
    """A picker on that clip, its first frame on the screen."""

    def show(**options: Any) -> LivePage:
        return shown_picker(esm_page, ten_seconds, **options)

    return show


def test_the_clip_plays_and_stops(show) -> None:
    live = show()
    press(live, "Space")
    live.until(lambda: live.widget.current_time > 0.3)
    assert live.page.get_by_role("button", name="Pause").count() == 1
    press(live, "k")
    assert live.page.evaluate("() => document.querySelector('video').paused")


@pytest.mark.parametrize(
    ("keys", "frame", "clock"),
    [
        (["ArrowRight"] * 3, 3, "00:00.120"),
        (["Shift+ArrowRight", "ArrowLeft"], 24, "00:00.960"),
        (["Shift+I"], 50, "00:02.000"),
        (["Shift+O", ","], 124, "00:04.960"),
        (["End"], 249, "00:10.000"),
        (["End", "Home", "."], 1, "00:00.040"),
    ],
)
def test_a_key_shows_the_very_frame(show, keys: list[str], frame: int, clock: str) -> None:
    live = show()
    press(live, *keys)
    live.until(lambda: live.page.evaluate(SHOWN) == frame)
    assert live.page.locator("output.sora-clock").inner_text() == clock


def test_i_and_o_mark_at_the_playhead(show) -> None:
    live = show()
    press(live, "Shift+ArrowRight", "i")
    live.until(lambda: live.widget.value == (1.0, 5.0))
    press(live, "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "o")
    live.until(lambda: live.widget.value == (1.0, 4.0))


def test_a_mark_beyond_the_other_takes_it_along(show) -> None:
    live = show()
    press(live, "Shift+O", "Shift+ArrowRight", "i")
    live.until(lambda: live.widget.value == (6.0, 9.0))
    press(live, "Home", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "o")
    live.until(lambda: live.widget.value == (0.0, 3.0))


def test_j_runs_backwards_and_l_doubles(show) -> None:
    live = show()
    press(live, "Shift+O", "j")
    live.until(lambda: live.widget.current_time < 4.5)
    press(live, "j")
    live.until(lambda: live.page.locator(".sora-speed").inner_text() == "◀ 2×")
    press(live, "l", "l")
    assert live.page.evaluate("() => document.querySelector('video').playbackRate") == 2
    press(live, "k")
    live.until(lambda: live.page.locator(".sora-speed").is_hidden())


def test_the_selection_plays_to_its_end_and_stands_there(show) -> None:
    live = show(value="2,2.4")
    press(live, "/")
    live.until(lambda: live.widget.current_time == 2.4)
    assert live.page.evaluate("() => document.querySelector('video').paused")


def test_the_selection_repeats(show) -> None:
    live = show(value="2,2.4")
    press(live, "r", "/")
    times: list[float] = []
    live.until(lambda: times.append(live.widget.current_time) or sum(a > b for a, b in itertools.pairwise(times)) > 1)
    assert (
        max(times) <= 2.4
        and live.page.get_by_role("button", name="Repeat the selection").get_attribute("aria-pressed") == "true"
    )


def test_handles_are_dragged_to_frames(show) -> None:
    live = show()
    drag(live, ".sora-thumb-out", 1.01)
    live.until(lambda: live.widget.value[1] == pytest.approx(6.0, abs=0.05))
    assert live.widget.value[1] * 25 == pytest.approx(round(live.widget.value[1] * 25))
    assert live.widget.value[0] == 2.0


def test_the_middle_moves_both_ends(show) -> None:
    live = show()
    drag(live, ".sora-band", 2)
    live.until(lambda: live.widget.value[0] == pytest.approx(4.0, abs=0.05))
    assert live.widget.span.seconds == 3
    drag(live, ".sora-band", 9)
    live.until(lambda: live.widget.value == (7.0, 10.0))


def test_a_drag_holds_at_the_limit_and_alt_passes_it(show) -> None:
    live = show(limits=APIYI, value="2,4")
    drag(live, ".sora-thumb-out", 4)
    live.until(lambda: live.widget.value == (2.0, 5.0))
    live.page.keyboard.down("Alt")
    drag(live, ".sora-thumb-out", 2)
    live.page.keyboard.up("Alt")
    live.until(lambda: live.widget.value[1] == pytest.approx(7.0, abs=0.05))
    live.until(lambda: live.page.locator(".sora-remark[data-level=error]").count() == 1)


def test_what_python_says_while_dragging_does_not_tear_the_handle_away(show) -> None:
    live = show()
    x, y = box(live, ".sora-thumb-out")
    live.page.mouse.move(x, y)
    live.page.mouse.down()
    live.page.mouse.move(x + 60, y)
    live.drawn()
    before = box(live, ".sora-thumb-out")
    assert before[0] > x
    live.harness.set("value", [0, 1])
    live.drawn()
    assert box(live, ".sora-thumb-out") == before
    live.page.mouse.up()


def test_the_ruler_seeks(show) -> None:
    live = show()
    live.page.mouse.click(place(live, 7), live.page.locator(".sora-ruler").bounding_box()["y"] + 10)
    live.until(lambda: live.widget.current_time == pytest.approx(7, abs=0.05))
    assert live.widget.value == (2.0, 5.0)


def test_a_click_on_the_selection_seeks_and_moves_nothing(show) -> None:
    live = show()
    live.page.mouse.click(place(live, 3), box(live, ".sora-band")[1])
    live.until(lambda: live.widget.current_time == pytest.approx(3, abs=0.05))
    assert live.widget.value == (2.0, 5.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3", 3.0), ("0:03.5", 3.5), ("3.123", 3.123), ("00:00:04", 4.0), (" 4 s ", 4.0), ("4,5", 4.5)],
)
def test_a_time_is_typed(show, text: str, seconds: float) -> None:
    live = show()
    field = live.page.get_by_label("In", exact=True).and_(live.page.locator("input"))
    field.fill(text)
    field.press("Enter")
    live.until(lambda: live.widget.value == (seconds, 5.0))


def test_what_is_no_time_is_told_and_kept_out(show) -> None:
    live = show()
    field = live.page.get_by_label("Out", exact=True).and_(live.page.locator("input"))
    field.fill("soon")
    field.press("Enter")
    assert live.page.get_by_role("alert").filter(has_text='"soon" is not a time').is_visible()
    assert field.get_attribute("aria-invalid") == "true"
    field.press("Escape")
    assert field.input_value() == "00:05.000" and live.widget.value == (2.0, 5.0)


def test_a_finding_and_its_fix(show) -> None:
    live = show(limits=APIYI, value="1,10")
    row = live.page.locator(".sora-remark")
    assert "1,10 lasts 9 s; apiyi allows 1 to 3 s. Try 1,4." in row.inner_text()
    assert live.page.locator(".sora-picker").get_attribute("data-level") == "error"
    live.page.get_by_role("button", name="Use 1,4").click()
    live.until(lambda: live.widget.value == (1.0, 4.0))
    live.until(lambda: "Passes the apiyi rules." in row.inner_text())
    live.until(
        lambda: live.page.locator(".sora-remarks-box [role=status]").inner_text() == "Good: Passes the apiyi rules."
    )


def test_handles_are_sliders_for_those_who_do_not_see_them(show) -> None:
    live = show()
    out = live.page.get_by_role("slider", name="Out")
    told = {name: out.get_attribute(f"aria-{name}") for name in ("valuemin", "valuemax", "valuenow", "valuetext")}
    assert told == {"valuemin": "2", "valuemax": "10", "valuenow": "5", "valuetext": "Out 5.00 seconds, frame 125"}
    out.focus()
    out.press("ArrowLeft")
    live.until(lambda: live.widget.value == (2.0, 4.96))
    out.press("PageUp")
    live.until(lambda: live.widget.value == (2.0, 5.96))
    live.page.get_by_role("slider", name="In").press("Home")
    live.until(lambda: live.widget.value == (0.0, 5.96))


def test_everything_that_takes_focus_keeps_jupyters_keys_away_and_has_a_name(show) -> None:
    live = show()
    press(live, "?")
    faults = live.page.evaluate(
        """() => [...document.querySelectorAll("#widget button, #widget input, #widget video, #widget [tabindex]")]
            .filter(node => node.dataset.lmSuppressShortcuts !== "true"
                || !(node.getAttribute("aria-label") || node.labels?.length || node.textContent.trim()))
            .map(node => node.outerHTML.slice(0, 120))"""
    )
    assert faults == []
    sizes = live.page.evaluate(
        "() => [...document.querySelectorAll('#widget button, #widget [role=slider]')].filter(n => n.offsetParent)"
        ".map(n => [n.outerHTML.slice(0, 80), n.offsetWidth, n.offsetHeight]).filter(([, w, h]) => w < 24 || h < 24)"
    )
    assert sizes == []


def test_the_help_opens_and_closes_by_key(show) -> None:
    live = show()
    press(live, "?")
    dialog = live.page.get_by_role("dialog", name="Keys")
    assert "Mark in here" in dialog.inner_text()
    live.page.keyboard.press("Escape")
    assert dialog.is_hidden()
    live.page.keyboard.press("Escape")
    assert live.page.evaluate("() => document.activeElement === document.body")


def test_letters_in_a_field_are_letters(show) -> None:
    live = show()
    field = live.page.get_by_label("In", exact=True).and_(live.page.locator("input"))
    field.fill("")
    field.press_sequentially("io k")
    assert field.input_value() == "io k" and live.widget.value == (2.0, 5.0)


def test_python_moves_range_and_playhead(show) -> None:
    live = show()
    live.widget.value = "6,9"
    live.widget.seek(7)
    live.until(lambda: live.widget.current_time == 7)
    assert live.page.get_by_role("slider", name="In").get_attribute("aria-valuenow") == "6"
    assert live.page.get_by_label("Out", exact=True).and_(live.page.locator("input")).input_value() == "00:09.000"


def test_the_filmstrip_is_drawn(show) -> None:
    live = show()
    live.until(lambda: live.page.locator(".sora-timeline[data-film]").count())
    drawn = """() => {
      const film = document.querySelector(".sora-film");
      const { data } = film.getContext("2d").getImageData(0, 0, film.width, film.height);
      return data.some((value, place) => place % 4 === 0 && value > 200);
    }"""
    assert live.page.evaluate(drawn)


def test_zooming_shows_the_selection_large_and_the_whole_again(show) -> None:
    live = show()
    width = live.page.locator(".sora-band").bounding_box()["width"]
    press(live, "z")
    assert live.page.locator(".sora-band").bounding_box()["width"] > width * 1.3
    press(live, "z")
    assert live.page.locator(".sora-band").bounding_box()["width"] == pytest.approx(width, abs=1)


def test_another_video_takes_the_place(show, tmp_path: Path) -> None:
    live = show()
    press(live, "Shift+O")
    live.widget.load(make_clip(tmp_path / "other.mp4", 50, 25, (320, 180)))
    live.until(lambda: live.page.locator(".sora-title").inner_text() == "other.mp4")
    live.until(lambda: live.page.locator(".sora-picker[data-loaded]").count() and live.page.evaluate(SHOWN) == 0)
    assert live.widget.value == (0.0, 2.0)


def test_without_a_video_it_says_so(esm_page) -> None:
    live = LivePage(esm_page, RangePicker(limits=TUTORIAL))
    live.until(lambda: live.page.get_by_text("No video yet").is_visible())
    assert not live.page.get_by_role("button", name="Play", exact=True).is_visible()


def test_a_file_that_goes_away_is_told(esm_page, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "gone.mp4", 25, 25)
    picker = RangePicker(clip)
    clip.unlink()
    live = LivePage(esm_page, picker)
    live.until(lambda: "gone.mp4" in live.page.locator(".sora-stage-note").inner_text())


def test_no_kernel_is_told(esm_page, ten_seconds: Path) -> None:
    live = LivePage(esm_page, RangePicker(ten_seconds))
    live.page.get_by_text("Waiting for the kernel. If it is not running, run this cell again.").wait_for()


def test_it_leaves_nothing_behind(show) -> None:
    live = show()
    press(live, "Space")
    assert live.harness.remove() == []
    assert live.page.locator("#widget *").count() == 0
