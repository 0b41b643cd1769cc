"""A studio on a simulator that draws one small picture and waits for nothing: these tests look at money and rows."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sora_nb as sora
from sora_nb.jobs import pacing
from sora_nb.simulator import pictures
from tests.clips import make_clip

LOOKED: dict[str, Any] = {"width": 96, "height": 54, "fps": 8.0, "duration_s": 1.0, "measures": {"sharpness": 0.5}}


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One film for every job, asked about at once and not looked into."""
    film = make_clip(tmp_path / "film.mp4", frames=8, size=(96, 54))

    def copied(path: Path, _prompt: str, **_asked: Any) -> None:
        shutil.copyfile(film, path)

    monkeypatch.setattr(pictures, "render", copied)
    monkeypatch.setattr("sora_nb.jobs.desk._look", lambda *given: LOOKED)
    monkeypatch.setattr(pacing, "POLL_FIRST", 0.05)


@pytest.fixture
def studio(quick: None, tmp_path: Path) -> Iterator[sora.Studio]:
    studio = sora.Studio("simulator", library=tmp_path / "library", speed=math.inf)
    yield studio
    studio.close()


@pytest.fixture
def ada(studio: sora.Studio, tmp_path: Path) -> sora.Character:
    clip = make_clip(tmp_path / "ada.mp4", frames=4 * 24)
    return studio.create_character(clip, "1,3", name="Ada", description="A red hat.").wait(60)


@pytest.fixture
def jobs(studio: sora.Studio) -> Callable[[], list[str]]:
    """The prompts of the generations that reached the simulator, in their order."""

    def sent() -> list[str]:
        world = studio.folder / "simulator" / "world.jsonl"
        events = [json.loads(line) for line in world.read_text().splitlines()] if world.exists() else []
        return [event["ask"]["prompt"] for event in events if event["event"] == "job"]

    return sent
