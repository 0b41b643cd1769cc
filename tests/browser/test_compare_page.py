"""The comparison's page with its own Python behind it: one clock, stars, the wipe, and votes without names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sora_nb.widgets import CompareGrid
from tests.browser.pages import LivePage
from tests.clips import make_clip
from tests.widgets.fakes import FakeStudio

FPS = 25
NAMES = ("a park", "a kitchen", "a street")
TIMES = "() => [...document.querySelectorAll('video')].map(video => video.currentTime)"


@pytest.fixture(scope="package")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three takes of 4, 3 and 4 seconds."""
    folder = tmp_path_factory.mktemp("takes")
    lengths = enumerate((100, 75, 100))
    return [make_clip(folder / f"{number}.mp4", frames, FPS, (320, 180)) for number, frames in lengths]


@pytest.fixture
def studio(clips: list[Path]) -> FakeStudio:
    studio = FakeStudio()
    for number, (scene, clip) in enumerate(zip(NAMES, clips, strict=True)):
        studio.generate(scene)
        studio.finish(number, clip)
        studio.made[number].move(fps=float(FPS))
    return studio


@pytest.fixture
def show(esm_page, studio: FakeStudio):
    """A comparison of the first takes, their first frames on the screen."""

    def show(count: int = 3, **options: Any) -> LivePage:
        live = LivePage(esm_page, CompareGrid(studio.videos()[:count], **options))
        live.until(
            lambda: live.page.evaluate("() => [...document.querySelectorAll('video')].every(v => v.readyState > 1)")
        )
        return live

    return show


def press(live: LivePage, *keys: str, on: str = ".sora-compare") -> None:
    live.page.locator(on).first.focus()
    for key in keys:
        live.page.keyboard.press(key)
        live.carry()
    live.drawn()


def at(live: LivePage, *seconds: float) -> None:
    """Wait until the takes stand there, to a third of a frame."""
    live.until(lambda: live.page.evaluate(TIMES) == pytest.approx(list(seconds), abs=0.3 / FPS))


DRIFT = """async () => {
  const videos = [...document.querySelectorAll("video")];
  const offs = [];
  const began = performance.now();
  while (performance.now() - began < 2500) {
    await new Promise(requestAnimationFrame);
    const times = videos.filter((v) => !v.paused && !v.seeking).map((v) => v.currentTime);
    if (times.length === videos.length) offs.push(Math.max(...times) - Math.min(...times));
  }
  offs.sort((a, b) => a - b);
  return [offs.length, offs[Math.floor(offs.length * 0.9)] * 25];
}"""
"""How many times they were looked at, and how many frames they were apart, nine times in ten at most."""


def test_a_take_that_was_pushed_away_comes_back_to_the_clock(show) -> None:
    live = show()
    press(live, "r", "Space")
    live.until(lambda: min(live.page.evaluate(TIMES)) > 0.3)
    pushed = """() => { const [first] = document.querySelectorAll("video"); first.currentTime += 0.6; }"""
    live.page.evaluate(pushed)
    apart = "() => { const [a, b] = [...document.querySelectorAll('video')].map(v => v.currentTime); return a - b; }"
    live.until(lambda: abs(live.page.evaluate(apart)) < 1 / FPS)
    press(live, "Space")
    first, _shorter, third = live.page.evaluate(TIMES)
    assert first == pytest.approx(third, abs=0.3 / FPS)


def test_takes_keep_together_while_they_play(show) -> None:
    live = show(2)
    press(live, "Space")
    looks, frames = live.page.evaluate(DRIFT)
    assert looks > 5 and frames <= 1


def test_nine_takes_keep_within_a_frame(esm_page, tmp_path: Path) -> None:
    """benchmarks/drift.py measures a minute of it."""
    studio = FakeStudio()
    clip = make_clip(tmp_path / "clip.mp4", 6 * FPS, FPS, (96, 54))
    for number in range(9):
        studio.generate(f"take {number}")
        studio.finish(number, clip)
        studio.made[number].move(fps=float(FPS))
    live = LivePage(esm_page, CompareGrid(studio.videos()))
    live.until(lambda: live.page.evaluate("() => [...document.querySelectorAll('video')].every(v => v.readyState > 2)"))
    press(live, "r", "Space")
    live.until(lambda: min(live.page.evaluate(TIMES)) > 0.3)
    looks, frames = live.page.evaluate(DRIFT)
    assert looks > 5 and frames <= 1
    live.page.evaluate("() => { document.querySelector('video').currentTime += 0.16; }")
    assert (
        live.page.evaluate(
            "(fps) => { const t = [...document.querySelectorAll('video')].map(v => v.currentTime);"
            " return (Math.max(...t) - Math.min(...t)) * fps; }",
            FPS,
        )
        > 1
    )  # the measure sees it
    live.until(lambda: live.page.evaluate(DRIFT)[1] <= 1)


