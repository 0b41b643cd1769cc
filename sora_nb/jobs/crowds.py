"""Whom to ask about next, where there are more jobs at a service than a person can watch.

Of jobs that are alike the oldest few are asked about in the usual rhythm. One that ends makes room for the next,
which is asked about at once: services mostly finish first what came first, so it is mostly done as well. Some do
not, so into those that wait is looked in turn, one a second. And nobody is asked about for the first time at an age
at which none of its kind was done lately. A thousand jobs cost hardly more questions than answers then, and a few are
asked about as if there were no others.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from types import TracebackType

FEW = 8
"""So many jobs that are alike are asked about in the usual rhythm."""

LOOK_SECONDS = 1.0
"""Between two looks into those that wait. One that finds its job done is followed by the next at once."""

LATELY = 16
"""So many of the last that were done tell how old one has to be."""

TRIED_EVERY, TRIED_AT = 16, 0.95
"""One in so many is asked about a little sooner, to find out whether that would do."""


class Crowd:
    """The jobs of one kind at one service. Used on the engine's loop alone."""

    def __init__(self) -> None:
        self._followed = 0
        self._patient: dict[Place, asyncio.Future[None] | None] = {}
        """Those that are not followed, in the order they came; None while one is asked about."""
        self._in_turn: deque[Place] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._ages: deque[float] = deque(maxlen=LATELY)
        self._came = 0

    def enter(self, *, new: bool = True) -> Place:
        """A place, left with its block, for a job that was accepted, or where it is not *new* is taken up again."""
        self._came += 1
        age = TRIED_AT if self._came % TRIED_EVERY == 0 else 1.0
        return Place(self, asyncio.get_running_loop().time() if new else -math.inf, age)

    def found(self, age: float) -> None:
        """One was done at *age*, or before."""
        if math.isfinite(age):
            self._ages.append(age)

    @property
    def youngest(self) -> float:
        """The least age at which one was done lately; 0 where nothing is known."""
        return min(self._ages, default=0.0)

    def let_all_in(self) -> None:
        """Everyone may ask now: the machine slept, and nobody knows what has happened meanwhile."""
        for waiting in self._patient.values():
            _wake(waiting)

    def join(self, place: Place) -> bool:
        """Take one of the few places in the usual rhythm where one is free, and wait among the others where not."""
        free = self._followed < FEW
        if free:
            self._followed += 1
            self._patient.pop(place, None)
        else:
            self._patient.setdefault(place)
        return free

    def leave(self, place: Place) -> None:
        """Be gone; a place in the usual rhythm is for the oldest that waits."""
        self._patient.pop(place, None)
        if place.followed:
            self._followed -= 1
            oldest = next((one for one, waiting in self._patient.items() if waiting and not waiting.done()), None)
            if oldest is not None:
                _wake(self._patient[oldest])
                oldest.followed = self.join(oldest)

    async def wait(self, place: Place) -> None:
        """Until the job may be asked about."""
        waiting = self._patient[place] = asyncio.get_running_loop().create_future()
        self._in_turn.append(place)
        if self._timer is None:
            self._look_later()
        try:
            await waiting
        finally:
            if place in self._patient:
                self._patient[place] = None

    def look(self) -> None:
        """Let the one ask into whom nobody looked for longest, and another one later."""
        while self._in_turn:
            waiting = self._patient.get(self._in_turn[0])
            if waiting is not None and self._in_turn[0].early > 0:
                break
            self._in_turn.popleft()
            if waiting is not None and not waiting.done():
                _wake(waiting)
                break
        self._look_later()

    def _look_later(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        wanted = bool(self._in_turn)
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self.look) if wanted else None


class Place:
    """One job among those that are alike."""

    def __init__(self, crowd: Crowd, began: float, share: float) -> None:
        self._crowd = crowd
        self._began, self._share = began, share
        self.followed = crowd.join(self)
        """Is it asked about in the usual rhythm?"""

    async def turn(self) -> None:
        """Wait until a job that is not followed may be asked about; it may be followed from then on."""
        self.followed = self._crowd.join(self)
        if not self.followed:
            await self._crowd.wait(self)

    @property
    def early(self) -> float:
        """Seconds until it is as old as others were when they were done."""
        return max(0.0, self._began + self._share * self._crowd.youngest - asyncio.get_running_loop().time())

    def ended(self) -> None:
        """The job was found at its end, so others may be as well."""
        self._crowd.found(asyncio.get_running_loop().time() - self._began)
        if not self.followed:
            self._crowd.look()

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._crowd.leave(self)


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
