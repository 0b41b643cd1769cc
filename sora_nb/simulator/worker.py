"""One thread that draws, one picture after another."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable


class Worker:
    """Does *work* for each wanted id, once at a time, in the order they were wanted.

    The thread starts with the first id and is a daemon: a picture that dies with the process is drawn again later.
    """

    def __init__(self, work: Callable[[str], None]) -> None:
        self._work = work
        self._wanted: deque[str] = deque()
        self._at_work: str | None = None
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def want(self, id_: str) -> None:
        """Have it done soon; wanting it twice does it once."""
        with self._change:
            if self._closed or id_ == self._at_work or id_ in self._wanted:
                return
            self._wanted.append(id_)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="simulator-drawing", daemon=True)
                self._thread.start()
            self._change.notify_all()

    @property
    def closed(self) -> bool:
        """Whether the one at hand should be given up, too."""
        return self._closed

    def close(self, timeout: float = 30) -> None:
        """Start nothing more and wait for the one at hand, which should look at `closed` now and then."""
        with self._change:
            self._closed = True
            self._wanted.clear()
            self._change.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._change:
                self._at_work = None
                self._change.wait_for(lambda: self._wanted or self._closed)
                if self._closed:
                    return
                self._at_work = self._wanted.popleft()
            self._work(self._at_work)