def test_steps_are_frames_and_all_take_them(show) -> None:
    live = show()
    press(live, "ArrowRight", "ArrowRight", ".")
    at(live, *[3 / FPS + 0.002] * 3)
    press(live, "Shift+ArrowRight", ",")
    at(live, *[1 + 2 / FPS + 0.002] * 3)
    press(live, "End")
    at(live, 4 - 1 / FPS + 0.002, 3 - 1 / FPS + 0.002, 4 - 1 / FPS + 0.002)
    press(live, "Home")
    at(live, 0.002, 0.002, 0.002)


def test_nothing_plays_or_sounds_by_itself_and_one_alone_is_heard(show) -> None:
    live = show()
    states = "() => [...document.querySelectorAll('video')].map(v => [v.paused, v.muted, v.autoplay])"
    assert live.page.evaluate(states) == [[True, True, False]] * 3
    live.page.get_by_role("button", name="Hear only this take").nth(1).click()
    live.page.get_by_role("button", name="Hear only this take").nth(1).click()  # the third: one of them is named anew
    assert [muted for _, muted, _ in live.page.evaluate(states)] == [True, True, False]
    press(live, "s", on=".sora-compare-cell")
    assert [muted for _, muted, _ in live.page.evaluate(states)] == [False, True, True]
    press(live, "s", on=".sora-compare-cell")
    assert [muted for _, muted, _ in live.page.evaluate(states)] == [True, True, True]


def test_speed_and_repeat(show) -> None:
    live = show()
    press(live, "j", "j")
    live.page.get_by_role("button", name="Repeat").click()
    assert live.page.get_by_label("Speed").input_value() == "0.25"
    press(live, "l", "l", "l", "l", "l", "End", "Space")
    assert live.page.get_by_label("Speed").input_value() == "2"
    live.until(lambda: live.page.evaluate("() => document.querySelector('video').playbackRate") > 1.1)
    live.until(lambda: live.page.evaluate("() => document.querySelector('video').currentTime") > 2)
    live.until(lambda: live.page.evaluate("() => document.querySelector('video').currentTime") < 1)
    assert live.page.get_by_role("button", name="Pause all").is_visible()


def test_an_offset_goes_both_ways_and_moves_its_take_alone(show) -> None:
    live = show()
    live.page.get_by_role("button", name="Offsets").click()
    field = live.page.get_by_label("Offset of a kitchen in seconds")
    field.fill("0.4")
    field.press("Enter")
    live.until(lambda: live.widget.offsets == [0, 0.4, 0])
    at(live, 0.002, 0.402, 0.002)
    live.widget.offsets = [0, 0, -1]
    live.until(lambda: field.evaluate("node => { node.blur(); return true; }"))
    press(live, "Shift+ArrowRight", "Shift+ArrowRight")
    at(live, 2.002, 2.002, 1.002)


def test_stars_by_hand_and_by_key_are_ratings(show, studio: FakeStudio) -> None:
    live = show()
    live.page.get_by_role("radiogroup", name="Stars for a kitchen").get_by_label("4 stars").click()
    live.until(lambda: studio.made[1].rating == 4)
    press(live, "2", on=".sora-compare-cell")
    live.until(lambda: studio.made[0].rating == 2)
    live.page.get_by_role("radiogroup", name="Stars for a kitchen").get_by_label("4 stars").click()
    live.until(lambda: studio.made[1].rating is None)
    press(live, "0", on=".sora-compare-cell")
    live.until(lambda: studio.made[0].rating is None)
    group = live.page.get_by_role("radiogroup", name="Stars for a park")
    group.get_by_label("1 star", exact=True).focus()
    live.page.keyboard.press("Space")
    live.page.keyboard.press("ArrowRight")
    live.until(lambda: studio.made[0].rating == 2)
    studio.made[0].rating = 5
    live.until(lambda: group.locator(".sora-star[data-lit]").count() == 5)
    press(live, "3")
    assert live.page.get_by_text("Click a take or Tab to it first, then 1 to 5.").is_visible()
    assert [video.rating for video in studio.made] == [5, None, None]


def test_a_rating_that_was_refused_is_said_and_undrawn(show, studio: FakeStudio, monkeypatch) -> None:
    live = show()

    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(type(studio.made[0]), "move", full)
    press(live, "3", on=".sora-compare-cell")
    live.until(lambda: live.page.get_by_role("alert").filter(has_text="disk full").is_visible())
    assert live.page.locator(".sora-star[data-lit]").count() == 0


