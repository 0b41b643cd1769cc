"""Programs from elsewhere: fetched from where their makers publish them, started, waited for, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

FETCH_S, START_S = 250, 250
"""Both are shorter than what pytest gives a test that hangs."""


@contextmanager
def home(name: str) -> Iterator[Path]:
    """A folder for a program, kept from run to run where SORA_NB_FOREIGN names one to keep it in."""
    if kept := os.environ.get("SORA_NB_FOREIGN"):
        folder = Path(kept) / name
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix=f"sora-nb-{name}-") as scratch:
        yield Path(scratch)


def fetch(command: Sequence[str | Path], what: str) -> None:
    """Run an installer; where it cannot, the tests that need *what* are skipped and say why."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{what} cannot be installed: there is no {command[0]} here")
    try:
        done = subprocess.run(list(command), capture_output=True, text=True, timeout=FETCH_S, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{what} cannot be installed: it was not done after {FETCH_S} s")
    if done.returncode:
        last = (done.stderr or done.stdout).strip().rpartition("\n")[2]
        pytest.skip(f"{what} cannot be installed: {last[:200]}")


def python(folder: Path) -> Path:
    """A Python of its own in *folder*."""
    path = folder / "venv" / "bin" / "python"
    if not path.exists():
        fetch([sys.executable, "-m", "venv", folder / "venv"], "a Python of its own")
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str | Path], ready: str, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The program, until it answers at *ready*; it is stopped in the end, and what it started with it."""
    environment = {**os.environ, **(env or {})}
    with log.open("wb") as said:
        process = subprocess.Popen(
            list(command), stdout=said, stderr=subprocess.STDOUT, env=environment, start_new_session=True
        )
    try:
        deadline = time.monotonic() + START_S
        while not _answers(ready):
            assert process.poll() is None, f"it ended by itself: {log.read_text(errors='replace')[-2000:]}"
            assert time.monotonic() < deadline, f"it does not answer: {log.read_text(errors='replace')[-2000:]}"
            time.sleep(0.2)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code < 500
    except requests.RequestException:
        return False
