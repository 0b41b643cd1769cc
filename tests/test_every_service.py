"""One script on every service there is: only the line that names it differs, and the rows say what was lost."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sora_nb as sora
from sora_nb.dialects.services import PLAYED
from sora_nb.simulator import pictures
from tests.clips import make_clip

NATIVE = [name for name, service in PLAYED.items() if service.capabilities.native]
REFERENCE = [name for name, service in PLAYED.items() if not service.capabilities.native]
SIZE = "1280x720"


@pytest.fixture(autouse=True)
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw what is asked, only smaller: these tests look at the conversation, not at the pictures."""
    draw = pictures.render

    def small(path: Path, prompt: str, *, size: tuple[int, int], **asked: Any) -> None:
        draw(path, prompt, size=(192, 108), fps=8, **asked)

    monkeypatch.setattr(pictures, "render", small)
    monkeypatch.setattr("sora_nb.simulator.pictures.samples.SIZE", (320, 180))


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", frames=8 * 24, size=(320, 180))


class Studios:
    """Studios over one library, each on the simulator in another temper."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, profile: str) -> sora.Studio:
        how = {"dialect": profile} if profile in ("openai", "tutorial", "apiyi") else {"profile": profile}
        self.last = sora.Studio("simulator", **how, library=self.folder, speed=math.inf)
        return self.last

    def sent(self) -> list[str]:
        """What reached the simulator."""
        world = self.folder / "simulator" / "world.jsonl"
        events = [json.loads(line) for line in world.read_text().splitlines()] if world.exists() else []
        return [event["event"] for event in events if event["event"] in ("job", "character")]


@pytest.fixture
def studios(tmp_path: Path) -> Iterator[Studios]:
    made = Studios(tmp_path / "library")
    yield made
    made.last.close()


def the_script(studio: sora.Studio, seconds: float) -> tuple[sora.Character, sora.Video]:
    """What a notebook does, the same everywhere."""
    walk = studio.generate("a young woman with curly brown hair, walking in a park", seconds=seconds, size=SIZE).wait(
        90
    )
    ada = studio.create_character(walk, "0.5,3", name="Ada", description="curly brown hair, glasses").wait(90)
    return ada, studio.generate("@ada waves in a kitchen", seconds=seconds, size=SIZE).wait(90)


@pytest.mark.parametrize("profile", sorted(PLAYED))
def test_the_same_script_runs_on_every_service(profile: str, studios: Studios) -> None:
    studio = studios(profile)
    ada, take = the_script(studio, 4)
    mode = "native" if profile in NATIVE else "reference"
    assert (ada.mode, take.mode, take.status) == (mode, mode, "completed")
    assert take.path is not None and sora.probe(take.path).duration > 1
    videos, people = studio.videos_df(), studio.characters_df()
    assert videos["mode"].fillna("").tolist() == ["", mode]
    assert people["mode"].tolist() == [mode]
    assert set(videos["service"]) == set(people["service"]) == {studio.service_name}
    lost = ["no_characters" in cell.split() for cell in (videos["findings"][1], people["findings"][0])]
    assert lost == [mode == "reference"] * 2
    assert studios.sent() == (["job", "character", "job"] if mode == "native" else ["job", "job"])


@pytest.mark.parametrize("profile", REFERENCE)
def test_what_is_lost_is_said_in_words_and_costs_nothing(profile: str, studios: Studios, clip: Path) -> None:
    studio = studios(profile)
    ada = studio.create_character(clip, "1,4", name="Ada").wait(60)
    assert (ada.record.cost_usd, ada.remote_id, ada.status) == (0.0, None, "completed")
    assert ada.clip is not None and ada.poster is not None
    (remark,) = [one for one in ada.remarks if one.code == "no_characters"]
    assert remark.level == "warning" and "makes no characters" in remark.message
    assert studios.sent() == []


def test_the_check_would_see_a_character_that_was_dropped(studios: Studios, clip: Path) -> None:
    studio = studios("vllm-omni")
    row = studio.prepare("a walk without anyone", seconds=4, size=SIZE).row
    assert (row.mode, row.findings) == (None, ())
