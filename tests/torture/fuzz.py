"""Answers as no service should give them, shown to everything that reads answers."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from typing import Any

from sora_nb.dialects import DIALECTS, Dialect, RemoteCharacter, RemoteVideo, Reply
from sora_nb.errors import ServerError, ServiceError
from sora_nb.jobs import pacing
from sora_nb.jobs.bodies import MOST_ANSWER, Unpacked, named_url

VIDEO = {
    "id": "video_1",
    "task_id": "task_1",
    "object": "video",
    "status": "in_progress",
    "progress": 42,
    "created_at": 1_764_000_000,
    "completed_at": None,
    "expires_at": 1_764_003_600,
    "seconds": "4",
    "duration": 4,
    "size": "1280x720",
    "model": "sora-2",
    "prompt": "a cat",
    "usage": {"cost": 0.4},
    "error": {"code": "moderation_blocked", "message": "no"},
    "url": "https://example.com/film.mp4",
    "data": [{"id": "video_2", "status": "queued"}],
}
CHARACTER = {
    "id": "char_1",
    "task_id": "task_1",
    "character_id": "char_1",
    "username": "cat",
    "status": "completed",
    "name": "Cat",
    "error": None,
    "timestamps": "1,3",
    "data": [{"id": "char_1"}],
}
COMPLAINT = {"error": {"message": "no", "type": "invalid_request_error", "param": "seconds", "code": "bad"}}

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 10**400, -(2**63), 1e308, -0.0, 0.5, 101),
    *("", " ", "0", "NaN", "Infinity", "-1%", "100%", "\ud800", "\x00", "\u202e", "a" * 5000, "9" * 5000),
    *("../..", "%2e%2e", "<img src=x onerror=alert(1)>"),
    *("2026-13-45T99:99", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"),
    *([], {}, [[]], [None], {"": ""}, {"code": []}, {"message": {}}, {"code": {"a": 1}, "message": 5}),
    *([{"loc": [], "msg": None}], [{"loc": {}, "msg": {}}], {"message": ["a", {"b": 1}]}),
)
"""Values where others were meant."""

RAW: tuple[bytes, ...] = (
    *(b"", b"null", b"[]", b"{}", b'"text"', b"NaN", b"-", b"{", b"<html>", b"\x80", bytes(99)),
    *(b"[" * 100_000, b'{"a":' * 50_000, b"9" * 5000, b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}"),
    *(b'{"id": "\xff"}', b'{"id": "a", "id": "b"}'),
)
"""Bodies that are no answer at all."""

HEADERS = ("retry-after", "retry-after-ms", "openai-poll-after-ms", "content-type", "x-request-id", "date")

WORDS = (
    *("", "-1", "nan", "inf", "1e400", "9" * 400, "\x00", "soon", "120", "0x10", "1_0", "\u0663"),
    *("Wed, 21 Oct 2015 07:28:00 GMT", "Fri, 31 Feb 100000 99:99:99", "Sunday, 06-Nov-94 08:49:37 GMT"),
    "text/html; charset=\xff",
)
"""What headers may say."""

STATUSES = (200, 200, 200, 201, 202, 204, 206, 299)

REFUSED = (*range(300, 309), *range(400, 432), 451, 499, *range(500, 512), 520, 529, 599)


def run_fuzz(count: int, seed: int = 0) -> list[str]:
    """Show *count* odd answers to every reader of every dialect; what came out that should not have."""
    rng, faults = random.Random(seed), []
    for number in range(count):
        dialect = rng.choice(list(DIALECTS.values()))
        name, read, check, base, statuses = rng.choice(_readers(dialect))
        reply = Reply(rng.choice(statuses), _odd_headers(rng), _odd_body(rng, base))
        try:
            check(read(reply))
        except ServerError:
            pass
        except Exception as error:  # the very thing that must not come out
            faults.append(f"answer {number} to {dialect.name}.{name}: {type(error).__name__}: {str(error)[:200]}")
        faults += _others(number, reply)
    return faults


def _readers(dialect: Dialect) -> list[tuple[str, Callable[[Reply], Any], Callable[[Any], None], Any, tuple[int, ...]]]:
    readers: list[Any] = [
        ("read_video", dialect.read_video, _check_video, VIDEO, STATUSES),
        ("read_error", dialect.read_error, _check_error, COMPLAINT, REFUSED),
    ]
    if type(dialect).read_character is not Dialect.read_character:
        readers.append(("read_character", dialect.read_character, _check_character, CHARACTER, STATUSES))
    if dialect.list_videos() is not None:
        readers.append(("read_list", dialect.read_list, _check_list, {"data": [VIDEO, VIDEO]}, STATUSES))
    return readers


def _others(number: int, reply: Reply) -> Iterable[str]:
    """What else reads answers: the wait that is asked for, a named address, a packed body."""
    try:
        wait = pacing.told_wait(reply.headers, 1_764_000_000.0)
        if wait is not None and not 0 <= wait <= 24 * 3600:
            yield f"answer {number}: a wait of {wait} s from {reply.headers}"
        named = named_url(reply.body)
        if named is not None and not isinstance(named, str):
            yield f"answer {number}: an address that is a {type(named).__name__}"
        for encoding in ("gzip", "deflate", "br"):
            try:
                total = sum(map(len, Unpacked(encoding).feed(reply.body)))
                if total > MOST_ANSWER:
                    yield f"answer {number}: {total} bytes unpacked"
            except ServerError:
                pass
    except Exception as error:  # as above
        yield f"answer {number}: {type(error).__name__}: {error}"


def _odd_body(rng: random.Random, base: Any) -> bytes:
    dice = rng.random()
    if dice < 0.1:
        return rng.choice(RAW)
    if dice < 0.2:
        return rng.randbytes(rng.randrange(200))
    body = json.dumps(_bent(rng, base, 0)).encode()
    if dice < 0.3:
        return body[: rng.randrange(len(body) + 1)]
    if dice < 0.35:
        at = rng.randrange(len(body))
        return body[:at] + rng.randbytes(2) + body[at + 1 :]
    return (rng.choice(("utf-8", "utf-8", "utf-16")) == "utf-8" and body) or body.decode().encode("utf-16")


def _bent(rng: random.Random, value: Any, depth: int) -> Any:
    """*value* with some of what is in it left out, replaced, wrapped, or bent in turn."""
    if rng.random() < (0.02 if depth == 0 else 0.2):
        return rng.choice(ODD)
    if rng.random() < 0.05:
        return [value]
    if isinstance(value, dict):
        bent = {name: _bent(rng, inner, depth + 1) for name, inner in value.items() if rng.random() > 0.15}
        if rng.random() < 0.1:
            bent[rng.choice(("", "id", "error", "data", "\ud800"))] = rng.choice(ODD)
        return bent
    if isinstance(value, list):
        return [_bent(rng, inner, depth + 1) for inner in value]
    return value


def _odd_headers(rng: random.Random) -> dict[str, str]:
    return {name: rng.choice(WORDS) for name in rng.sample(HEADERS, rng.randrange(len(HEADERS)))}


def _check_video(video: RemoteVideo) -> None:
    assert isinstance(video.id, str) and video.id, f"id={video.id!r}"
    assert isinstance(video.status, str) and isinstance(video.raw_status, str)
    assert video.progress is None or 0 <= video.progress <= 1, f"progress={video.progress!r}"
    assert all(text is None or isinstance(text, str) for text in (video.error, video.error_code, video.prompt))
    for moment in (video.created_at, video.completed_at, video.expires_at):
        assert moment is None or moment.timestamp() > 0, f"{moment!r}"


def _check_character(character: RemoteCharacter) -> None:
    for text in (character.id, character.task_id, character.handle, character.error, character.error_code):
        assert text is None or (isinstance(text, str) and text), f"{text!r}"


def _check_list(videos: list[RemoteVideo]) -> None:
    for video in videos:
        _check_video(video)


def _check_error(error: ServiceError) -> None:
    assert isinstance(error, ServiceError) and len(str(error)) < 2000
    assert error.code is None or isinstance(error.code, str)
