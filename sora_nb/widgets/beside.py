"""Work that a button asks for, done beside the kernel's own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any


def beside(work: Callable[..., object], *arguments: Any) -> None:
    """Run *work* on a thread of its own, in the context of the message that asked for it.

    Without that context some kernels (ipykernel 7.0) do not know which cell a widget's message belongs to, and fail.
    """
    run = copy_context().run
    threading.Thread(target=run, args=(work, *arguments), name="sora-nb-widget", daemon=True).start()
