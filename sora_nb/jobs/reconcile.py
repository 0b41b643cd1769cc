"""Finding out what became of a paid request whose answer was lost, without paying for it again.

Which way there is, the service's profile says: `replay` answers a key it has seen as it did the
first time; `single_use` refuses such a key, which at least tells that it was taken; `list` shows
what was made, to be known again by its words and its time; `none` leaves only the user. Nothing is
guessed: as many finds as there are open questions, or else people decide.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Literal

from sora_nb.dialects.base import Call, Reply
from sora_nb.errors import ConfigError, ServiceError
from sora_nb.jobs import likeness
from sora_nb.jobs.outcome import Answer, Outcome
from sora_nb.jobs.pacing import may_change
from sora_nb.library import JobRow

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk

LOOKS = (5.0, 15.0, 45.0, 120.0, 600.0)
"""Seconds after the loss at which the service is asked. What has not shown up by the last was never made."""

LATE_EVERY, LATE_UNTIL = 120.0, 6 * 3600.0
"""Where the last look could not be made, how often it is tried again, and for how long."""

MOST_REFUSALS = 5
"""So many last looks are answered with something else than what was asked for, before it is given up."""

NO_LIST, NO_LIST_LOOKS = frozenset({404, 405, 501}), 2
"""Answers of a service that has no list after all; so many looks in a row that end so are believed."""

KEY_SECONDS = 20 * 3600.0
"""Keys that are kept are kept for a day. The rest of it is for a clock that was set wrong."""

CLOCK_ERROR = 4 * 3600.0

UNDECIDED = frozenset({"UNKNOWN", "NOT_FOUND", "AMBIGUOUS"})
"""States that only the user's word ends."""

NEVER_GOOD = frozenset({400, 413, 415, 422})
"""Refusals of the request as it is written. Where a key is replayed, they were the first answer as well."""

Way = Literal["key", "list"]


def ways(desk: Desk, row: JobRow) -> tuple[Way, ...]:
    """How this service lets a lost answer be found, in the order to try."""
    can = desk.service.capabilities
    age = desk.now() + desk.clock.turned_back - (row.sent_at or 0.0)
    by_key = can.reconcile in ("replay", "single_use") and -CLOCK_ERROR < age < KEY_SECONDS
    by_list = row.kind == "video" and (can.reconcile == "list" or (can.can_list and can.reconcile != "none"))
    return (*(("key",) if by_key else ()), *(("list",) if by_list else ()))


def lose(desk: Desk, row: JobRow, what: str) -> JobRow:
    """No one can tell what became of the request: look for it where that is possible, else show it."""
    if not ways(desk, row):
        return _leave(desk, row, "UNKNOWN", f"{what} {_risk(row)}")
    words = f"{what} {_risk(row)} {row.service} is being asked what became of it."
    return desk.advance(row, state="RECONCILING", error_code="answer_lost", error=words)


async def reconcile(
    desk: Desk, row: JobRow, call: Call, read: Callable[[Reply], Answer]
) -> tuple[JobRow, Answer | None]:
    """Look until it is found, surely not there, or beyond telling. *call* is the request as it was sent.

    Returns the job as it then stands, and the answer where the service told it again.
    """
    answer: Answer | None = None
    for way in ways(desk, row):
        if way == "key":
            row, answer = await _by_key(desk, row, call, read)
        else:
            row = await _by_list(desk, row)
        if row.state != "RECONCILING":
            return row, answer
    return _leave(
        desk, row, "UNKNOWN", f"The answer was lost, and {row.service} cannot tell it again. {_risk(row)}"
    ), None


def remembered(desk: Desk, row: JobRow) -> str | None:
    """The id that the ledger holds for the job, where its kernel died before the journal had it."""
    for entry in desk.library.ledger.read():
        if entry.get("event") == "accepted" and entry.get("key") == row.key and entry.get("id"):
            return str(entry["id"])
    return None


async def reopen(desk: Desk, row: JobRow) -> JobRow:
    """The user's word that the job be sent once more. The key is new, since it is a new request."""
    _require_undecided(row, "sent again")
    return desk.advance(row, state="INTENT", key=str(uuid.uuid4()), error_code=None, error=None, next_poll_at=None)


async def take(desk: Desk, row: JobRow, remote_id: str) -> JobRow:
    """The user's word that *remote_id* is what became of the job; the service has to know it."""
    _require_undecided(row, "given an id")
    if row.kind != "video":
        raise ConfigError(f"{row.id} is a character; only a video can be given an id.")
    if (owner := likeness.owner_of(desk, remote_id)) is not None:
        raise ConfigError(f"{remote_id} belongs to {owner.id} already.")
    desk.dialect.read_video(await desk.ask(desk.dialect.get_video(remote_id)))
    return desk.accept(row, remote_id)