def test_the_wipe_shows_two_takes_left_and_right_of_a_line(show) -> None:
    live = show()
    live.page.get_by_role("button", name="Wipe").click()
    handle = live.page.get_by_role("slider", name="Wipe")
    assert handle.evaluate("node => node === document.activeElement")
    assert handle.get_attribute("aria-valuetext") == "50 per cent a park, the rest a kitchen"
    assert live.page.locator(".sora-compare-cell:visible").count() == 2
    for key, share in (
        ("ArrowLeft", "49"),
        ("Shift+ArrowRight", "59"),
        ("PageUp", "69"),
        ("Home", "0"),
        ("End", "100"),
    ):
        handle.press(key)
        assert handle.get_attribute("aria-valuenow") == share
    box = live.page.locator(".sora-wipe").bounding_box()
    live.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 80)
    live.page.mouse.down()
    live.page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 80)
    live.page.mouse.up()
    assert handle.get_attribute("aria-valuenow") == "25"
    cut = "() => getComputedStyle(document.querySelector('[data-side=right] video')).clipPath"
    assert live.page.evaluate(cut).startswith("inset(0px 0px 0px 25")
    live.page.get_by_label("Right of the wipe").select_option(label="a street")
    assert handle.get_attribute("aria-valuetext").endswith("the rest a street")
    press(live, "ArrowRight")
    at(live, 1 / FPS + 0.002, 1 / FPS + 0.002, 0.002)  # a kitchen is not seen, so it stands
    press(live, "w")
    assert live.page.locator(".sora-compare-cell:visible").count() == 3
    at(live, *[1 / FPS + 0.002] * 3)


def test_the_character_lies_over_the_picture(show, studio: FakeStudio, clips: list[Path]) -> None:
    ada = studio.create_character(clips[0], "0,2", name="Ada")
    ada.move(clip=clips[0])
    request = studio.made[0].record.request
    studio.made[0].move(request=type(request)(*[getattr(request, n) for n in request.__slots__[:4]], (ada.id,)))
    live = show(characters=[ada])
    assert live.page.get_by_alt_text("Reference: Ada").count() == 0
    press(live, "c")
    live.until(lambda: live.page.get_by_alt_text("Reference: Ada").and_(live.page.locator("[src^='blob:']")).count())
    assert live.page.locator(".sora-cell-face:visible").count() == 1
    press(live, "c")
    assert live.page.locator(".sora-cell-face:visible").count() == 0


VISIBLE = """() => [...document.querySelectorAll("#widget *")].filter((n) => n.checkVisibility()).flatMap((node) => [
  ...[...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE).map((child) => child.data),
  ...["aria-label", "title", "alt", "aria-valuetext"].map((name) => node.getAttribute(name)),
]).filter(Boolean).join("\\n")"""
"""Every word that is seen, or heard by a screen reader."""


def test_blind_rounds_hide_the_names_and_keys_vote(show, studio: FakeStudio) -> None:
    studio.made[0].rating = 5
    live = show()
    assert all(name in live.page.evaluate(VISIBLE) for name in NAMES)
    press(live, "b")
    live.until(lambda: live.page.get_by_text("Round 1 of 6").is_visible())
    words = live.page.evaluate(VISIBLE)
    assert not any(name in words for name in NAMES) and "star" not in words
    assert live.page.locator(".sora-compare-cell:visible").count() == 2
    for number, key in enumerate("120120", start=1):
        trial = live.widget.trial
        sides = live.page.locator(".sora-compare-cell:visible")
        left, right = (sides.nth(side).get_attribute("aria-label") for side in (0, 1))
        assert (left, right) == ("Left take", "Right take")
        press(live, key)
        live.until(lambda number=number: len(live.widget.votes) == number)
        choice = {"1": "left", "2": "right", "0": "same"}[key]
        assert live.widget.votes[-1]["winner"] == trial.get(choice)
        if number < 6:
            live.until(lambda number=number: live.page.get_by_text(f"Round {number + 1} of 6").is_visible())
    live.until(lambda: live.page.get_by_role("region", name="Blind votes").is_visible())
    assert all(name in live.page.evaluate(VISIBLE) for name in NAMES)
    assert live.page.locator(".sora-tally tbody tr").count() == 3
    assert live.page.evaluate("() => document.querySelector('.sora-compare').contains(document.activeElement)")


LENGTHS = "() => [...document.querySelectorAll('.sora-compare-cell:not([hidden]) video')].map(v => v.duration)"


