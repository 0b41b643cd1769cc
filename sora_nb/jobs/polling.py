"""Asking how an accepted job is going, for as long as it takes: one policy for videos and for characters."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from sora_nb.dialects.base import Call, Reply
from sora_nb.errors import NotFoundError, ServiceError
from sora_nb.jobs import pacing
from sora_nb.jobs.asking import Postponed, rest
from sora_nb.library import JobRow

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk

UNDERWAY = frozenset({"ACCEPTED", "RUNNING"})


async def poll(
    desk: Desk, row: JobRow, call: Call, note: Callable[[JobRow, Reply], Awaitable[JobRow]], *, at_once: bool
) -> JobRow:
    """The row once the job has left `UNDERWAY`. *note* writes down what an answer says."""
    waits, misses = pacing.poll_waits(), pacing.Misses()
    with desk.connection.transport.crowds[_kind(row)].enter(new=not at_once) as place:
        wait = next(waits) if place.followed and not at_once else 0.0
        while row.state in UNDERWAY:
            row = await rest(desk, row, wait)
            if not place.followed and not at_once:
                await place.turn()
                row = await rest(desk, row, place.early)
            at_once = False
            wait = next(waits) if place.followed else 0.0
            try:
                reply = await desk.ask(call)
                row = await note(row, reply)
                misses.clear()
                wait = pacing.told_wait(reply.headers, desk.now()) or wait
            except Postponed as error:
                wait = error.seconds
            except NotFoundError as error:
                if misses.enough(asyncio.get_running_loop().time()):
                    row = desk.advance(row, state="LOST", error_code=error.code or "not_found", error=str(error))
            except ServiceError as error:
                # The job is paid for and goes on at the service, whatever a poll says: tell, and ask again.
                row = desk.advance(row, error_code=error.code or "poll_failed", error=str(error))
        place.ended()
    return row


def _kind(row: JobRow) -> tuple[object, ...]:
    """Jobs of one kind take about as long."""
    return (row.kind, *(row.request.get(name) for name in ("model", "seconds", "size")))
