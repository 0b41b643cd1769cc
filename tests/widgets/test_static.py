"""Forms that need neither kernel nor script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sora_nb.models import CharacterRecord, VideoRecord, VideoRequest
from sora_nb.timerange import TimeRange, check
from sora_nb.widgets import character_card, picker_card, table, video_card

EVIL = '<img src=x onerror="alert(1)"> & "quotes"'


def video(**changes: object) -> VideoRecord:
    return VideoRecord("vid_1", "fake", VideoRequest(EVIL, 4, "1280x720", "m-1"), **changes)


def character(**changes: object) -> CharacterRecord:
    return CharacterRecord("chr_1", EVIL, "ada", "", "file", "/films/hero.mp4", TimeRange(2, 5), **changes)


@pytest.mark.parametrize(
    "form",
    [
        video_card(video(error=EVIL, status="failed")),
        character_card(character(error=EVIL)),
        picker_card("https://example.org/" + EVIL, TimeRange(0, 3), [], None),
        table([EVIL], [{EVIL: EVIL}]),
    ],
)
def test_what_people_write_is_text(form: str) -> None:
    assert "<img" not in form and "&lt;img src=x" in form
    assert not re.search(r"<script|<style|<[^>]*\son\w+=", form)


def test_a_video_shows_a_frame_of_itself(clip: Path) -> None:
    form = video_card(video(path=clip, status="completed", simulated=True))
    assert 'src="data:image/jpeg;base64,' in form
    assert "completed · 1280x720 · 4 s · m-1 · take 1 · simulated" in form
    assert form == video_card(video(path=clip, status="completed", simulated=True))


def test_a_file_that_is_gone_leaves_the_words(tmp_path: Path) -> None:
    form = video_card(video(path=tmp_path / "gone.mp4", status="completed"))
    assert "<img" not in form and "completed" in form


def test_a_file_that_is_broken_leaves_the_words(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"not a film")
    assert "<img" not in video_card(video(path=broken))


def test_a_character_tells_where_it_is_from() -> None:
    assert "@ada · 2,5 of hero.mp4" in character_card(character())
    assert "/films" not in character_card(character())


def test_a_range_is_drawn_to_scale(clip: Path) -> None:
    form = picker_card(clip, TimeRange(2, 9), check("2,9", duration=10), 10.0)
    assert "margin-left:20.00%;width:70.00%" in form
    assert "Hint: " in form


def test_an_empty_picker_says_so() -> None:
    assert "No video yet." in picker_card(None, TimeRange(0, 0), [], None)


def test_a_table_keeps_its_columns() -> None:
    form = table(["prompt", "seconds"], [{"prompt": "a", "seconds": 4.0, "other": "x"}, {"prompt": None}])
    assert re.findall(r">([^<>]+)<", form) == ["prompt", "seconds", "a", "4"]
