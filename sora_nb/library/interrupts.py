"""Keeping an interrupt back for the few milliseconds of a transaction, or of making a pool of connections."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_kept: list[list[FrameType | None]] = []
"""What came in while each block was open, the outermost first. Only the main thread touches it."""


@contextmanager
def kept_back() -> Iterator[None]:
    """Let Ctrl-C, or the kernel's stop button, wait until the block is left.

    An interrupt in the midst of a transaction could leave it open, or leave a lock of the connection pool taken,
    or that of `logging`, which a new pool asks for a logger; and the jobs of the kernel would then wait for it.
    Only the main thread is ever interrupted.
    """
    handler = signal.getsignal(signal.SIGINT)
    if not _interruptible() or not callable(handler):
        yield
        return
    came: list[FrameType | None] = []
    # From here to where the handler is put back nothing can be raised by a signal, whatever instruction it hits.
    signal.signal(signal.SIGINT, lambda _number, frame: came.append(frame))
    _kept.append(came)
    try:
        yield
    finally:
        _kept.pop()
        signal.signal(signal.SIGINT, handler)
        if came:
            handler(signal.SIGINT, came[0])


def wanted() -> bool:
    """Is an interrupt being kept back? Whoever only waits then has nothing to lose by giving up."""
    return _interruptible() and any(_kept)


def _interruptible() -> bool:
    return threading.current_thread() is threading.main_thread()
