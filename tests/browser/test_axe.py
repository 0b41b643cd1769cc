"""axe-core finds nothing wrong in any state of the panel and of the comparison, in either theme."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sora_nb.models import Place
from sora_nb.timerange import TUTORIAL
from sora_nb.widgets import CompareGrid, Panel
from tests.browser.axe import wrong
from tests.browser.pages import LivePage
from tests.clips import make_clip
from tests.widgets.fakes import FakeStudio


@pytest.fixture(scope="package")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("axe") / "clip.mp4", 75, 25, (320, 180))


@pytest.fixture
def studio(tmp_path: Path) -> FakeStudio:
    return FakeStudio(TUTORIAL, folder=str(tmp_path / "library"))


def quiet(studio: FakeStudio, clip: Path) -> Panel:
    return Panel(studio)


def made(studio: FakeStudio, clip: Path, **changes: Any) -> Panel:
    ada = studio.create_character(clip, "0,2", name="Ada", description="Curly hair")
    ada.move(status="completed", clip=clip, places=(Place("fake", "native", "completed"),))
    panel = Panel(studio, clip)
    panel.generate("@ada in {scene}", ["a park", "a kitchen", "a street"])
    studio.finish(0, clip)
    studio.made[1].move(status="in_progress", progress=0.4)
    studio.made[2].move(status="failed", error="Refused. Change the words.")
    panel.refresh()
    return panel


def asking(live: LivePage) -> None:
    live.page.get_by_label("Prompt", exact=True).fill("in {scene}, {light}")
    live.page.get_by_role("textbox", name="Scenes").fill("a park\na kitchen")
    live.page.get_by_label("Light").fill("fog\nsun")
    live.until(live.page.get_by_role("button", name="Generate 4").is_visible)
    live.page.get_by_text("Every take").click()
    live.page.get_by_role("button", name="Generate 4").click()
    live.until(live.page.get_by_role("button", name="Send").is_visible)


def mistaken(live: LivePage) -> None:
    live.page.get_by_label("Prompt", exact=True).fill("@adda walks")
    live.until(lambda: live.page.get_by_role("button", name="Use @ada").is_visible())
    live.page.get_by_role("button", name="Load", exact=True).click()
    live.until(lambda: live.page.get_by_text("Nothing to load.").is_visible())


def offering(live: LivePage) -> None:
    live.page.get_by_label("Prompt", exact=True).press_sequentially("@")
    live.until(lambda: live.page.get_by_role("option", name="Ada @ada").is_visible())


@pytest.mark.parametrize(
    ("build", "act"),
    [(quiet, None), (made, None), (made, asking), (made, mistaken), (made, offering)],
    ids=["empty", "takes", "agree", "errors", "completion"],
)
def test_the_panel(
    esm_page, studio: FakeStudio, clip: Path, build: Callable[..., Panel], act: Callable[[LivePage], None] | None
) -> None:
    live = LivePage(esm_page, build(studio, clip))
    if build is made:
        live.until(lambda: live.page.locator(".sora-picker[data-loaded]").count())
    if act:
        act(live)
    assert wrong(live) == []


def test_the_comparison_and_that_axe_sees_what_is_wrong(esm_page, studio: FakeStudio, clip: Path) -> None:
    for number, scene in enumerate(("a park", "a kitchen", "a street")):
        studio.generate(scene)
        studio.finish(number, clip)
    live = LivePage(esm_page, CompareGrid(studio.videos()))
    live.until(lambda: live.page.evaluate("() => [...document.querySelectorAll('video')].every(v => v.readyState > 1)"))
    live.page.get_by_role("button", name="Offsets").click()
    assert wrong(live) == []
    live.page.get_by_role("button", name="Wipe").click()
    assert wrong(live) == []
    live.page.get_by_role("button", name="Wipe").click()
    live.page.get_by_role("button", name="Compare blind").click()
    live.until(lambda: live.page.get_by_text("Round 1 of 6").is_visible())
    assert wrong(live) == []
    live.page.evaluate("() => document.querySelector('.sora-compare').append(document.createElement('button'))")
    assert any("button-name" in each for each in wrong(live))
