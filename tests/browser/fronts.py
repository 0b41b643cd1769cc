"""Voila and marimo for a test: each a program of its own that serves one page, ended by its pid."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.browser.jupyter import START_SECONDS, STOP_SECONDS, private_environment

VOILA = ("voila", "{page}", "--no-browser", "--Voila.ip=127.0.0.1", "--port={port}")
MARIMO = (
    "marimo",
    "-q",
    "run",
    "{page}",
    "--headless",
    "--host=127.0.0.1",
    "--port={port}",
    "--no-token",
    "--no-check",
)


@contextmanager
def served(command: Sequence[str], page: Path) -> Iterator[str]:
    """The address at which a program shows *page*, for as long as the `with` lasts.

    *command* are the words after `python -m`, with `{page}` and `{port}` in them.
    """
    with tempfile.TemporaryDirectory(prefix="sora-nb-front-") as folder:
        port = free_port()
        places = {"XDG_CONFIG_HOME": folder, "XDG_CACHE_HOME": folder, "XDG_STATE_HOME": folder}
        log = Path(folder, "server.log")
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", *(word.format(page=page, port=port) for word in command)],
                cwd=page.parent,
                env=private_environment(Path(folder)) | places,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that the last resort reaches this server and its kernels, and nobody else
            )
        try:
            wait_for_port(process, port, log)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def free_port() -> int:
    """A port of the loopback that nobody listens at: neither program tells which one it chose by itself."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def wait_for_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until somebody listens there; to ask for the page would already run it."""
    late = time.monotonic() + START_SECONDS
    while time.monotonic() < late:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args!r} is not ready:\n{log.read_text(encoding='utf-8', errors='replace')}")
