"""A second record of what was sent and what came of it, which survives a destroyed database.

A line is its CRC-32 in hex, a space, and JSON, with a line break on either side: whatever a crash
left half written before it, the next line is whole. It is on disk before `append` returns.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sora_nb.errors import LibraryError
from sora_nb.library.disk import MAKE_ROOM, flush, flush_folder, in_words


class Ledger:
    """An append-only file of what left this machine and what came back.

    Machines that share a folder write one each, since appending is not one step over a network; *beside* is the
    pattern of their names, and all are read.
    """

    def __init__(self, path: Path, beside: str | None = None) -> None:
        self.path = path
        self._beside = beside
        self._owed: list[bytes] = []
        self._found_again = False

    def append(self, **facts: Any) -> None:
        """Write one line and flush it to disk; `LibraryError` where it is not there afterwards."""
        self.append_all([facts])

    def append_all(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Write lines, and flush them to disk once; `LibraryError` where one is not there afterwards."""
        self._write([*self._owed, *map(_line, lines)])
        self._owed.clear()

    def note(self, **facts: Any) -> None:
        """Write what has happened, whatever the disk says: now where that is possible, else with the next line."""
        self.note_all([facts])

    def note_all(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """The same for several at once."""
        self._owed += map(_line, lines)
        if not self._owed:
            return
        try:
            self._write(self._owed)
        except LibraryError:
            return  # it stays owed, and `read` tells it all the same
        self._owed.clear()

    def read(self) -> list[dict[str, Any]]:
        """Every whole line; one that was cut off by a crash is left out."""
        paths = [self.path] if self._beside is None else sorted(self.path.parent.glob(self._beside))
        content = b"\n".join(path.read_bytes() for path in paths if path.exists())
        entries = []
        for line in (content + b"".join(self._owed)).split(b"\n"):
            crc, _, text = line.partition(b" ")
            if b"%08x" % zlib.crc32(text) == crc:
                entries.append(json.loads(text))
        return entries

    def _write(self, lines: list[bytes]) -> None:
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise LibraryError(f"The ledger {self.path} could not be opened: {in_words(error)}.") from error
        try:
            # One write for a line, so that two kernels' lines do not mix.
            for line in lines:
                if (written := os.write(handle, line)) != len(line):
                    raise LibraryError(f"{self.path}: the disk took {written} of {len(line)} bytes. {MAKE_ROOM}.")
            flush(handle, self.path)
        except OSError as error:
            raise LibraryError(f"The ledger {self.path} could not be written: {in_words(error)}.") from error
        finally:
            os.close(handle)
        if not self._found_again:
            flush_folder(self.path.parent)
            self._found_again = True


def _line(facts: Mapping[str, Any]) -> bytes:
    text = json.dumps(facts, sort_keys=True).encode()
    return b"\n%08x %s\n" % (zlib.crc32(text), text)
