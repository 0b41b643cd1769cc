"""Files appear whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.atomic import atomically


def test_what_is_written_takes_the_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    with atomically(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_what_was_there_stays_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    with pytest.raises(OSError, match="full"), atomically(path) as part:  # noqa: PT012  # what fails is the block
        part.write_text("half")
        raise OSError("full")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_a_name_as_long_as_the_disk_allows_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("🎬" * 62 + ".html")
    with atomically(path) as part:
        part.write_text("new")
    assert path.read_text() == "new"
