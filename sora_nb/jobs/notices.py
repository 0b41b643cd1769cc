"""Telling those who watch a job that it has changed, four times a second at most."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SPACING_SECONDS = 0.25


class Notices:
    """Watchers of jobs, called on a thread of their own so that a slow one holds up nobody's money."""

    def __init__(self) -> None:
        self._watchers: dict[str, list[Callable[[], None]]] = {}
        self._pending: dict[str, None] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self.errors: list[Exception] = []
        """What watchers raised. Such a watcher is not called again."""

    def watch(self, job_id: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Call *callback* after each change of the job; returns how to stop that."""
        with self._changed:
            self._watchers.setdefault(job_id, []).append(callback)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sora-nb-notices", daemon=True)
                self._thread.start()

        def stop() -> None:
            with self._changed:
                if callback in self._watchers.get(job_id, []):
                    self._watchers[job_id].remove(callback)

        return stop

    def post(self, job_id: str) -> None:
        """The job has changed. Two posts in quick succession are one."""
        with self._changed:
            self._pending[job_id] = None
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._pending:
                    self._changed.wait()
                job_ids, self._pending = list(self._pending), {}
                calls = [(job_id, callback) for job_id in job_ids for callback in self._watchers.get(job_id, [])]
            for job_id, callback in calls:
                self._call(job_id, callback)
            time.sleep(SPACING_SECONDS)

    def _call(self, job_id: str, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception as error:  # a watcher's fault must not silence the others
            self.errors.append(error)
            with self._changed:
                if callback in self._watchers.get(job_id, []):
                    self._watchers[job_id].remove(callback)
