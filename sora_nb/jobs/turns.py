"""Whose turn it is to send a paid request to one service, so that many jobs together stay within its limits.

A refusal for pace is told to all: nobody sends before the service said, and half as many send at a time from then
on. What is accepted lets one more send after a while. So a thousand jobs meet a limit as one would, and wait here,
not yet sent, rather than be refused until they are given up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sora_nb.jobs import pacing
from sora_nb.jobs.outcome import Attempt, Outcome

MOST = 32
"""So many requests leave at a time at most: as many as the client has connections, for which it waits only so long."""


class Turns:
    """A queue, first come first served. Used on the engine's loop alone."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.allowed = float(most)
        """How many may send at a time now; a fraction is on its way to the next."""
        self._sending = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._not_before = 0.0
        self._slowed_at = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Wait for a turn, told as when it began by the loop's clock, and give it back at the end of the block."""
        await self._take()
        try:
            yield asyncio.get_running_loop().time()
        finally:
            self._sending -= 1
            self._let_in()

    def heed(self, tried: Attempt[Any], began: float) -> None:
        """Learn from what came of an attempt whose turn *began* then."""
        if tried.outcome is Outcome.ACCEPTED:
            self.accepted()
        elif tried.status == 429 and tried.again:
            # A longer rest is on disk with each job, whose turn this is not any more.
            long = (tried.wait or 0.0) > pacing.LONGEST_INLINE_WAIT
            self.refused(began, None if long else tried.wait)

    def accepted(self) -> None:
        """The service takes it: after as many as may send at a time, one more may."""
        self.allowed = min(self._most, self.allowed + 1 / self.allowed)
        self._let_in()

    def refused(self, began: float, wait: float | None) -> None:
        """It is too fast for the service, which wants *wait* seconds of rest where it says so."""
        now = asyncio.get_running_loop().time()
        if began >= self._slowed_at:  # those that were on their way together are one refusal
            self.allowed, self._slowed_at = max(1.0, self.allowed / 2), now
        self._not_before = max(self._not_before, now + (wait or 0.0))

    async def _take(self) -> None:
        if self._waiting or self._sending >= int(self.allowed):
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled():  # it was let in just now
                    self._sending -= 1
                    self._let_in()
                else:
                    self._waiting.remove(place)
                raise
        else:
            self._sending += 1
        try:
            loop = asyncio.get_running_loop()
            while (left := self._not_before - loop.time()) > 0:
                await asyncio.sleep(left)
        except asyncio.CancelledError:
            self._sending -= 1
            self._let_in()
            raise

    def _let_in(self) -> None:
        while self._waiting and self._sending < int(self.allowed):
            place = self._waiting.popleft()
            if not place.done():
                self._sending += 1
                place.set_result(None)
