"""The disk of `disk.py` as a file system that programs can be run on, which also breaks where it is told to.

A fault is named by the folder it happens in: below `eio-fsync-3` the third flush fails with EIO. To rename the folder
is to mend the disk. Runs as a program: `python -m tests.torture.overlay MOUNT LOG`; at the end LOG holds every
change, as `disk.Change`s.
"""

from __future__ import annotations

import errno
import pickle
import stat
import sys
import time
from pathlib import Path
from typing import Any

from mfusepy import FUSE, FuseOSError, Operations, fuse_version_major

from tests.torture.disk import Change, Disk

FULL_FOR = 20
"""So many writes fail in a row on a disk that is full, until someone makes room."""

ROOM = 2**20
"""Blocks, free and in all: there is room until a fault says otherwise."""


class Overlay(Operations):  # type: ignore[misc]
    """One disk, mounted."""

    use_ns = True
    """Times are told in nanoseconds."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._disk = Disk()
        self._changes: list[Change] = []
        self._counts: dict[tuple[str, str], int] = {}

    def _change(self, name: str, *arguments: Any) -> None:
        began = time.monotonic()
        try:
            getattr(self._disk, name)(*arguments)
        except OSError as error:
            raise FuseOSError(error.errno) from None
        self._changes.append((name, arguments, began, time.monotonic()))

    def _fault(self, call: str, path: str) -> str | None:
        _, top, *below = path.split("/")
        kind, *rest = top.split("-")
        if not below or kind not in ("eio", "enospc", "short") or call != rest[0]:
            return None
        count = self._counts[top, call] = self._counts.get((top, call), 0) + 1
        last = int(rest[1]) + (FULL_FOR if kind == "enospc" else 1)
        return kind if int(rest[1]) <= count < last else None

    def _break(self, call: str, path: str) -> None:
        if (kind := self._fault(call, path)) is not None:
            raise FuseOSError(errno.ENOSPC if kind == "enospc" else errno.EIO)

    def getattr(self, path: str, fh: Any = None) -> dict[str, Any]:
        node = self._find(path)
        kind = stat.S_IFDIR if node.folder else stat.S_IFREG
        now = time.time_ns()
        return {
            "st_ino": node.number,
            "st_mode": kind | (node.mode & 0o777),
            "st_nlink": 1,
            "st_size": len(node.data),
            "st_mtime": now,
            "st_ctime": now,
            "st_atime": now,
        }

    def readdir(self, path: str, fh: Any) -> list[tuple[str, dict[str, int], int]]:
        node = self._find(path)
        # A name whose number is 0 is taken for one that is gone.
        return [(name, {"st_ino": one.number}, 0) for name, one in {".": node, "..": node, **node.names}.items()]

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        self._change("create", path, mode)
        return 0

    def open(self, path: str, flags: int) -> int:
        self._find(path)
        return 0

    def read(self, path: str, size: int, offset: int, fh: Any) -> bytes:
        return bytes(self._find(path).data[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: Any) -> int:
        if (kind := self._fault("write", path)) == "short":
            data = data[: len(data) // 2]
        elif kind is not None:
            raise FuseOSError(errno.ENOSPC if kind == "enospc" else errno.EIO)
        self._change("write", path, data, offset)
        return len(data)

    def truncate(self, path: str, length: int, fh: Any = None) -> None:
        self._change("truncate", path, length)

    def unlink(self, path: str) -> None:
        self._change("unlink", path)

    def rmdir(self, path: str) -> None:
        self._change("rmdir", path)

    def mkdir(self, path: str, mode: int) -> None:
        self._change("mkdir", path, mode)

    def rename(self, old: str, new: str) -> None:
        self._break("rename", old)
        self._change("rename", old, new)

    def chmod(self, path: str, mode: int) -> None:
        self._change("chmod", path, mode)

    def fsync(self, path: str, datasync: int, fh: Any) -> None:
        self._break("fsync", path)
        self._change("fsync", path)

    def fsyncdir(self, path: str, datasync: int, fh: Any) -> None:
        self._break("fsync", path)
        self._change("fsyncdir", path)

    def utimens(self, path: str, times: Any = None) -> None:
        self._find(path)

    def statfs(self, path: str) -> dict[str, int]:
        return {"f_bsize": 4096, "f_frsize": 4096, "f_blocks": ROOM, "f_bfree": ROOM, "f_bavail": ROOM}

    def destroy(self, path: str) -> None:
        self._log.write_bytes(pickle.dumps(self._changes))

    def _find(self, path: str) -> Any:
        try:
            return self._disk.find(path)
        except OSError as error:
            raise FuseOSError(error.errno) from None


def mount(where: str, log: Path) -> None:
    """Be a disk at *where* until it is let go."""
    # Version 3 of the system's library writes in big pieces anyway, and no longer takes the word for it.
    bigger = {"big_writes": True} if fuse_version_major == 2 else {}
    how = {"foreground": True, "nothreads": True, "direct_io": True, "use_ino": True, "hard_remove": True}
    FUSE(Overlay(log), where, **how, **bigger, default_permissions=False)


if __name__ == "__main__":
    mount(sys.argv[1], Path(sys.argv[2]))
