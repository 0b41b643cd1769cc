"""From the main thread to the engine's and back, so that an interrupt on the way breaks nothing.

`KeyboardInterrupt` may be raised between any two steps of the main thread, also inside
`threading.Condition` and what is built of it (`Event`, `Queue`, `Future`), just after it took its
lock. The lock then stays taken, and whoever needs it next, such as the thread with the paid jobs,
waits for ever. So the main thread takes no such lock: it looks, sleeps a little, and looks again, and
answers come through a `SimpleQueue`, which does all it does in one step. A plain `Lock` right behind
`with` is taken and given back without a gap, and is allowed.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from sora_nb.library.interrupts import kept_back

SLICE_SECONDS = 0.05
"""A wait looks this often. An interrupt ends the sleep between two looks at once."""

Result = TypeVar("Result")


def ask(loop: asyncio.AbstractEventLoop, work: Callable[..., Coroutine[Any, Any, Result]], *given: Any) -> Result:
    """What *work* returns, called on the loop of another thread. Interrupted, it is done all the same, or not begun."""
    answers: SimpleQueue[tuple[Result, None] | tuple[None, BaseException]] = SimpleQueue()

    async def do() -> None:
        try:
            answers.put((await work(*given), None))
        except BaseException as error:  # it is raised where the answer is waited for
            answers.put((None, error))

    loop.call_soon_threadsafe(lambda: _keep(loop.create_task(do())))
    result, error = answers.get()
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # there is one where there is no error


class Work(Protocol):
    """What goes on beside whoever asked for it."""

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        ...

    @property
    def done(self) -> bool: ...
    @property
    def error(self) -> Exception | None: ...
    @property
    def stop(self) -> Callable[[], object]: ...
    def run(self) -> None: ...


def attend(work: Work, name: str, progress: Callable[[float], object] | None = None) -> None:
    """Run *work* on a thread called *name*, and look on until it is done; an interrupt stops it at once.

    *progress* is called here with the share that is done; what it raises stops the work as well. Raises what the work
    ended in.
    """
    with kept_back():
        threading.Thread(target=work.run, name=name, daemon=True).start()
    told = -1.0
    try:
        while not work.done:
            if progress is not None and told != (told := work.share):
                progress(told)
            time.sleep(SLICE_SECONDS)
    except BaseException:
        work.stop()
        raise
    if work.error is not None:
        raise work.error
    if progress is not None and told < 1:
        progress(1.0)


def until(condition: Callable[[], bool], timeout: float | None) -> bool:
    """Block until *condition* holds; False where *timeout* seconds passed first."""
    deadline = None if timeout is None else time.monotonic() + timeout
    while not condition():
        left = SLICE_SECONDS if deadline is None else min(SLICE_SECONDS, deadline - time.monotonic())
        if left <= 0:
            return False
        time.sleep(left)
    return True


_under_way: set[asyncio.Task[None]] = set()


def _keep(task: asyncio.Task[None]) -> None:
    # A loop holds its tasks weakly, and nobody waits for this one.
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
