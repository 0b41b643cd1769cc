"""Takes side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.errors import ConfigError
from sora_nb.widgets import CompareGrid
from tests.widgets.fakes import FakeStudio


def test_finished_videos_are_shown_and_the_others_left_out(clip: Path) -> None:
    studio = FakeStudio()
    videos = [studio.generate(scene) for scene in ("a park", "a kitchen", "a street")]
    studio.finish(0, clip)
    studio.finish(2, clip)
    grid = CompareGrid(videos)
    assert [facts["title"] for facts in grid.takes] == ["a park", "a street"]
    assert grid._find("video:vid_2") == clip and grid._find("video:vid_1") is None
    assert repr(grid) == "<CompareGrid of 2>"
    assert grid._repr_mimebundle_()["text/html"].count("data:image/jpeg") == 2


def test_nothing_and_too_much_are_refused(clip: Path) -> None:
    studio = FakeStudio()
    with pytest.raises(ConfigError, match="has a file yet"):
        CompareGrid([studio.generate("a")])
    for number in range(10):
        studio.generate(str(number))
        studio.finish(number + 1, clip)
    with pytest.raises(ConfigError, match="10 videos are too many"):
        CompareGrid(studio.videos())
