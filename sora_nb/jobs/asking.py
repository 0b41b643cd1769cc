"""Asking what costs nothing, patiently: the policy of every GET but a download's body.

Six attempts within two minutes, spread at random, paid for out of one purse for all jobs. What the
service says about when to come back is heeded; where that is later than this question can wait, the
asker is told when.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sora_nb.dialects.base import Call, Reply
from sora_nb.errors import NotSentError, ServiceError
from sora_nb.jobs import pacing, quota
from sora_nb.jobs.transport import AnswerLost
from sora_nb.library import JobRow

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk


class Postponed(ServiceError):
    """The service wants to be left alone for longer than a question waits."""

    def __init__(self, error: ServiceError, seconds: float) -> None:
        super().__init__(str(error), status=error.status, code=error.code, request_id=error.request_id)
        self.seconds = seconds
        """How long from now."""


async def ask(desk: Desk, call: Call) -> Reply:
    """The answer to *call*, below 400. Raises `Postponed`, or the `ServiceError` it ended with."""
    clock = asyncio.get_running_loop().time
    deadline, paid = clock() + pacing.RETRY_SECONDS, 0
    for attempt in range(pacing.RETRY_ATTEMPTS):
        told: float | None = None
        try:
            reply = await desk.connection.transport.ask(call)
        except (NotSentError, AnswerLost) as trouble:
            error: ServiceError = trouble
        else:
            if reply.status < 400:
                desk.quota.give_back(paid)
                return reply
            error = desk.service.read_error(reply)
            if not pacing.may_change(reply.status, reply.headers):
                raise error
            told = pacing.told_wait(reply.headers, desk.now())
        wait = pacing.retry_wait(attempt) if told is None else told
        if told is not None and (told > pacing.LONGEST_INLINE_WAIT or clock() + told > deadline):
            raise Postponed(error, told)
        paid = quota.THROTTLED_COST if error.status in pacing.THROTTLED else quota.COST
        last = attempt + 1 == pacing.RETRY_ATTEMPTS or clock() + wait > deadline
        if last or not desk.quota.take(paid):
            break
        await desk.pause(wait)
    raise error


async def rest(desk: Desk, row: JobRow, seconds: float) -> JobRow:
    """Wait between two questions about a job; how long is on disk first where it is long enough to outlive a kernel."""
    if seconds > pacing.LONGEST_INLINE_WAIT:
        row = desk.advance(row, next_poll_at=desk.now() + seconds)
    if row.next_poll_at is None:
        await desk.pause(seconds)
        return row
    await desk.clock.sleep_until(row.next_poll_at)
    return desk.advance(row, next_poll_at=None)
