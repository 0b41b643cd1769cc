"""An event loop whose clock jumps to the next timer: hours pass in milliseconds, and the same way each time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class Stalled(AssertionError):
    """Everyone waits for someone else, so no time would ever come."""


TURN_SECONDS = 1e-9
"""What a turn of the loop takes at least, as on any machine: where no time passed while there is something to do, two
who wait for the last grain of a second would wake each other for ever."""


class _Jump:
    """Stands where a selector stands, and lets time pass instead of waiting for a socket."""

    def __init__(self) -> None:
        self.now = 0.0

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise Stalled("nothing is due, and nothing will be")
        self.now += max(timeout, TURN_SECONDS)
        return []

    def close(self) -> None:
        """There is nothing to close."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs coroutines that only sleep and wait for each other. It has no sockets, and threads are run in place."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Jump()
        # The clock's own grain would make timers that are due run a turn late.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._selector.now

    def run_in_executor(self, executor: Any, func: Callable[..., Result], *args: Any) -> asyncio.Future[Result]:
        """The result of *func*, called here and now."""
        future: asyncio.Future[Result] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # handed on to whoever waits
            future.set_exception(error)
        return future

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


def new_loop() -> VirtualLoop:
    """A loop that does not tell of what others leave behind."""
    loop = VirtualLoop()
    loop.set_exception_handler(lambda _loop, _context: None)
    return loop


def finish(loop: VirtualLoop) -> None:
    """Drop what is left on the loop, and close it."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run *main* to its end on a loop of its own."""
    loop = new_loop()
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(main)
    finally:
        finish(loop)
        asyncio.set_event_loop(None)
