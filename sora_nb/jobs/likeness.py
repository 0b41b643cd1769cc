"""Knowing a video again in a service's list: by its words, its model, its length, its size and its time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sora_nb.dialects.base import Cast, RemoteVideo, Reply, VideoAsk
from sora_nb.errors import ServerError
from sora_nb.jobs import transport
from sora_nb.jobs.pacing import date_of
from sora_nb.library import JobRow

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk

SLACK, SLACK_WITHOUT_DATE = 120.0, 3600.0
"""How far a service's clock may be off, where it tells the time in its answers and where it does not."""

DOUBT = 4 * 3600.0
"""So much earlier than it can have been made, it is a find to ask about where the job has changed kernels since."""

MOST_PAGES = 50

OPEN = frozenset({"SENDING", "RECONCILING", "UNKNOWN", "NOT_FOUND", "AMBIGUOUS"})
"""States of a job that was sent and has no id."""

SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")
"""The date at the end of a model's full name."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a list shows that no job of the library has: ids, the oldest first."""

    sure: tuple[str, ...]
    doubtful: tuple[str, ...]
    """Like it in all that is told, but without words or time to know it by."""


async def candidates(desk: Desk, row: JobRow) -> Found:
    """What the service lists that may be *row*. Raises `ServiceError` where it cannot be asked."""
    prompt = _words(sent_prompt(desk, row))
    listed = await _listed(desk, row)
    taken = {one.remote_id for one in _here(desk, row)}
    sure: dict[str, float] = {}
    doubtful: dict[str, float] = {}
    for video, (since, doubt) in listed:
        if video.id in taken or not _alike(video, row) or (video.prompt is not None and _words(video.prompt) != prompt):
            continue
        if video.created_at is None or video.prompt is None:
            doubtful[video.id] = 0.0
        elif since <= video.created_at.timestamp():
            sure[video.id] = video.created_at.timestamp()
        elif doubt <= video.created_at.timestamp():
            doubtful[video.id] = video.created_at.timestamp()
    return Found(tuple(sorted(sure, key=lambda id_: (sure[id_], id_))), tuple(sorted(doubtful)))


def rivals(desk: Desk, row: JobRow) -> list[JobRow]:
    """Other jobs that what is found may belong to: like this one on the wire, sent, and without an id."""
    mine = _print(desk, row)
    return [one for one in _here(desk, row) if one.id != row.id and one.state in OPEN and _print(desk, one) == mine]


def in_flight(desk: Desk, row: JobRow) -> bool:
    """Is its answer still being waited for?"""
    return row.state == "SENDING" and desk.now() - (row.sent_at or 0.0) < transport.PAID_SECONDS


def equal(rows: Iterable[JobRow]) -> bool:
    """Do they differ in nothing but their take?"""
    asked = [{name: value for name, value in row.request.items() if name != "take"} for row in rows]
    return all(one == asked[0] for one in asked)


def owner_of(desk: Desk, remote_id: str) -> JobRow | None:
    """The job of the library that has this id at the desk's service."""
    base_url = desk.service.base_url
    return next(
        (one for one in desk.library.jobs.videos() if (one.remote_id, one.base_url) == (remote_id, base_url)), None
    )


def sent_prompt(desk: Desk, row: JobRow) -> str:
    """The prompt as the service was told it, and will tell it again."""
    asked = row.request
    people = [desk.library.characters.get(id_) for id_ in asked["characters"]]
    # The ids are no part of the words, but whether there is one may be.
    known = desk.service.capabilities.native
    cast = tuple(Cast(one.name, one.handle, one.id if known else "", description=one.description) for one in people)
    return desk.dialect.sent_prompt(VideoAsk(asked["prompt"], asked["seconds"], asked["size"], asked["model"], cast))


def _print(desk: Desk, row: JobRow) -> tuple[str, object, object, object]:
    asked = row.request
    return _words(sent_prompt(desk, row)), asked["seconds"], asked["size"], asked["model"]


def _here(desk: Desk, row: JobRow) -> list[JobRow]:
    place = (row.base_url, row.dialect)
    return [one for one in desk.library.jobs.videos() if (one.base_url, one.dialect) == place]


async def _listed(desk: Desk, row: JobRow) -> list[tuple[RemoteVideo, tuple[float, float]]]:
    """Everything back to before the request was sent, each with the moments of `_since`."""
    seen: dict[str, tuple[RemoteVideo, tuple[float, float]]] = {}
    after: str | None = None
    for _ in range(MOST_PAGES):
        call = desk.dialect.list_videos(after)
        if call is None:
            raise ServerError(f"{desk.dialect.name} cannot list videos.", status=501)
        reply = await desk.ask(call)
        since = _since(desk, row, reply)
        page = desk.dialect.read_list(reply)
        news = [video for video in page if video.id not in seen]
        seen.update({video.id: (video, since) for video in news})
        if not news or all(video.created_at and video.created_at.timestamp() < since[1] for video in page):
            break
        after = page[-1].id
    return list(seen.values())


def _since(desk: Desk, row: JobRow, reply: Reply) -> tuple[float, float]:
    """The earliest the service may have made it, by its own clock, and the earliest that is in doubt.

    Errs on the early side: a find too many is asked about, a find too few would be paid for again. There is no
    latest: a laptop may sleep with half a request sent. A job that was taken up again
    by another kernel has some doubt before that: a clock that was set in between leaves no trace.
    """
    told = date_of(reply.headers.get("date"))
    skew = 0.0 if told is None else told - desk.now()
    slack = SLACK_WITHOUT_DATE if told is None else SLACK
    since = (row.sent_at or 0.0) + min(skew, 0.0) - desk.clock.turned_back - slack
    return since, since - (DOUBT if row.fence > 1 else 0.0)


def _alike(video: RemoteVideo, row: JobRow) -> bool:
    """Whatever the service repeats of the request is what was asked for."""
    asked = row.request
    return (
        (video.seconds is None or abs(video.seconds - asked["seconds"]) < 0.01)
        and (video.size is None or video.size == asked["size"])
        and (video.model is None or _model(video.model) == _model(asked["model"]))
    )


def _model(name: str) -> str:
    """Routers put a maker before a model's name, and services a date behind it."""
    return SNAPSHOT.sub("", name.rpartition("/")[2])


def _words(text: str) -> str:
    return " ".join(text.split())
