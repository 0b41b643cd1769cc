"""Sending a request that costs money, so that it is never sent twice by itself.

Every attempt ends as one of four: it surely never arrived (sent again), it was refused (final,
nothing was spent), it was accepted (its id is on disk), or no one can tell (`UNKNOWN`: shown, and
sent again only by the user's word).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from sora_nb.dialects.base import Call, Reply
from sora_nb.errors import NotSentError, SoraError
from sora_nb.jobs import pacing
from sora_nb.jobs.transport import AnswerLost
from sora_nb.library import JobRow

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk

REFUSALS = frozenset({400, 401, 402, 403, 404, 405, 410, 413, 415, 422, 451, *range(300, 400)})
"""Answers that surely created nothing."""

USED_UP = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
"""Codes inside a 429 that waiting does not mend."""

MOST_PAUSES = 20


Answer = TypeVar("Answer", bound="Named")


class Named(Protocol):
    """An answer that names what was created."""

    @property
    def id(self) -> str | None: ...


async def pay(desk: Desk, row: JobRow, call: Call, read: Callable[[Reply], Answer]) -> tuple[JobRow, Answer | None]:
    """Send *call* for the job; returns the job as it then stands, and the answer where it was accepted."""
    failures = pauses = 0
    while True:
        row = desk.advance(row, state="SENDING", sent_at=desk.now())
        desk.library.ledger.append(event="send", intent=row.id, key=row.key, at=desk.now())
        try:
            reply = await desk.connection.transport.pay(call, row.key)
        except NotSentError as error:
            failures += 1
            row = desk.advance(row, state="INTENT", error_code="not_sent", error=str(error))
            if failures == pacing.RETRY_ATTEMPTS:
                return desk.advance(row, state="REJECTED"), None
            await asyncio.sleep(pacing.retry_wait(failures))
            continue
        except AnswerLost as error:
            return _unknown(desk, row, str(error)), None
        if reply.status == 429 and pauses < MOST_PAUSES:
            refusal = desk.dialect.read_error(reply)
            if refusal.code not in USED_UP:
                pauses += 1
                row = desk.advance(row, state="INTENT", error_code=refusal.code, error=str(refusal))
                await asyncio.sleep(pacing.told_wait(reply.headers, desk.now()) or pacing.retry_wait(pauses))
                continue
        if reply.status in REFUSALS or reply.status == 429:
            refusal = desk.dialect.read_error(reply)
            code = refusal.code or f"http_{reply.status}"
            return desk.advance(row, state="REJECTED", error_code=code, error=str(refusal)), None
        if not 200 <= reply.status < 300:
            return _unknown(desk, row, f"The service answered {reply.status} after the request was sent."), None
        try:
            answer = read(reply)
        except SoraError as error:
            return _unknown(desk, row, str(error)), None
        # The ledger first: should the process die between the two, the id is read back from there.
        desk.library.ledger.append(event="accepted", intent=row.id, key=row.key, id=answer.id, at=desk.now())
        row = desk.advance(
            row, state="ACCEPTED", remote_id=answer.id, accepted_at=desk.now(), error_code=None, error=None
        )
        return row, answer


def recall(desk: Desk, row: JobRow) -> JobRow:
    """A job that was being sent when its process died: its id from the ledger, or `UNKNOWN`."""
    for entry in desk.library.ledger.read():
        if entry.get("event") == "accepted" and entry.get("key") == row.key and entry.get("id"):
            return desk.advance(row, state="ACCEPTED", remote_id=entry["id"], accepted_at=entry["at"])
    return _unknown(desk, row, "The kernel died after the request was sent and before its answer was kept.")


def _unknown(desk: Desk, row: JobRow, what: str) -> JobRow:
    risk = "" if row.est_cost_usd is None else f", about ${row.est_cost_usd:.2f}"
    return desk.advance(
        row,
        state="UNKNOWN",
        error_code="answer_lost",
        error=f"{what} It may have been accepted and charged{risk}; it is not sent again by itself.",
    )