async def _by_key(desk: Desk, row: JobRow, call: Call, read: Callable[[Reply], Answer]) -> tuple[JobRow, Answer | None]:
    """Present the same key again. A service that keeps keys makes nothing new for it."""
    said: list[int] = []
    replays = desk.service.capabilities.reconcile == "replay"
    async for last in _looks(desk):
        if (remote_id := remembered(desk, row)) is not None:
            return (desk.accept(row, remote_id) if _free(desk, row, remote_id) else row), None
        if "key" not in ways(desk, row):
            return row, None
        # It may be carried out only now, so it waits for its turn as any other does.
        async with desk.connection.transport.turns.turn() as began_at:
            told = await desk.pay_once(row, call, read)
            desk.connection.transport.turns.heed(told, began_at)
        if told.outcome is Outcome.ACCEPTED and told.answer is not None:
            if told.answer.id is not None and not _free(desk, row, told.answer.id):
                return row, None  # an equal job took it from the list; another of theirs is left there for this one
            return desk.accept(row, told.answer.id), told.answer
        if not replays and told.status in (409, 422):
            return row, None  # the key is taken, so the request arrived; its id is still to be found
        said += [told.status] if last and told.status is not None else []
        if len(said) == MOST_REFUSALS:
            never = replays and NEVER_GOOD.issuperset(said)
            return (desk.advance(row, state="REJECTED", error_code=told.code, error=told.words) if never else row), None
    return row, None


async def _by_list(desk: Desk, row: JobRow) -> JobRow:
    refusals = unlisted = 0
    async for last in _looks(desk):
        if (remote_id := remembered(desk, row)) is not None and _free(desk, row, remote_id):
            return desk.accept(row, remote_id)
        try:
            found = await likeness.candidates(desk, row)
        except ServiceError as error:
            refusals += last and error.status is not None and not may_change(error.status, {})
            unlisted = unlisted + 1 if error.status in NO_LIST else 0
            if refusals == MOST_REFUSALS or unlisted == NO_LIST_LOOKS:
                return row
            continue
        unlisted = 0
        row = _decide(desk, row, found, last)
        if row.state != "RECONCILING":
            return row
    return row


def _free(desk: Desk, row: JobRow, remote_id: str) -> bool:
    """Has no other job this id? What a key made may be in the list before its answer is here."""
    owner = likeness.owner_of(desk, remote_id)
    return owner is None or owner.id == row.id


def _decide(desk: Desk, row: JobRow, found: likeness.Found, last: bool) -> JobRow:
    # Equal requests are alike in all but their number, so it does not matter which of them gets which video:
    # only that none is taken twice, and that none which is still being sent is taken for another.
    rivals = likeness.rivals(desk, row)
    if any(likeness.in_flight(desk, rival) for rival in rivals):
        return row
    open_ = sorted([row, *rivals], key=lambda one: (one.state in UNDECIDED, one.sent_at or 0.0, one.id))
    looking = sum(one.state not in UNDECIDED for one in open_)
    if len(found.sure) > len(open_) or (found.sure and not likeness.equal(open_)) or (last and found.doubtful):
        return _ambiguous(desk, row, (*found.sure, *found.doubtful))
    place = open_.index(row)
    if (len(found.sure) >= looking or last) and place < len(found.sure) and not found.doubtful:
        return desk.accept(row, found.sure[place])
    if last:
        words = f"{row.service} does not list it, so it seems never to have arrived and nothing was charged."
        return _leave(desk, row, "NOT_FOUND", f"The answer was lost. {words}")
    return row


async def _looks(desk: Desk) -> AsyncIterator[bool]:
    """Comes back when it is time to look; True where nothing can show up later.

    Counted from here, also after a restart: no one can tell when the kernel before sent its last byte.
    """
    clock = asyncio.get_running_loop().time
    began = clock()
    late = (LOOKS[-1] + LATE_EVERY * count for count in range(1, int(LATE_UNTIL / LATE_EVERY)))
    for due in (*LOOKS, *late):
        while (left := began + due - clock()) > 0:
            if await desk.pause(left):
                yield False
        yield due >= LOOKS[-1]


def _ambiguous(desk: Desk, row: JobRow, ids: tuple[str, ...]) -> JobRow:
    words = (
        f"The answer was lost, and {row.service} lists {len(ids)} that it may have made: {', '.join(ids)}. "
        "adopt(id) takes one of them."
    )
    return _leave(desk, row, "AMBIGUOUS", words)


def _leave(desk: Desk, row: JobRow, state: str, words: str) -> JobRow:
    """Show the job as it stands, and what the user may do."""
    price = "" if row.est_cost_usd is None else f", for about ${row.est_cost_usd:.2f}"
    code = {"UNKNOWN": "answer_lost", "NOT_FOUND": "not_found", "AMBIGUOUS": "ambiguous"}[state]
    words = f"{words} It is not sent again by itself; resend() does that{price}."
    return desk.advance(row, state=state, error_code=code, error=words)


def _risk(row: JobRow) -> str:
    risk = "" if row.est_cost_usd is None else f", about ${row.est_cost_usd:.2f}"
    return f"It may have been accepted and charged{risk}."


def _require_undecided(row: JobRow, verb: str) -> None:
    if row.state not in UNDECIDED:
        raise ConfigError(
            f"{row.id} is {row.status} ({row.state}); only a job whose answer is lost can be {verb}. "
            "Ask with take=2 for another like it."
        )
