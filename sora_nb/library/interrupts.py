"""Keeping an interrupt back for the few milliseconds of a transaction."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def kept_back() -> Iterator[None]:
    """Let Ctrl-C, or the kernel's stop button, wait until the block is left.

    An interrupt in the midst of a transaction could leave it open, or leave a lock of the connection pool taken,
    and the jobs of the kernel would then wait for it. Only the main thread is ever interrupted.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    came: list[FrameType | None] = []
    signal.signal(signal.SIGINT, lambda _number, frame: came.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if came:
            handler(signal.SIGINT, came[0])
