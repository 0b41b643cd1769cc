"""The panel's page with its own Python behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
def studio(tmp_path: Path) -> FakeStudio:
    return FakeStudio(TUTORIAL, folder=str(tmp_path / "library"))


def test_an_empty_studio_tells_what_to_do(esm_page, studio: FakeStudio) -> None:
    live = LivePage(esm_page, Panel(studio))
    live.until(lambda: live.page.get_by_text("No video yet. Load or upload one above").is_visible())
    assert live.page.get_by_text("No characters yet.").is_visible()
    assert live.page.get_by_text("No takes yet. Write a prompt above and generate.").is_visible()
    assert live.page.get_by_text("Write a prompt to see what it makes and costs.").is_visible()
    assert live.page.locator(".sora-step[data-done]").count() == 0


def choose(live: LivePage, words: str) -> None:
    live.page.get_by_role("checkbox", name=words, exact=True).click()


def test_what_was_typed_is_there_when_the_panel_is_shown_again(esm_page, studio: FakeStudio) -> None:
    live = LivePage(esm_page, Panel(studio))
    live.page.get_by_label("Name").fill("Ada")
    live.page.get_by_label("Prompt", exact=True).fill("in {light}")
    live.page.get_by_label("Light").fill("fog\nsun")
    choose(live, "8 s")
    live.until(lambda: live.widget.draft.get("name") == "Ada" and live.widget.draft["seconds"] == ["4", "8"])
    again = LivePage(esm_page, live.widget)
    assert again.page.get_by_label("Name").input_value() == "Ada"
    assert again.page.get_by_label("Light").input_value() == "fog\nsun"
    assert again.page.get_by_role("checkbox", name="8 s").is_checked()
    choose(again, "4 s")
    choose(again, "8 s")  # one of them stays: with none there would be nothing to make
    assert again.page.get_by_role("checkbox", name="8 s").is_checked()


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


def test_a_result_is_a_still_that_plays_while_one_looks_at_it(esm_page, studio: FakeStudio, clip: Path) -> None:
    studio.generate("a walk")
    studio.finish(0, clip)
    live = LivePage(esm_page, Panel(studio))
    live.until(lambda: live.page.locator(".sora-takes img[src^='blob:']").count())
    assert live.page.locator(".sora-takes video").count() == 0
    thumb = live.page.get_by_role("button", name="Play: a walk")
    thumb.hover()
    live.until(lambda: live.page.evaluate("() => document.querySelector('.sora-takes video')?.currentTime > 0.1"))
    assert live.page.evaluate("() => document.querySelector('.sora-takes video').muted")
    live.page.mouse.move(0, 0)
    live.until(lambda: live.page.locator(".sora-takes video").count() == 0)
    live.page.emulate_media(reduced_motion="reduce")
    thumb.focus()
    for _ in range(40):
        live.carry()
        live.page.wait_for_timeout(10)
    assert live.page.locator(".sora-takes video").count() == 0
    thumb.press("Enter")
    live.until(lambda: live.page.evaluate("() => document.querySelector('.sora-take-viewer video')?.currentTime > 0.1"))
    live.page.keyboard.press("Escape")
    assert live.page.locator("video").count() == 1  # the picker's
    assert thumb.evaluate("node => node === document.activeElement")


def test_an_at_sign_offers_the_characters(esm_page, studio: FakeStudio, clip: Path) -> None:
    for name in ("Ada", "Adam", "Robin"):
        studio.create_character(clip, "0,2", name=name)
    live = LivePage(esm_page, Panel(studio))
    prompt = live.page.get_by_label("Prompt", exact=True)
    offers = live.page.get_by_role("listbox", name="Characters")
    prompt.press_sequentially("In fog, mail@ad then @ad")
    assert offers.get_by_role("option").all_inner_texts() == ["Adam\n@adam", "Ada\n@ada"]
    chosen = "() => document.getElementById(document.querySelector('textarea').getAttribute('aria-activedescendant'))"
    assert live.page.evaluate(f"{chosen}.textContent") == "Adam@adam"
    prompt.press("ArrowDown")
    prompt.press("Enter")
    assert prompt.input_value() == "In fog, mail@ad then @ada " and offers.is_hidden()
    prompt.press_sequentially("and @rob")
    prompt.press("Escape")
    assert offers.is_hidden()
    prompt.press_sequentially("i")
    prompt.press("Tab")
    assert prompt.input_value() == "In fog, mail@ad then @ada and @robin "
    prompt.press("Tab")
    assert not prompt.evaluate("node => node === document.activeElement")
    prompt.click()
    prompt.press_sequentially(" @")
    offers.get_by_role("option", name="Ada @ada").click()
    assert prompt.input_value().endswith("@ada ")
    prompt.press_sequentially("@nobody")
    assert offers.is_hidden()


def test_an_at_sign_offers_names_in_any_script(esm_page, studio: FakeStudio, clip: Path) -> None:
    for name in ("Élodie", "日本"):
        studio.create_character(clip, "0,2", name=name)
    live = LivePage(esm_page, Panel(studio))
    prompt = live.page.get_by_label("Prompt", exact=True)
    offers = live.page.get_by_role("listbox", name="Characters").get_by_role("option")
    for typed, name in (("@Élo", "Élodie"), ("她和@日", "日本")):
        prompt.fill("")
        prompt.press_sequentially(typed)
        assert [one.splitlines()[0] for one in offers.all_inner_texts()] == [name]
    live.until(lambda: live.page.get_by_text("There is no character @日.").is_visible())


def test_a_wrong_name_is_found_while_one_types_and_mended_by_a_button(esm_page, studio: FakeStudio, clip: Path) -> None:
    studio.create_character(clip, "0,2", name="Ada")
    live = LivePage(esm_page, Panel(studio))
    prompt = live.page.get_by_label("Prompt", exact=True)
    prompt.fill("@adda and @addams walk")
    live.until(lambda: live.page.get_by_text("There is no character @adda.").is_visible())
    assert prompt.get_attribute("aria-invalid") == "true"
    live.page.get_by_role("button", name="Use @ada").first.click()
    assert prompt.input_value() == "@ada and @addams walk"
    prompt.fill("@ada walks")
    live.until(lambda: prompt.get_attribute("aria-invalid") is None)
    live.until(lambda: live.page.get_by_text("1 video, about $0.40.").is_visible())


def test_what_costs_is_asked_for_once_more_with_its_price(esm_page, studio: FakeStudio) -> None:
    live = LivePage(esm_page, Panel(studio))
    live.page.get_by_label("Prompt", exact=True).fill("in {scene}")
    live.page.get_by_role("textbox", name="Scenes").fill("a park\na kitchen")
    live.until(lambda: live.page.get_by_text("2 videos, about $0.80.").is_visible())
    live.page.get_by_text("Every take").click()
    assert live.page.locator(".sora-plan-row").all_inner_texts() == ["a park\n$0.40", "a kitchen\n$0.40"]
    live.page.get_by_role("button", name="Generate 2").click()
    yes = live.page.get_by_role("button", name="Send, $0.80")
    live.until(yes.is_visible)
    live.until(lambda: yes.evaluate("node => node === document.activeElement"))
    assert studio.made == []
    live.page.get_by_role("button", name="Not now").click()
    live.until(live.page.get_by_role("button", name="Generate 2").is_visible)
    live.page.get_by_label("Prompt", exact=True).press("Control+Enter")
    live.until(yes.is_visible)
    yes.press("Enter")
    live.until(lambda: len(studio.made) == 2 and live.page.locator(".sora-take").count() == 2)
    live.until(lambda: live.page.get_by_text("Asked for 2 videos.").is_visible())
    line = "studio.sweep('in {scene}', scene=['a park', 'a kitchen']).run()"
    assert live.page.locator(".sora-code-line").inner_text() == line


def test_takes_tell_how_far_they_are_and_can_be_stopped(esm_page, studio: FakeStudio, clip: Path) -> None:
    panel = Panel(studio)
    panel.generate("in {scene}", ["a park", "a kitchen", "a street"])
    live = LivePage(esm_page, panel)
    now = datetime.now(UTC)
    studio.made[0].move(status="in_progress", progress=0.5, submitted_at=now - timedelta(seconds=40))
    row = live.page.locator(".sora-take").last
    live.until(lambda: "50 % · about 0:" in row.inner_text())
    assert live.page.get_by_text("0 of 3 done").is_visible()
    studio.finish(0, clip)
    live.until(lambda: live.page.get_by_text("1 of 3 done").is_visible())
    live.page.get_by_role("button", name="Stop").click()
    live.until(lambda: live.page.get_by_text("2 taken back before they were sent.").is_visible())
    live.until(lambda: live.page.get_by_text("3 takes").is_visible())
    assert live.page.get_by_role("button", name="Stop").is_hidden()


def test_a_lost_answer_is_sent_again_only_by_a_second_press(esm_page, studio: FakeStudio) -> None:
    live = LivePage(esm_page, panel := Panel(studio))
    panel.generate("a fox")
    studio.made[0].move(status="unknown", error="The service's answer was lost.")
    button = live.page.locator(".sora-take-more button").last
    live.until(lambda: button.is_visible())
    button.click()
    assert button.inner_text().startswith("Yes, send again")
    live.page.keyboard.press("Tab")
    assert button.inner_text() == "Send again…"
    live.carry()
    assert studio.made[0].status == "unknown"
    button.click()
    live.page.locator("[data-asked]").click()
    live.until(lambda: studio.made[0].status == "queued")
    live.until(lambda: live.page.get_by_text("If the first one was made after all, both are paid for.").is_visible())
    assert panel.lines[-1] == f"panel.resend({studio.made[0].id!r})"
    live.until(button.is_hidden)


def test_errors_stand_in_the_step_where_they_arose(esm_page, studio: FakeStudio) -> None:
    live = LivePage(esm_page, Panel(studio))
    for step, button, words in (
        ("source", "Load", "Nothing to load."),
        ("character", "Create character", "There is no source yet."),
        ("scenes", "Generate", "The prompt is empty."),
    ):
        live.page.get_by_role("button", name=button, exact=True).click()
        note = live.page.locator(f".sora-step[data-step={step}] .sora-note[role=alert]")
        live.until(lambda note=note, words=words: note.is_visible() and words in note.inner_text())
        assert live.page.locator(".sora-note:visible").count() == 1


def test_a_kernel_that_is_gone_is_said(esm_page, studio: FakeStudio) -> None:
    live = LivePage(esm_page, Panel(studio))
    live.page.get_by_role("button", name="Load", exact=True).click()
    live.page.get_by_text("The kernel does not answer.").wait_for()  # nobody carries messages here
    assert live.page.get_by_role("button", name="Load", exact=True).get_attribute("aria-disabled") is None


def test_a_file_of_this_computer_is_sent_in_slices(esm_page, studio: FakeStudio, clip: Path, tmp_path: Path) -> None:
    big = tmp_path / "walk in the park.mp4"
    # A box that players pass over makes it as large as it has to be.
    filler = (3 << 20).to_bytes(4, "big") + b"free" + bytes((3 << 20) - 8)
    big.write_bytes(clip.read_bytes() + filler)
    live = LivePage(esm_page, Panel(studio))
    live.page.locator("input[type=file]").set_input_files(big)
    live.until(lambda: live.page.get_by_role("progressbar", name="Upload").is_visible())
    live.until(lambda: live.page.get_by_text("Loaded walk in the park.mp4.").is_visible())
    assert live.widget.source.read_bytes() == big.read_bytes()
    sizes = [
        len(live.harness.buffers(place)[0]) for place, one in enumerate(live.harness.sent) if "slice" in one["kind"]
    ]
    assert max(sizes) == 1 << 20 and sum(sizes) == big.stat().st_size
    assert live.page.get_by_role("progressbar", name="Upload").is_hidden()


def test_an_upload_can_be_stopped_and_a_wrong_one_says_why(esm_page, studio: FakeStudio, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_bytes(bytes(2 << 20))
    live = LivePage(esm_page, Panel(studio))
    live.page.locator("input[type=file]").set_input_files(tmp_path / "notes.mp4")
    live.page.get_by_role("button", name="Cancel").click()  # before anything is carried over
    live.until(lambda: not list((studio.folder / "files" / "incoming").iterdir()))
    assert live.page.get_by_role("button", name="Upload…").is_enabled()
    live.page.locator("input[type=file]").set_input_files(tmp_path / "notes.mp4")
    live.until(lambda: live.page.locator(".sora-upload[data-level=error]").is_visible())
    assert live.widget.source is None


def test_the_simulator_says_so_and_offers_a_sample(esm_page, clip: Path, monkeypatch) -> None:
    monkeypatch.setattr("sora_nb.widgets.panel.sample_clip", lambda folder: clip)
    studio = FakeStudio(simulated=True)
    live = LivePage(esm_page, Panel(studio))
    assert live.page.locator(".sora-panel-head").get_by_text("simulated").is_visible()
    live.until(lambda: live.widget.plan)
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
