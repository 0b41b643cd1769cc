"""The words of the house: handles, mentions, sizes, and records that no one changes in passing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.models import (
    ENDED,
    MENTION,
    SIZE,
    CharacterRecord,
    FromFile,
    FromTask,
    FromURL,
    Status,
    VideoRecord,
    VideoRequest,
    handle_of,
)
from sora_nb.timerange import TimeRange


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Ada", "ada"),
        ("Ada Lovelace", "ada_lovelace"),
        ("  Ada -- Lovelace! ", "ada_lovelace"),
        ("Zoë", "zoe"),
        ("R2-D2", "r2_d2"),
        ("ﬁn", "fin"),
        ("Ада", "character"),
        ("!!!", "character"),
        ("", "character"),
    ],
)
def test_a_name_gives_a_handle(name, handle):
    assert handle_of(name) == handle


@given(st.text())
def test_every_handle_can_be_mentioned_and_is_its_own_handle(name):
    handle = handle_of(name)
    assert MENTION.findall(f"a portrait of @{handle}, smiling.") == [handle]
    assert handle_of(handle) == handle


@pytest.mark.parametrize(
    ("prompt", "mentioned"),
    [
        ("@ada in a park", ["ada"]),
        ("@ada and @tom.", ["ada", "tom"]),
        ("@ada's hat, (@tom)", ["ada", "tom"]),
        ("@a", ["a"]),
        ("@ada.lovelace-2...", ["ada.lovelace-2"]),
        ("@Zoë waves", ["Zoë"]),
        ("write to ada@example.org", []),
        ("@@ada", []),
        ("an @ alone, @-, @.", []),
        ("@{character} {scene}", []),
        ("", []),
    ],
)
def test_mentions_are_found_where_a_person_would_see_them(prompt, mentioned):
    assert MENTION.findall(prompt) == mentioned


@pytest.mark.parametrize("size", ["1280x720", "720x1280", "64x64", "99999x10"])
def test_a_size_is_width_x_height(size):
    assert SIZE.fullmatch(size).groups() == tuple(size.split("x"))


@pytest.mark.parametrize("size", ["1280", "1280X720", "1280×720", "0x720", "012x720", "1280x7", "1280x720 ", "16:9"])
def test_what_is_no_size_is_none(size):
    assert SIZE.fullmatch(size) is None


def test_the_ends_are_states_and_the_moving_ones_are_no_ends():
    states = set(get_args(Status))
    assert states - ENDED == {"queued", "in_progress"}
    assert states >= ENDED


def test_equal_requests_are_the_same_and_a_take_tells_them_apart():
    asked = VideoRequest("@ada waves", 4, "1280x720", "sora-2", ("chr_1",))
    assert asked == VideoRequest("@ada waves", 4, "1280x720", "sora-2", ("chr_1",), take=1)
    assert hash(asked) == hash(replace(asked))
    assert asked != replace(asked, take=2)
    assert asked != replace(asked, characters=())


def test_records_cannot_be_changed():
    video = VideoRecord("vid_1", "simulator", VideoRequest("x", 4, "1280x720", "sora-2"))
    character = CharacterRecord("chr_1", "Ada", "ada", "", "file", "a.mp4", TimeRange(5, 8))
    for record, name in ((video, "status"), (character, "name"), (FromURL("https://a.example/b.mp4"), "url")):
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, "other")


def test_a_record_begins_with_nothing_known():
    video = VideoRecord("vid_1", "simulator", VideoRequest("x", 4, "1280x720", "sora-2"))
    assert (video.status, video.progress, video.path, video.cost_usd) == ("queued", 0.0, None, None)
    assert not video.simulated


def test_sources_of_one_text_are_told_apart_by_kind():
    assert len({FromURL("a"), FromTask("a"), FromFile(Path("a"))}) == 3
