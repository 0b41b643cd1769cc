"""`sora-nb serve` as a process of its own, for clients that need a socket."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

DEADLINE_S = 60


@contextmanager
def serving(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of `sora-nb serve` with *options*, and its process."""
    command = [sys.executable, "-m", "sora_nb.cli", "serve", "--port", "0", "--speed", "inf", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(DEADLINE_S)
