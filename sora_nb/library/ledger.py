"""A second record of what was sent, one line each, which survives a destroyed database.

A line is its CRC-32 in hex, a space, and JSON. It is on disk before `append` returns.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import Any


class Ledger:
    """An append-only file of what left this machine and what came back."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, **facts: Any) -> None:
        """Write one line and flush it to disk."""
        text = json.dumps(facts, sort_keys=True)
        line = f"{zlib.crc32(text.encode()):08x} {text}\n"
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self) -> list[dict[str, Any]]:
        """Every whole line; one that was cut off by a crash is left out."""
        if not self.path.exists():
            return []
        entries = []
        for line in self.path.read_text().splitlines():
            crc, _, text = line.partition(" ")
            if f"{zlib.crc32(text.encode()):08x}" == crc:
                entries.append(json.loads(text))
        return entries
