"""Telling those who watch a job that it has changed, four times a second at most."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from queue import Empty, SimpleQueue

from sora_nb.library.interrupts import kept_back

SPACING_SECONDS = 0.25


class Notices:
    """Watchers of jobs, called on a thread of their own so that a slow one holds up nobody's money."""

    def __init__(self) -> None:
        self._watchers: dict[str, list[Callable[[], None]]] = {}
        self._news: SimpleQueue[str] = SimpleQueue()
        # Watchers come and go on the main thread, where an interrupt would leave a Condition locked: `crossing`.
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.errors: list[Exception] = []
        """What watchers raised. Such a watcher is not called again."""

    def watch(self, job_id: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Call *callback* after each change of the job, in the context it is given in; returns how to stop that."""
        context = copy_context()  # some kernels know by it which cell a view's message belongs to, and fail without

        def tell() -> None:
            context.copy().run(callback)

        with self._lock:
            self._watchers.setdefault(job_id, []).append(tell)
        return lambda: self._forget(job_id, tell)

    def post(self, job_id: str) -> None:
        """The job has changed. Two posts in quick succession are one."""
        if not self._watchers.get(job_id):
            return
        self._news.put(job_id)
        if self._thread is None:
            with kept_back():  # half way into being, it would never tell anyone anything
                self._thread = threading.Thread(target=self._run, name="sora-nb-notices", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        due = time.monotonic()
        while True:
            changed = {self._news.get(): None}
            # Rounds are counted from when the last was due, so that slow watchers do not stretch them.
            time.sleep(max(0.0, due - time.monotonic()))
            due = max(time.monotonic(), due) + SPACING_SECONDS
            changed |= dict.fromkeys(self._rest())
            for job_id in changed:
                for callback in list(self._watchers.get(job_id, ())):
                    self._call(job_id, callback)

    def _rest(self) -> list[str]:
        found = []
        while True:
            try:
                found.append(self._news.get_nowait())
            except Empty:
                return found

    def _call(self, job_id: str, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception as error:  # a watcher's fault must not silence the others
            self.errors.append(error)
            self._forget(job_id, callback)

    def _forget(self, job_id: str, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._watchers.get(job_id, ()):
                self._watchers[job_id].remove(callback)
