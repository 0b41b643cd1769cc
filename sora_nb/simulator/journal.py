"""The world's memory: one line of JSON for each thing that happened, on disk before it is answered."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sora_nb.errors import LibraryError

try:
    import fcntl
except ImportError:  # Windows has none; there, one process at a time may use a folder
    fcntl = None  # type: ignore[assignment]

Event = dict[str, Any]


class Journal:
    """An append-only file that several processes may write and follow."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b", buffering=0)
        self._read = 0
        self._depth = 0

    @contextmanager
    def locked(self) -> Iterator[None]:
        """No other process writes meanwhile. It may be nested; threads are for the caller to keep apart."""
        if self._depth == 0 and fcntl is not None:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0 and fcntl is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def news(self) -> list[Event]:
        """Events that were written since the last look, by whomever."""
        if os.fstat(self._file.fileno()).st_size == self._read:
            return []
        self._file.seek(self._read)
        whole, newline, _ = self._file.read().rpartition(b"\n")
        self._read += len(whole) + len(newline)
        return [self._parse(line) for line in whole.split(b"\n") if line]

    def append(self, event: Event) -> None:
        """Write one event and wait until the disk has it. Call it inside `locked`, with no news unread."""
        # What follows the last newline is a line that a dying process did not finish and nobody was told of.
        self._file.truncate(self._read)
        self._file.write(json.dumps(event, separators=(",", ":")).encode() + b"\n")
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _parse(self, line: bytes) -> Event:
        try:
            event = json.loads(line)
        except ValueError as error:
            raise LibraryError(
                f"{self.path} holds a line that is not JSON ({line[:40]!r}). Move the file away to start afresh."
            ) from error
        if not isinstance(event, dict) or "event" not in event:
            raise LibraryError(f"{self.path} is not a simulator's journal. Choose another folder.")
        return event