def test_what_stands_on_the_left_is_the_take_that_python_says(show) -> None:
    live = show()
    live.widget.blind(2, seed=5)
    for _ in range(3):
        live.until(lambda: live.page.get_by_text(f"Round {live.widget.trial['round']} of 6").is_visible())
        live.page.wait_for_timeout(20)
        long = {"vid_0": 4, "vid_1": 3, "vid_2": 4}
        trial = live.widget.trial
        wanted = [long[trial["left"]], long[trial["right"]]]
        live.until(lambda wanted=wanted: live.page.evaluate(LENGTHS) == pytest.approx(wanted, abs=0.1))
        live.widget.vote("same")


def test_a_vote_is_taken_back_by_key_and_by_button(show) -> None:
    live = show()
    press(live, "b")
    live.until(lambda: live.page.get_by_text("Round 1 of 6").is_visible())
    live.page.get_by_role("button", name="Left is better").click()
    live.until(lambda: live.page.get_by_text("Round 2 of 6").is_visible())
    press(live, "u")
    live.until(lambda: live.page.get_by_text("Round 1 of 6").is_visible() and not live.widget.votes)
    live.page.get_by_role("button", name="End").click()
    live.until(lambda: live.page.get_by_role("button", name="Compare blind").is_visible())


def test_a_kernel_that_does_not_answer_is_said(esm_page, studio: FakeStudio) -> None:
    live = LivePage(esm_page, CompareGrid(studio.videos()))
    live.page.get_by_role("button", name="Compare blind").click()
    live.page.get_by_text("If it is not running, run this cell again.").last.wait_for()


def test_labels_are_text_and_help_tells_the_keys(show) -> None:
    evil = "<img src=x onerror='window.hurt = 1'>"
    live = show(labels=[evil, "B", "C"])
    assert live.page.get_by_text(evil).count()
    press(live, "?")
    help = live.page.get_by_role("dialog", name="Keys")
    assert help.is_visible() and help.get_by_text("One frame on").is_visible()
    live.page.keyboard.press("Escape")
    assert help.is_hidden() and live.page.evaluate("() => window.hurt") is None


def test_every_control_has_a_name_a_size_and_no_key_for_jupyter(show) -> None:
    live = show()
    press(live, "w", "c")
    live.page.get_by_role("button", name="Offsets").click()
    press(live, "w")
    wrong = """() => [...document.querySelectorAll("#widget :is(button, input, select, [tabindex])")].filter((node) => {
        const box = node.getBoundingClientRect();
        const named = node.getAttribute("aria-label") || node.textContent.trim();
        const seen = node.checkVisibility();
        return !named || node.dataset.lmSuppressShortcuts !== "true" || (seen && (box.width < 24 || box.height < 24));
    }).map((node) => node.outerHTML.slice(0, 120))"""
    assert live.page.evaluate(wrong) == []
    live.page.evaluate("() => document.querySelector('.sora-star-box').removeAttribute('aria-label')")
    assert len(live.page.evaluate(wrong)) == 1  # the check does see one


def test_it_leaves_nothing_behind(show) -> None:
    live = show()
    press(live, "w", "Space")
    assert live.harness.remove() == []


ORDER = """() => [...document.querySelectorAll('.sora-compare-cell:not([hidden]) .sora-cell-label')]
    .map((node) => node.textContent)"""


def test_takes_are_put_in_order_and_chosen_from_both_sides(show, studio: FakeStudio) -> None:
    for number, rating in enumerate((2, None, 5)):
        studio.made[number].move(rating=rating, axes={"place": "inside" if number == 1 else "outside"})
    live = show()
    order, shown = live.page.get_by_label("Order", exact=True), live.page.get_by_label("Show", exact=True)
    order.select_option(label="Stars")
    assert live.page.evaluate(ORDER) == ["a street", "a park", "a kitchen"]
    live.until(lambda: live.widget.order == ["rating", True])
    live.page.get_by_role("button", name="turn round").click()
    assert live.page.evaluate(ORDER) == ["a park", "a street", "a kitchen"]  # without stars, still the last
    shown.select_option(label="outside")
    assert live.page.evaluate(ORDER) == ["a park", "a street"]
    live.until(lambda: live.widget.only == ["place", "outside"])
    live.widget.filter("rating", 3)
    live.until(lambda: live.page.evaluate(ORDER) == ["a street"])
    press(live, "End")
    live.until(lambda: live.page.evaluate("() => document.querySelectorAll('video')[0].currentTime > 3.9"))
    studio.made[2].move(rating=None)
    live.widget.filter("rating", 5)
    live.until(lambda: live.page.get_by_text("No take is like that.").is_visible())
    live.page.get_by_role("button", name="Show all").click()
    assert len(live.page.evaluate(ORDER)) == 3
    live.until(lambda: live.widget.only == [])
