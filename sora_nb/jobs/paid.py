"""Sending a request that costs money, so that it is never sent twice by itself.

Each attempt ends as one of the four of `outcome`. Sent again by itself is only what surely never
arrived, or was refused for its pace. What no one can tell is looked for where the service has a
way to look (`reconcile`), else shown, and sent again only by the user's word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from sora_nb.dialects.base import Call, Reply
from sora_nb.jobs import pacing, reconcile
from sora_nb.jobs.outcome import Answer, Outcome
from sora_nb.library import JobRow

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk

MOST_PAUSES = 20
"""Refusals for pace in a row, before it is given up with nothing spent."""


async def pay(desk: Desk, row: JobRow, call: Call, read: Callable[[Reply], Answer]) -> tuple[JobRow, Answer | None]:
    """Send *call* for the job; returns the job as it then stands, and the answer where it was accepted."""
    failures = pauses = 0
    clock = asyncio.get_running_loop().time
    began = clock()
    while True:
        if row.next_poll_at is not None:
            await desk.clock.sleep_until(row.next_poll_at)
        turns = desk.connection.transport.turns
        async with turns.turn() as began_at:
            row = await desk.commit(row, state="SENDING", sent_at=desk.now(), next_poll_at=None)
            tried = await desk.pay_once(row, call, read)
            turns.heed(tried, began_at)
        match tried.outcome:
            case Outcome.ACCEPTED:
                return await desk.commit(row, **desk.accepted(tried.answer.id if tried.answer else None)), tried.answer
            case Outcome.UNKNOWN:
                return reconcile.lose(desk, row, tried.words), None
        failures += tried.outcome is Outcome.NOT_SENT
        pauses += tried.outcome is Outcome.REJECTED
        if not tried.again or failures == pacing.RETRY_ATTEMPTS or pauses > MOST_PAUSES:
            times = failures + pauses
            told = f" It was tried {times} times in {clock() - began:.0f} s." if times > 1 else ""
            return desk.advance(row, state="REJECTED", error_code=tried.code, error=f"{tried.words}{told}"), None
        wait = pacing.retry_wait(failures + pauses) if tried.wait is None else tried.wait
        parked = desk.now() + wait if wait > pacing.LONGEST_INLINE_WAIT else None
        row = desk.advance(row, state="INTENT", error_code=tried.code, error=tried.words, next_poll_at=parked)
        if parked is None:
            await desk.pause(wait)


def recall(desk: Desk, row: JobRow) -> JobRow:
    """A job that was being sent when its process died: its id from the ledger, or a lost answer."""
    if (remote_id := reconcile.remembered(desk, row)) is not None:
        return desk.accept(row, remote_id)
    return reconcile.lose(desk, row, "The kernel died after the request was sent and before its answer was kept.")
