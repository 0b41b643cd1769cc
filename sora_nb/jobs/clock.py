"""Two clocks: the wall's, which people set and laptops sleep through, and the loop's, which only goes forward."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

JUMP_SECONDS = 5.0
"""The wall clock moved by more than this against the loop's: it was set, or the machine slept."""

LOOK_SECONDS = 5.0
"""Long sleeps are cut into pieces of this, so that a jump is noticed."""


class Clock:
    """Sleeps that notice when time has jumped. Used on the engine's loop alone."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        """Seconds since 1970 by the wall clock."""
        self._ahead: float | None = None

    @property
    def turned_back(self) -> float:
        """Seconds by which the wall clock stands behind where it would be, had nobody turned it back."""
        lead = self._lead()
        return 0.0 if self._ahead is None else max(0.0, self._ahead - lead)

    async def sleep(self, seconds: float) -> bool:
        """Wait *seconds*; True at once where the wall clock jumps meanwhile."""
        loop = asyncio.get_running_loop()
        end, lead = loop.time() + seconds, self._lead()
        while (left := end - loop.time()) > 0:
            await asyncio.sleep(min(left, LOOK_SECONDS))
            if abs(self._lead() - lead) > JUMP_SECONDS:
                return True
        return False

    async def sleep_until(self, moment: float) -> None:
        """Wait for a moment of the wall clock, and no longer than it is away now."""
        loop = asyncio.get_running_loop()
        end = loop.time() + moment - self.now()
        while (left := min(end - loop.time(), moment - self.now())) > 0:
            await asyncio.sleep(min(left, LOOK_SECONDS))

    def _lead(self) -> float:
        lead = self.now() - asyncio.get_running_loop().time()
        self._ahead = lead if self._ahead is None else max(self._ahead, lead)
        return lead
