"""What a shape cannot say it refuses, and it understands its relatives' answers too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sora_nb.dialects import DIALECTS, CharacterAsk, Dialect, RemoteCharacter, Reply, VideoAsk
from sora_nb.errors import ConfigError, ServerError
from sora_nb.timerange import TimeRange

SPAN = TimeRange(5, 8)
OPENAI, TUTORIAL, APIYI = DIALECTS["openai"], DIALECTS["tutorial"], DIALECTS["apiyi"]


def reply(body: Any) -> Reply:
    return Reply(200, {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("body", "character"),
    [
        ({"character_id": "char_1"}, RemoteCharacter("completed", "char_1")),
        ({"id": "ch_1", "username": "moon", "permalink": "x"}, RemoteCharacter("completed", "ch_1", handle="moon")),
        ({"id": "ch_1"}, RemoteCharacter("completed", "ch_1")),
        ({"task_id": "t1"}, RemoteCharacter("queued", task_id="t1")),
        ({"id": "t1", "status": "processing"}, RemoteCharacter("in_progress", task_id="t1")),
        (
            {"id": "char_1", "status": "completed", "username": "moon"},
            RemoteCharacter("completed", "char_1", handle="moon"),
        ),
        ({"status": "success", "character_id": "char_1"}, RemoteCharacter("completed", "char_1")),
        ({"status": "fail", "error": "a face"}, RemoteCharacter("failed", error="a face")),
    ],
)
@pytest.mark.parametrize("dialect", [TUTORIAL, APIYI], ids=["tutorial", "apiyi"])
def test_a_character_is_read_from_every_relative(dialect: Dialect, body: Any, character: RemoteCharacter) -> None:
    assert dialect.read_character(reply(body)) == character


@pytest.mark.parametrize("body", [{}, {"status": "completed"}, {"status": "completed", "id": "t1"}, {"error": "busy"}])
def test_a_character_without_an_id_is_a_server_error(body: Any) -> None:
    with pytest.raises(ServerError, match="no id of a character"):
        APIYI.read_character(reply(body))


def test_openai_answers_a_character_at_once_or_not_at_all() -> None:
    assert OPENAI.read_character(reply({"id": "char_1", "name": "Ada", "created_at": 1})).status == "completed"
    with pytest.raises(ServerError, match="no id"):
        OPENAI.read_character(reply({"id": None, "name": None, "created_at": 1}))


@pytest.mark.parametrize(("seconds", "written"), [(8, "8"), (8.0, "8"), (4.5, "4.5")])
def test_openai_writes_seconds_as_text(seconds: float, written: str) -> None:
    call = OPENAI.create_video(VideoAsk("A park", seconds, "1280x720", "sora-2"))
    assert call.json is not None
    assert call.json["seconds"] == written


@pytest.mark.parametrize("dialect", [TUTORIAL, APIYI], ids=["tutorial", "apiyi"])
def test_the_tutorials_write_whole_numbers(dialect: Dialect) -> None:
    call = dialect.create_video(VideoAsk("A park", 10.0, "1280x720", "sora-2"))
    assert call.json is not None
    assert repr(call.json["duration"]) == "10"
    with pytest.raises(ConfigError, match=r"whole seconds, not 4\.5"):
        dialect.create_video(VideoAsk("A park", 4.5, "1280x720", "sora-2"))


@pytest.mark.parametrize("dialect", [TUTORIAL, APIYI], ids=["tutorial", "apiyi"])
def test_the_tutorials_take_no_file(dialect: Dialect) -> None:
    with pytest.raises(ConfigError, match="not from a file"):
        dialect.create_character(CharacterAsk("Ada", SPAN, clip=Path("a.mp4")))


def test_openai_takes_nothing_but_a_file() -> None:
    with pytest.raises(ConfigError, match="Cut the range"):
        OPENAI.create_character(CharacterAsk("Ada", SPAN, url="https://a/b.mp4"))


def test_a_files_real_name_is_not_told() -> None:
    call = OPENAI.create_character(CharacterAsk("Ada", SPAN, clip=Path("/home/ada/private holiday.mp4")))
    assert call.files[0].filename == "clip.mp4"


def test_apiyi_knows_two_sizes() -> None:
    with pytest.raises(ConfigError, match="720x1280"):
        APIYI.create_video(VideoAsk("A park", 10, "720x1280", "sora-2"))
    assert APIYI.read_video(reply({"id": "v", "status": "completed", "resolution": "1080p"})).size == "1920x1080"


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_there_is_no_variant_of_that_name(dialect: Dialect) -> None:
    with pytest.raises(ConfigError, match="poster"):
        dialect.get_content("video_1", "poster")


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_an_id_never_leads_to_another_path(dialect: Dialect) -> None:
    assert dialect.get_video("a/b:c").path.endswith("/a%2Fb%3Ac")
    for ask in (dialect.get_video, dialect.get_content):
        with pytest.raises(ConfigError, match="cannot be the id"):
            ask("../characters")


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_what_a_shape_can_do_agrees_with_what_it_says_it_can(dialect: Dialect) -> None:
    can = dialect.capabilities
    assert (dialect.list_videos() is not None) == can.can_list == (can.reconcile == "list")
    least, most = can.seconds_range
    assert can.default_seconds in can.seconds or (not can.seconds and least <= can.default_seconds <= most)
    assert can.native or can.reference_ways
    assert can.native == (can.naming != "words")
    assert not can.sizes or can.default_size in can.sizes


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": ["x"]}, []])
def test_a_list_that_is_none_is_a_server_error(body: Any) -> None:
    with pytest.raises(ServerError):
        OPENAI.read_list(reply(body))


def test_a_shape_that_cannot_list_says_so() -> None:
    with pytest.raises(NotImplementedError, match="apiyi cannot list"):
        APIYI.read_list(reply({}))
