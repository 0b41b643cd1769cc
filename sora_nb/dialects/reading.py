"""Reads what services write, in whichever way they write it: states, shares, times, sizes, ids, reasons."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from sora_nb.dialects.base import RemoteVideo, Reply
from sora_nb.errors import ConfigError, ServerError
from sora_nb.models import SIZE, Status

STATUSES: Mapping[Status, tuple[str, ...]] = {
    "queued": ("queued", "submitted", "pending", "waiting", "notstart", "notstarted"),
    "in_progress": ("inprogress", "processing", "running", "generating", "rendering", "started", "working"),
    "completed": ("completed", "complete", "success", "succeeded"),
    "failed": ("failed", "fail", "failure", "error", "rejected"),
    "cancelled": ("canceled", "cancelled"),
    # A deleted video was there, and its service still knows it: that is not `lost`, which nobody knows.
    "expired": ("expired", "deleted"),
}
"""The words seen for each state, in lower case without anything between; all others are taken for `in_progress`."""

WORDS_MAX = 300
"""No more than this many letters of a service's own words are shown."""

MILLISECONDS_FROM = 1e11
"""A time above this is in milliseconds: as seconds it would lie in the year 5138."""

_STATUS_OF = {word: status for status, words in STATUSES.items() for word in words}

_SECRETS = (
    (re.compile(r"\bsk[-_][\w.*…-]{3,}"), "***"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), "***"),
    (re.compile(r"(?i)\b(bearer|basic)\s+(?!auth|token|key)[^\s\"',;]+"), r"\1 ***"),
    (
        re.compile(r"(?i)((?:api[-_ ]?key|token|secret|password)(?:\s+\w+)?[\"']?\s*[:=]\s*[\"']?)[^\s\"',;]{4,}"),
        r"\1***",
    ),
    # What follows the question mark of an address may be a signature.
    (re.compile(r"(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*"), r"\1"),
)


def status_of(word: object) -> Status:
    """The state that a service's word stands for; `in_progress` where the word is not known.

    >>> status_of("NOT_START"), status_of("Succeeded"), status_of("postprocessing")
    ('queued', 'completed', 'in_progress')
    """
    return _STATUS_OF.get(_plain(word), "in_progress")


def knows_status(word: object) -> bool:
    """Has this word of a service a meaning here, or is it only taken for one? No word at all says nothing odd.

    >>> knows_status("In Progress"), knows_status(""), knows_status("abandoned")
    (True, True, False)
    """
    return str(word) == "" or _plain(word) in _STATUS_OF


def _plain(word: object) -> str:
    return re.sub(r"[^a-z]", "", str(word).lower())


def number_of(value: object) -> float | None:
    """A finite number from a number or from text such as `"8"`, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def progress_of(value: object) -> float | None:
    """How much is done, 0 to 1, from percents or from a share.

    Whole numbers are percents, so 1 is one percent; a decimal up to 1 is a share, so 1.0 is all of it.
    """
    percent = isinstance(value, str) and value.rstrip().endswith("%")
    number = number_of(str(value).strip().removesuffix("%") if percent else value)
    if number is None:
        return None
    is_share = not percent and number <= 1 and "." in str(value)
    return min(max(number if is_share else number / 100, 0.0), 1.0)


def time_of(value: object) -> datetime | None:
    """A moment in UTC, from seconds or milliseconds since 1970 or from ISO text; None for 0 and for nonsense."""
    number = number_of(value)
    try:
        if number is None:
            told = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
            return told if told is None else (told.replace(tzinfo=told.tzinfo or UTC)).astimezone(UTC)
        seconds = number / 1000 if number > MILLISECONDS_FROM else number
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def size_of(value: object) -> str | None:
    """A size such as `1280x720`, None for `auto`, `720P` and the like."""
    return value if isinstance(value, str) and SIZE.fullmatch(value) else None


def id_of(value: object) -> str | None:
    """An id as text, None where there is none."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value) else None


