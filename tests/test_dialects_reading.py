"""States, shares, times, ids and reasons are read in every spelling that was seen in the wild."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.dialects import DIALECTS, Reply
from sora_nb.dialects.reading import (
    WORDS_MAX,
    id_of,
    number_of,
    object_of,
    plain_words,
    progress_of,
    reason_of,
    segment,
    size_of,
    status_of,
    time_of,
    video_of,
)
from sora_nb.errors import ConfigError, ServerError

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("queued QUEUED submitted pending waiting NOT_START not-started", "queued"),
        ("in_progress running processing generating postprocessing IN-PROGRESS", "in_progress"),
        ("something_new unknown lost 3 None", "in_progress"),
        ("completed Completed success SUCCEEDED complete", "completed"),
        ("failed fail error FAILURE rejected", "failed"),
        ("canceled cancelled Cancelled", "cancelled"),
        ("expired deleted", "expired"),
    ],
)
def test_a_state_is_read_in_any_spelling(words: str, status: str) -> None:
    assert {word: status_of(word) for word in words.split()} == dict.fromkeys(words.split(), status)


@pytest.mark.parametrize(
    ("told", "share"),
    [
        (0, 0.0),
        (1, 0.01),
        (40, 0.4),
        (100, 1.0),
        (0.4, 0.4),
        (1.0, 1.0),
        (40.5, 0.405),
        ("40", 0.4),
        ("40%", 0.4),
        ("0.5%", 0.005),
        ("0.5", 0.5),
        (140, 1.0),
        (-3, 0.0),
        (None, None),
        (True, None),
        ("soon", None),
        (float("nan"), None),
    ],
)
def test_progress_is_a_share_however_it_is_told(told: object, share: float | None) -> None:
    assert progress_of(told) == (share if share is None else pytest.approx(share))


@pytest.mark.parametrize(
    "told",
    [1760000000, 1760000000.0, "1760000000", 1760000000000, "2025-10-09T08:53:20Z", "2025-10-09T10:53:20+02:00"],
)
def test_a_time_is_the_same_moment_however_it_is_told(told: object) -> None:
    assert time_of(told) == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)


def test_a_time_without_a_zone_is_utc() -> None:
    assert time_of("2025-10-09T08:53:20") == time_of(1760000000)


@pytest.mark.parametrize("told", [None, 0, "", "soon", -1, 1e300, float("inf"), True, [], {}, "0001-01-01T00:00+14:00"])
def test_a_time_that_is_none_is_none(told: object) -> None:
    assert time_of(told) is None


@pytest.mark.parametrize(
    ("told", "number"), [(8, 8.0), ("8", 8.0), ("4.5", 4.5), ("auto", None), (True, None), ("inf", None), (None, None)]
)
def test_numbers(told: object, number: float | None) -> None:
    assert number_of(told) == number


def test_sizes_and_ids() -> None:
    assert [size_of(text) for text in ("1280x720", "auto", "768P", 720, None)] == ["1280x720", None, None, None, None]
    assert [id_of(told) for told in ("a", 7, "", None, True, {})] == ["a", "7", None, None, None, None]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (None, (None, None)),
        ({}, (None, None)),
        ("out of memory", (None, "out of memory")),
        ({"code": "moderation_blocked", "message": "no"}, ("moderation_blocked", "no")),
        ({"code": 500, "message": "no"}, ("500", "no")),
        ({"message": "no code"}, (None, "no code")),
        ({"code": "x", "message": None}, ("x", None)),
        (["list"], (None, None)),
    ],
)
def test_a_reason_is_read_from_text_object_or_null(told: object, reason: tuple[str | None, str | None]) -> None:
    assert reason_of(told) == reason


SECRETS = {
    "Incorrect API key provided: sk-proj-abc***XYZ9. Find it": "abc",
    "Incorrect API key provided: hunter2x.": "hunter2x",
    "header was 'Authorization: Bearer abcdef123456'": "abcdef123456",
    '{"api_key": "abcdef123456"}': "abcdef123456",
    "see https://cdn.example/v.mp4?X-Amz-Signature=abcdef123456&e=1 now": "abcdef123456",
    "token=eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl": "eyJzdWIi",
}


@pytest.mark.parametrize("text", SECRETS)
def test_words_never_echo_a_key_or_a_signature(text: str) -> None:
    assert SECRETS[text] in text
    assert SECRETS[text] not in plain_words(text)


@pytest.mark.parametrize(
    "text", ["Missing bearer token in header.", "Basic authentication is not supported.", "This API key is disabled."]
)
def test_words_about_keys_stay_as_they_are(text: str) -> None:
    assert plain_words(text) == text


def test_words_are_one_short_line() -> None:
    assert plain_words("two\n lines\x00\x1b[31m") == "two lines[31m"
    assert len(plain_words("long " * 500)) == WORDS_MAX


@pytest.mark.parametrize(
    ("id_", "written"),
    [
        ("video_68d7", "video_68d7"),
        ("sora-2:task_1", "sora-2%3Atask_1"),
        ("video_bGl0+/=", "video_bGl0%2B%2F%3D"),
        ("abc.defg", "abc.defg"),
        ("a b?c#d", "a%20b%3Fc%23d"),
        ("50%", "50%25"),
    ],
)
def test_an_id_is_one_segment_of_a_path(id_: str, written: str) -> None:
    assert segment(id_) == written


@pytest.mark.parametrize("id_", ["", ".", "..", "../x", "a/../b", "%2e%2e", "%252e%252e/x", "..\\x", "a/."])
def test_an_id_that_leads_elsewhere_is_refused(id_: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the id"):
        segment(id_)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_segment_gives_its_id_back_or_is_refused(id_: str) -> None:
    try:
        written = segment(id_)
    except ConfigError:
        return
    assert unquote(written) == id_
    assert not set("/?#\\ ") & set(written)


@given(st.dictionaries(st.sampled_from(["id", "status", "error", "progress", "created_at", "usage", "cost"]), ANYTHING))
def test_any_object_is_a_video_or_a_server_error(body: dict[str, Any]) -> None:
    try:
        video = video_of(body)
    except ServerError:
        return
    assert video.id
    assert video.progress is None or 0 <= video.progress <= 1


def test_a_video_of_a_relative_of_the_shape() -> None:
    video = video_of(
        {
            "task_id": "task_1",
            "status": "generating",
            "duration": 4.5,
            "size": "auto",
            "created_at": 1760000000000,
            "error": "late",
            "usage": {"cost": 0.25},
        }
    )
    assert (video.id, video.status, video.raw_status) == ("task_1", "in_progress", "generating")
    assert (video.seconds, video.size, video.error, video.cost_usd) == (4.5, None, "late", 0.25)
    assert video.created_at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "cost", "estimated"),
    [
        ({"cost": 0.25}, 0.25, None),
        ({"cost": "0.25"}, 0.25, None),
        ({"usage": {"cost": 0.25, "is_byok": False}}, 0.25, None),
        ({"usage": {"estimated_cost": 0.5}}, None, 0.5),
        ({"usage": {"estimated_cost": 0.5, "cost": 0.4}}, 0.4, 0.5),
        ({"cost": None, "usage": None}, None, None),
        ({"cost": 0}, 0.0, None),
        ({"usage": {"duration_seconds": 8.0}}, None, None),
        ({"cost": float("nan"), "usage": {"cost": "free"}}, None, None),
    ],
)
def test_what_it_took_and_what_it_will_take_are_two_things(
    body: dict[str, Any], cost: float | None, estimated: float | None
) -> None:
    video = video_of({"id": "v", "status": "completed", **body})
    assert (video.cost_usd, video.est_cost_usd) == (cost, estimated)


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ({"url": "https://a/b.mp4?sig=1"}, "https://a/b.mp4?sig=1"),
        ({"video_url": "https://a/b.mp4"}, "https://a/b.mp4"),
        ({"unsigned_urls": ["https://a/1", "https://a/2"], "url": "https://signed"}, "https://a/1"),
        ({"metadata": {"url": "https://a/b.mp4"}}, "https://a/b.mp4"),
        ({"url": None, "unsigned_urls": [], "metadata": []}, None),
        ({"unsigned_urls": [{"href": "x"}]}, None),
    ],
)
def test_where_the_video_lies_is_read_and_not_shown(body: dict[str, Any], url: str | None) -> None:
    video = video_of({"id": "v", "status": "completed", **body})
    assert video.content_url == url
    assert url is None or url not in repr(video)


def test_a_video_that_a_relative_wraps_is_taken_out() -> None:
    video = video_of({"code": 200, "msg": "ok", "data": {"task_id": "t1", "status": "SUCCESS", "polling_url": "/t1"}})
    assert (video.id, video.status, video.polling_url) == ("t1", "completed", "/t1")
    assert video_of({"id": "v", "status": "queued", "data": {"id": "other"}}).id == "v"


SPELLINGS = st.sampled_from(
    [
        *(("queued", word) for word in ("queued", "submitted", "pending", "waiting", "not_start", "not_started")),
        *(("in_progress", word) for word in ("in_progress", "running", "processing", "generating", "postprocessing")),
        *(("completed", word) for word in ("completed", "complete", "success", "succeeded")),
        *(("failed", word) for word in ("failed", "fail", "failure", "error", "rejected")),
        *(("cancelled", word) for word in ("canceled", "cancelled")),
        *(("expired", word) for word in ("expired", "deleted")),
    ]
)


@given(SPELLINGS, st.sampled_from(["", "_", "-", " "]), st.sampled_from([str.upper, str.lower, str.title]))
def test_a_state_is_the_same_however_its_word_is_written(told: tuple[str, str], gap: str, case: Any) -> None:
    status, word = told
    assert status_of(case(word.replace("_", gap))) == status


@given(st.text(min_size=1).filter(str.strip))
def test_a_word_that_nobody_knows_is_pending_and_kept(word: str) -> None:
    video = video_of({"id": "v", "status": f"zz{word}"})
    assert (video.status, video.raw_status) == ("in_progress", f"zz{word}")


@given(st.integers(946_684_800, 4_102_444_800), st.booleans(), st.sampled_from([int, float, str]))
def test_a_moment_is_the_same_in_seconds_and_milliseconds(seconds: int, milliseconds: bool, kind: Any) -> None:
    told = kind(seconds * 1000 if milliseconds else seconds)
    assert time_of(told) == datetime.fromtimestamp(seconds, UTC)


@given(st.none() | st.text() | st.dictionaries(st.sampled_from(["code", "message", "type"]), ANYTHING) | ANYTHING)
def test_any_error_is_read_without_a_fault(told: Any) -> None:
    video = video_of({"id": "v", "status": "failed", "error": told})
    assert video.status == "failed"
    assert video.error is None or (video.error and len(video.error) <= WORDS_MAX)


@given(
    st.text("abc:+/=._-%", min_size=1).filter(lambda id_: ".." not in id_ and id_ != "."),
    st.sampled_from(sorted(DIALECTS)),
)
def test_an_id_of_any_letters_is_asked_after_as_one_segment(id_: str, name: str) -> None:
    try:
        path = DIALECTS[name].get_video(id_).path
    except ConfigError:
        return
    assert unquote(path.rpartition("/")[2]) == id_
    assert path.count("/") == 2


@given(
    st.dictionaries(
        st.sampled_from(["id", "status", "error", "url", "usage", "metadata", "data", "polling_url", "cost", "model"]),
        ANYTHING,
    ),
    st.sampled_from(sorted(DIALECTS)),
)
def test_no_shape_stumbles_over_an_answer(body: dict[str, Any], name: str) -> None:
    try:
        video = DIALECTS[name].read_video(Reply(202, {}, json.dumps(body).encode()))
    except ServerError:
        return
    assert video.id


def test_an_answer_without_an_id_says_what_it_said_instead() -> None:
    with pytest.raises(ServerError, match=r"names no id of a video. It says: paused") as caught:
        video_of({"error": {"code": "busy", "message": "paused"}})
    assert caught.value.code == "busy"
    with pytest.raises(ServerError, match="names no status"):
        video_of({"id": "video_1"})


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"<html>", b"", b"\xff"])
def test_an_answer_that_is_no_object_is_a_server_error(body: bytes) -> None:
    with pytest.raises(ServerError):
        object_of(Reply(200, {}, body), "a video")
    assert object_of(Reply(200, {}, json.dumps({"id": 1}).encode()), "a video") == {"id": 1}
