"""The panel's page with its own Python behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.timerange import TUTORIAL, Finding
from sora_nb.widgets import CompareGrid, JobView, Panel
from tests.browser.pages import LivePage
from tests.clips import make_clip
from tests.widgets.fakes import FakeStudio


@pytest.fixture(scope="package")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("panel") / "clip.mp4", 75, 25, (320, 180))


@pytest.fixture
def studio() -> FakeStudio:
    return FakeStudio(TUTORIAL)


def test_an_empty_studio_tells_what_to_do(esm_page, studio: FakeStudio) -> None:
    live = LivePage(esm_page, Panel(studio))
    live.until(lambda: live.page.get_by_text("No video yet. Load one above").is_visible())
    assert live.page.get_by_text("No characters yet.").is_visible()
    assert live.page.get_by_text("Write a prompt and press Generate.").is_visible()
    assert live.page.get_by_text("1 video of 4 s, about $0.40").is_visible()


def test_what_was_typed_is_there_when_the_panel_is_shown_again(esm_page, studio: FakeStudio) -> None:
    live = LivePage(esm_page, Panel(studio))
    live.page.get_by_label("Name").fill("Ada")
    live.page.get_by_label("Seconds").select_option("8")
    live.until(lambda: live.widget.draft.get("name") == "Ada" and live.widget.draft["seconds"] == "8")
    again = LivePage(esm_page, live.widget)
    assert again.page.get_by_label("Name").input_value() == "Ada"
    assert again.page.get_by_label("Seconds").input_value() == "8"


def test_what_a_service_cannot_do_is_seen_before_and_after_it_is_asked(esm_page, studio: FakeStudio) -> None:
    assert LivePage(esm_page, Panel(studio)).page.get_by_text("characters by reference").count() == 0
    studio.capabilities.native = False
    live = LivePage(esm_page, Panel(studio))
    assert live.page.get_by_text("characters by reference").is_visible()
    lost = Finding("warning", "no_characters", "fake makes no characters: <b>none</b>.")
    studio.generate("@ada walks").move(mode="reference", remarks=(lost,))
    live.widget.refresh()
    live.until(lambda: live.page.get_by_text("fake makes no characters: <b>none</b>.").is_visible())


def test_a_mention_goes_where_the_caret_is(esm_page, studio: FakeStudio, clip: Path) -> None:
    studio.create_character(clip, "0,2", name="Ada")
    live = LivePage(esm_page, Panel(studio))
    prompt = live.page.get_by_label("Prompt", exact=True)
    prompt.fill("In a park walks.")
    prompt.evaluate("node => node.setSelectionRange(9, 9)")
    live.page.get_by_role("button", name="@ada", exact=True).click()
    assert prompt.input_value() == "In a park @ada walks."


def test_names_and_prompts_are_text(esm_page, studio: FakeStudio, clip: Path) -> None:
    evil = "<img src=x onerror='window.hurt = 1'>"
    studio.create_character(clip, "0,2", name=evil, description=evil)
    studio.generate(evil).move(status="failed", error=evil)
    live = LivePage(esm_page, Panel(studio))
    live.until(lambda: live.page.get_by_text(evil).count() >= 3)
    assert live.page.evaluate("() => window.hurt") is None


def test_a_result_is_a_still_until_somebody_wants_it(esm_page, studio: FakeStudio, clip: Path) -> None:
    studio.generate("a walk")
    studio.finish(0, clip)
    live = LivePage(esm_page, Panel(studio))
    live.until(lambda: live.page.locator(".sora-takes img[src^='blob:']").count())
    assert live.page.locator(".sora-takes video").count() == 0
    live.page.get_by_role("button", name="Play: a walk").click()
    live.until(lambda: live.page.evaluate("() => document.querySelector('.sora-takes video')?.currentTime > 0.1"))


def test_the_simulator_says_so_and_offers_a_sample(esm_page, clip: Path, monkeypatch) -> None:
    monkeypatch.setattr("sora_nb.widgets.panel.sample_clip", lambda folder: clip)
    studio = FakeStudio(simulated=True)
    live = LivePage(esm_page, Panel(studio))
    assert live.page.locator(".sora-panel-head").get_by_text("simulated").is_visible()
    live.page.get_by_label("Your videos").select_option("sample")
    live.until(lambda: live.page.locator(".sora-picker[data-loaded]").count())


def test_it_leaves_nothing_behind(esm_page, studio: FakeStudio, clip: Path) -> None:
    studio.generate("a walk")
    studio.finish(0, clip)
    live = LivePage(esm_page, Panel(studio, clip))
    live.until(lambda: live.page.locator(".sora-picker[data-loaded]").count())
    assert live.harness.remove() == []


def test_a_job_runs_on_the_page_and_ends_with_its_video(esm_page, studio: FakeStudio, clip: Path) -> None:
    video = studio.generate("a walk")
    live = LivePage(esm_page, JobView(video))
    assert live.page.get_by_text("Waiting its turn").is_visible()
    video.move(status="in_progress", progress=0.4)
    live.until(lambda: live.page.get_by_role("progressbar").get_attribute("aria-valuenow") == "40")
    studio.finish(0, clip)
    live.until(lambda: live.page.evaluate("() => document.querySelector('video')?.readyState > 1"))
    shown = live.page.locator("video")
    assert shown.evaluate("video => [video.muted, video.paused, video.controls]") == [True, True, True]
    assert live.page.get_by_text("0:42").is_visible()
    assert live.harness.remove() == []


def test_a_failed_job_says_why(esm_page, studio: FakeStudio) -> None:
    video = studio.generate("a walk")
    video.move(status="failed", error="Refused. Change the words.")
    live = LivePage(esm_page, JobView(video))
    assert live.page.get_by_role("alert").inner_text() == "Refused. Change the words."
    assert live.page.get_by_role("progressbar").is_hidden()


def test_takes_play_and_seek_as_one(esm_page, studio: FakeStudio, clip: Path, tmp_path: Path) -> None:
    shorter = make_clip(tmp_path / "short.mp4", 50, 25, (320, 180))
    for number, path in enumerate((shorter, clip)):
        studio.generate(f"take {number}")
        studio.finish(number, path)
    live = LivePage(esm_page, CompareGrid(studio.videos()))
    times = "() => [...document.querySelectorAll('video')].map(video => video.currentTime)"
    live.until(lambda: live.page.evaluate("() => [...document.querySelectorAll('video')].every(v => v.readyState > 1)"))
    live.page.get_by_role("button", name="Play all").click()
    live.until(lambda: min(live.page.evaluate(times)) > 0.5)
    live.page.get_by_role("button", name="Pause all").click()
    first, second = live.page.evaluate(times)
    assert first == pytest.approx(second, abs=0.1)
    live.page.get_by_label("Position in all takes").fill("500")
    live.until(lambda: live.page.evaluate(times) == pytest.approx([1.5, 1.5], abs=0.02))
    assert live.harness.remove() == []
