"""Mistakes that a client of paid services makes, planted one at a time. Each has to be noticed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from sora_nb.jobs import desk, likeness, outcome, pacing, reconcile, video_life
from sora_nb.jobs.outcome import Attempt, Outcome
from sora_nb.library import JobRow, journal

Plant = Callable[[], AbstractContextManager[Any]]


@contextmanager
def _judged_otherwise(change: Callable[[Attempt[Any]], Attempt[Any]]) -> Iterator[None]:
    attempt = desk.attempt

    async def judged(*given: Any) -> Attempt[Any]:
        return change(await attempt(*given))

    with patch.object(desk, "attempt", judged):
        yield


def _tries_again(tried: Attempt[Any]) -> Attempt[Any]:
    silent = tried.outcome is Outcome.UNKNOWN and tried.status is None
    return replace(tried, outcome=Outcome.NOT_SENT, again=True) if silent else tried


def _takes_nonsense_for_no(tried: Attempt[Any]) -> Attempt[Any]:
    unread = tried.outcome is Outcome.UNKNOWN and tried.status == 200
    return replace(tried, outcome=Outcome.REJECTED) if unread else tried


@contextmanager
def _sends_before_it_writes() -> Iterator[None]:
    commit = desk.Desk.commit

    async def late(self: desk.Desk, row: JobRow, **facts: Any) -> JobRow:
        return replace(row, **facts) if facts.get("state") == "SENDING" else await commit(self, row, **facts)

    with patch.object(desk.Desk, "commit", late):
        yield


@contextmanager
def _new_key_each_time() -> Iterator[None]:
    pay_once = desk.Desk.pay_once

    async def pay(self: desk.Desk, row: JobRow, call: Any, read: Any) -> Attempt[Any]:
        return await pay_once(self, replace(row, key=str(uuid.uuid4())), call, read)

    with patch.object(desk.Desk, "pay_once", pay):
        yield


def _gives_up(desk_: desk.Desk, row: JobRow, what: str) -> JobRow:
    return desk_.advance(row, state="REJECTED", error_code="answer_lost", error=what)


def _starts_over(desk_: desk.Desk, row: JobRow) -> JobRow:
    return desk_.advance(row, state="INTENT")


@contextmanager
def _keeps_it_in_mind() -> Iterator[None]:
    commit = desk.Desk.commit

    async def forgetful(self: desk.Desk, row: JobRow, **facts: Any) -> JobRow:
        return replace(row, **facts) if facts.get("state") == "ACCEPTED" else await commit(self, row, **facts)

    def kept(_desk: desk.Desk, row: JobRow, remote_id: str | None) -> JobRow:
        return replace(row, state="ACCEPTED", remote_id=remote_id)

    with patch.object(desk.Desk, "commit", forgetful), patch.object(desk.Desk, "accept", kept):
        yield


@contextmanager
def _forgets_whose_they_are() -> Iterator[None]:
    here = likeness._here

    def nobodys(desk_: desk.Desk, row: JobRow) -> list[JobRow]:
        return [replace(one, remote_id=None) for one in here(desk_, row)]

    with patch.object(likeness, "_here", nobodys):
        yield


@contextmanager
def _run_all_is_anew() -> Iterator[None]:
    intend = journal.Journal.intend

    def anew(self: journal.Journal, row: JobRow, *given: Any, **named: Any) -> tuple[JobRow, bool]:
        known, first = intend(self, row, *given, **named)
        if first or known.state in ("INTENT", "SENDING"):
            return known, first
        return self.advance(known, state="INTENT", key=row.key), True

    with patch.object(journal.Journal, "intend", anew):
        yield


@contextmanager
def _taken_key_is_a_refusal() -> Iterator[None]:
    by_key = reconcile._by_key

    async def refused(desk_: desk.Desk, row: JobRow, call: Any, read: Any) -> tuple[JobRow, Any]:
        row, answer = await by_key(desk_, row, call, read)
        return (desk_.advance(row, state="REJECTED") if row.state == "RECONCILING" else row), answer

    with patch.object(reconcile, "_by_key", refused):
        yield


def _set(where: Any, name: str, value: Any) -> Plant:
    return lambda: patch.object(where, name, value)


PLANTED: dict[str, Plant] = {
    "a silent connection is tried again": lambda: _judged_otherwise(_tries_again),
    "5xx is taken for a refusal": _set(outcome, "REFUSALS", outcome.REFUSALS | {500, 502, 503, 504, 524}),
    "a 2xx nobody can read is taken for a refusal": lambda: _judged_otherwise(_takes_nonsense_for_no),
    "sent before SENDING is on disk": _sends_before_it_writes,
    "a new key for each attempt": _new_key_each_time,
    "a lost answer is taken for a refusal": _set(reconcile, "lose", _gives_up),
    "sent again after a crash": _set(video_life, "recall", _starts_over),
    "the id is kept in memory alone": _keeps_it_in_mind,
    "a 404 means that the job is lost": _set(pacing.Misses, "enough", lambda _self, _now: True),
    "any video in the list will do": _set(likeness, "_words", lambda _text: ""),
    "however old it is": _set(likeness, "_since", lambda *_given: 0.0),
    "whoever has it already": _forgets_whose_they_are,
    "one look at the list is enough": _set(reconcile, "LOOKS", (5.0,)),
    "what is still being sent is not counted": _set(likeness, "OPEN", likeness.OPEN - {"SENDING"}),
    "a key that is taken is a refusal": _taken_key_is_a_refusal,
    "Run All asks anew": _run_all_is_anew,
}
"""What is planted, in words, and how."""

ALIKE = frozenset({"what is still being sent is not counted"})
"""Mistakes that only show where jobs that ask for the same are sent at the same time."""

SHOWS_AT = {
    "a silent connection is tried again": 50003,
    "5xx is taken for a refusal": 50071,
    "a 2xx nobody can read is taken for a refusal": 50035,
    "sent before SENDING is on disk": 50002,
    "a new key for each attempt": 50001,
    "a lost answer is taken for a refusal": 50001,
    "sent again after a crash": 50002,
    "a 404 means that the job is lost": 50009,
    "any video in the list will do": 50014,
    "however old it is": 50098,
    "whoever has it already": 50002,
    "one look at the list is enough": 50058,
    "what is still being sent is not counted": 50017,
    "a key that is taken is a refusal": 50005,
    "Run All asks anew": 50004,
}
"""Lives in which each was seen to show: the quick part begins its search there."""