def reason_of(value: object) -> tuple[str | None, str | None]:
    """Code and words of a job's `error`, which may be null, text, or an object."""
    if isinstance(value, str):
        return None, plain_words(value) or None
    if not isinstance(value, Mapping):
        return None, None
    code = id_of(value.get("code"))
    words = value.get("message")
    return code, (plain_words(words) or None) if isinstance(words, str) else None


def plain_words(text: str) -> str:
    """A service's own words on one line, cut short, without anything that looks like a key or a signature."""
    line = " ".join(text.split())
    for secret, shown in _SECRETS:
        line = secret.sub(shown, line)
    line = "".join(letter for letter in line if letter.isprintable())
    return line if len(line) <= WORDS_MAX else line[: WORDS_MAX - 1].rstrip() + "…"


def segment(id_: str) -> str:
    """An id as one segment of a path, percent-encoded.

    Raises `ConfigError` for an id that would lead to another path however often it is decoded.
    """
    decoded = id_
    while (once_more := unquote(decoded)) != decoded:
        decoded = once_more
    if not decoded or any(part in (".", "..") for part in re.split(r"[/\\]", decoded)):
        raise ConfigError(f"{id_[:60]!r} cannot be the id of anything at a service. Check where it came from.")
    return quote(id_, safe="")


def object_of(reply: Reply, what: str) -> Mapping[str, Any]:
    """The JSON object of an answer; `ServerError` where it is something else."""
    body = reply.json()
    if isinstance(body, Mapping):
        return body
    raise ServerError(
        f"The service answered {reply.status} with a JSON {type(body).__name__} where {what} was expected. "
        "Is its shape the right one? dialect= chooses another.",
        status=reply.status,
    )


def video_of(body: Mapping[str, Any], *, default_status: str | None = None) -> RemoteVideo:
    """A generation from its JSON object.

    *default_status* stands where the shape answers a creation with an id alone. What a relative wraps
    in `data` is taken out of it. Raises `ServerError` where there is no id, or no status and no default.
    """
    if isinstance(inner := body.get("data"), Mapping) and not ({"id", "task_id"} & body.keys()):
        body = {**body, **inner}
    id_ = id_of(body.get("id")) or id_of(body.get("task_id"))
    word = body.get("status")
    state = word or default_status
    error_code, error = reason_of(body.get("error"))
    if id_ is None or state is None:
        told = f" It says: {error}" if error else ""
        raise ServerError(
            f"The service's answer names no {'status' if id_ else 'id'} of a video.{told}", code=error_code
        )
    seconds = number_of(body.get("seconds"))
    return RemoteVideo(
        id=id_,
        status=status_of(state),
        raw_status=str(word or ""),
        progress=progress_of(body.get("progress")),
        error_code=error_code,
        error=error,
        created_at=time_of(body.get("created_at")),
        completed_at=time_of(body.get("completed_at")),
        expires_at=time_of(body.get("expires_at")),
        prompt=body.get("prompt") if isinstance(body.get("prompt"), str) else None,
        seconds=number_of(body.get("duration")) if seconds is None else seconds,
        size=size_of(body.get("size")),
        model=body.get("model") if isinstance(body.get("model"), str) else None,
        cost_usd=_cost_of(body, "cost"),
        est_cost_usd=_cost_of(body, "estimated_cost"),
        polling_url=_text(body.get("polling_url")),
        content_url=_content_of(body),
    )


CONTENT_NAMES = ("unsigned_urls", "video_url", "url")
"""Where the shape's relatives put the address of a finished video, the one that lasts longest first."""


def _content_of(body: Mapping[str, Any]) -> str | None:
    metadata = body.get("metadata")
    places = (body, metadata) if isinstance(metadata, Mapping) else (body,)
    for place in places:
        for name in CONTENT_NAMES:
            told = place.get(name)
            if url := _text(told[0] if isinstance(told, list) and told else told):
                return url
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _cost_of(body: Mapping[str, Any], name: str) -> float | None:
    """US dollars, beside the video or in its `usage`."""
    usage = body.get("usage")
    cost = number_of(body.get(name))
    return number_of(usage.get(name)) if cost is None and isinstance(usage, Mapping) else cost
