"""axe-core finds nothing wrong in the picker, the key box, a job, the forms without a kernel and the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sora_nb.models import CharacterRecord, VideoRecord, VideoRequest
from sora_nb.report import write_report
from sora_nb.timerange import APIYI, Finding, TimeRange, check
from sora_nb.video.suggest import Suggestion
from sora_nb.widgets import JobView, KeyBox, RangePicker, character_card, picker_card, table, video_card
from tests.browser.axe import violations, wrong
from tests.browser.conftest import new_page
from tests.browser.pages import LivePage
from tests.browser.picking import press, shown_picker
from tests.widgets.fakes import FakeCharacter, FakeVideo

ASKED = VideoRequest("@ada in a park", 4, "1280x720", "sora-2")
ADA = CharacterRecord("chr_1", "Ada", "ada", "Curly hair", "file", "/films/ada.mp4", TimeRange(1, 4), service="fake")
LOST = Finding("warning", "no_characters", "fake makes no characters: a picture is sent instead.")


def video(**changes: object) -> VideoRecord:
    return VideoRecord("vid_1", "fake", ASKED, **changes)


def several(live: LivePage) -> None:
    live.widget.rename(0, "Ada")
    live.widget.add("6,8", "Ben")
    live.widget.box = (0.2, 0.2, 0.3, 0.4)
    live.widget.show_track(None, [Suggestion(TimeRange(1, 4), 0.9, ("sharp", "one face"), {})])
    live.until(lambda: live.page.get_by_text("sharp").count())


def helped(live: LivePage) -> None:
    press(live, "?")


def zoomed(live: LivePage) -> None:
    press(live, "+", "+", "i", "ArrowRight")


@pytest.mark.parametrize("act", [None, several, helped, zoomed], ids=lambda act: getattr(act, "__name__", "loaded"))
@pytest.mark.parametrize("value", ["2,5", "1,10"], ids=["passes", "too long"])
def test_the_picker(esm_page, ten_seconds: Path, value: str, act: Callable[[LivePage], None] | None) -> None:
    live = shown_picker(esm_page, ten_seconds, value=value, limits=APIYI)
    if act:
        act(live)
    assert wrong(live) == []


def test_the_picker_without_a_video_and_without_a_kernel(esm_page, ten_seconds: Path) -> None:
    live = LivePage(esm_page, RangePicker())
    live.until(lambda: live.page.get_by_text("No video yet").first.is_visible())
    assert wrong(live) == []
    live = shown_picker(esm_page, ten_seconds)
    live.page.locator(".sora-picker").focus()
    live.page.keyboard.press("ArrowRight")
    live.page.get_by_text("The kernel does not answer.").wait_for()
    assert wrong(live) == []


def test_the_key_box(esm_page) -> None:
    for has, said in ((False, ""), (True, ""), (False, "That is no key: it is empty.")):
        state = {"service": "openrouter", "has_key": has, "said": said}
        assert wrong(esm_page(str(KeyBox._esm), str(KeyBox._css), state)) == []


def test_a_job(esm_page, ten_seconds: Path) -> None:
    states = [
        FakeVideo(video()),
        FakeVideo(video(status="in_progress", progress=0.4, remarks=(LOST,), mode="reference")),
        FakeVideo(video(status="failed", error="Refused. Change the words.")),
        FakeVideo(video(status="completed", path=ten_seconds, simulated=True)),
        FakeCharacter(ADA),
    ]
    for handle in states:
        live = LivePage(esm_page, JobView(handle))
        if handle.status == "completed":
            live.until(lambda live=live: live.page.evaluate("() => document.querySelector('video')?.readyState > 1"))
        live.carry()
        assert wrong(live) == [], handle.status


def test_the_forms_without_a_kernel(esm_page, ten_seconds: Path) -> None:
    span = TimeRange(1, 10)
    forms = [
        video_card(video(status="completed", path=ten_seconds, remarks=(LOST,))),
        video_card(video(status="failed", error="Refused. Change the words.")),
        character_card(ADA),
        picker_card(ten_seconds, span, check(span, APIYI, 10), 10, title="A film"),
        table(("take", "wins"), [{"take": "a park", "wins": "2"}]),
    ]
    live = esm_page("export default { render() {} }", "#widget { padding: 8px; }", {})
    live.page.evaluate("html => { document.getElementById('widget').innerHTML = html }", "".join(forms))
    assert wrong(live) == []
    live.page.evaluate("() => document.querySelector('#widget img').removeAttribute('alt')")
    assert any("image-alt" in each for each in wrong(live))


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_report(chromium: Browser, ten_seconds: Path, tmp_path: Path, colours: str) -> None:
    done = video(status="completed", path=ten_seconds, duration_s=10.0)
    videos = [done, replace(done, id="vid_2"), video(status="failed", error="Refused.")]
    page = new_page(chromium)
    page.emulate_media(color_scheme=colours)
    page.goto(write_report(tmp_path / "report.html", videos, [ADA], title="Takes").as_uri())
    assert violations(page) == []
    page.get_by_role("checkbox", name="Compare take 1").check()
    assert violations(page) == []
    page.get_by_role("button", name="Compare all 2 side by side").click()
    assert violations(page) == []
    page.keyboard.press("?")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.evaluate("() => document.body.append(document.createElement('button'))")
    assert any("button-name" in each for each in violations(page))
    page.context.close()
