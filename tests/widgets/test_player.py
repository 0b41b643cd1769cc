"""What a job shows in a cell."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sora_nb.models import Place
from sora_nb.timerange import TUTORIAL, Finding
from sora_nb.widgets import JobView
from sora_nb.widgets.player import WORDS, money
from tests.widgets.fakes import SENT, FakeStudio


@pytest.fixture
def studio() -> FakeStudio:
    return FakeStudio(TUTORIAL)


def test_it_follows_the_job_to_its_end_and_then_lets_go(studio: FakeStudio, clip: Path) -> None:
    video = studio.generate("@ada walks", seconds=8)
    view = JobView(video)
    assert (view.facts["word"], view.facts["tone"], view.facts["ended"]) == ("Waiting its turn", "active", False)
    video.move(status="in_progress", progress=0.4)
    assert (view.facts["word"], view.facts["progress"]) == ("In progress", 0.4)
    assert not view.facts["has_video"]
    studio.finish(0, clip)
    assert (view.facts["word"], view.facts["elapsed"], view.facts["has_video"]) == ("Done", 42.0, True)
    assert view.facts["details"] == ["8 s", "1280x720", "fake-1", "take 1", "$0.80"]
    assert video.watchers == []


def test_a_failure_is_told_in_words(studio: FakeStudio) -> None:
    video = studio.generate("a")
    view = JobView(video)
    video.move(status="failed", error="The service refused the prompt. Change the words and generate again.")
    assert view.facts["tone"] == "failed"
    assert view.facts["error"].endswith("generate again.")
    assert view.facts["elapsed"] is None


def test_a_job_that_is_over_is_not_watched(studio: FakeStudio, clip: Path) -> None:
    video = studio.generate("a")
    studio.finish(0, clip)
    JobView(video)
    assert video.watchers == []


def test_closing_it_stops_watching(studio: FakeStudio) -> None:
    video = studio.generate("a")
    view = JobView(video)
    assert len(video.watchers) == 1
    view.close()
    assert video.watchers == []


def test_a_character_is_shown_as_one(studio: FakeStudio, clip: Path) -> None:
    ada = studio.create_character(clip, "2,5", name="Ada", description="Glasses")
    view = JobView(ada)
    places = (Place("simulator", "native", "completed", "char_1"), Place("lab", "reference", "completed"))
    lost = Finding("warning", "no_characters", "lab makes no characters.")
    ada.move(status="completed", mode="reference", clip=clip, places=places, remarks=(lost,))
    exists = "exists on simulator, lab (by reference)"
    assert view.facts["details"] == ["@ada", "2 to 5 s", "told by reference", exists, "Glasses"]
    assert view.facts["remarks"] == [{"level": "warning", "message": "lab makes no characters."}]
    assert "Warning: </b>lab makes no characters." in view._static() and exists in view._static()
    assert view.facts["kind"] == "character" and view.facts["has_video"]


def test_a_video_says_that_its_characters_were_only_shown(studio: FakeStudio) -> None:
    video = studio.generate("@ada walks")
    assert "characters by reference" not in JobView(video).facts["details"]
    lost = Finding("warning", "no_characters", "lab makes no characters.")
    video.move(mode="reference", remarks=(lost,))
    view = JobView(video)
    assert "characters by reference" in view.facts["details"]
    assert view.facts["remarks"] == [{"level": "warning", "message": "lab makes no characters."}]
    assert "Warning: </b>lab makes no characters." in view._static()


def test_every_state_has_words() -> None:
    from typing import get_args

    from sora_nb.models import Status

    assert set(WORDS) == set(get_args(Status))


def test_the_clock_stops_when_the_job_does(studio: FakeStudio) -> None:
    video = studio.generate("a")
    video.move(status="failed", completed_at=SENT + timedelta(seconds=7))
    assert JobView(video).facts["elapsed"] == 7.0


def test_its_bundle_has_a_form_without_a_script(studio: FakeStudio, clip: Path) -> None:
    video = studio.generate("<b>bold</b>")
    studio.finish(0, clip)
    bundle = JobView(video)._repr_mimebundle_()
    assert "&lt;b&gt;bold" in bundle["text/html"] and "data:image/jpeg" in bundle["text/html"]
    assert str(clip.parent) not in str(JobView(video).facts)


@pytest.mark.parametrize(
    ("dollars", "text"),
    [(None, None), (0, "$0.00"), (0.4, "$0.40"), (0.012, "$0.012"), (0.04, "$0.04"), (3.21, "$3.21")],
)
def test_money_is_written_as_people_write_it(dollars: float | None, text: str | None) -> None:
    assert money(dollars) == text
