"""A disk that forgets: what was not flushed may be gone after a power cut, a file's bytes as well as a folder's names.

It is stricter than most real ones: flushing a file does not keep its name, and what was written since the last flush
survives in any part or not at all.
"""

from __future__ import annotations

import errno
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512


@dataclass
class Node:
    """A file or a folder, as programs see it and as the disk would remember it."""

    number: int
    folder: bool
    mode: int
    data: bytearray = field(default_factory=bytearray)
    kept: bytes = b""
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)
    """Writes and truncations since the last flush: an offset with bytes, or a length."""
    names: dict[str, Node] = field(default_factory=dict)
    kept_names: dict[str, Node] = field(default_factory=dict)


class Disk:
    """Files and folders in memory. Each change is a method whose name and arguments can be told to another disk."""

    def __init__(self) -> None:
        self._count = 0
        self.root = self._node(True, 0o755)

    def find(self, path: str) -> Node:
        """What lies at a path; `OSError` where nothing does."""
        node = self.root
        for name in _parts(path):
            if name not in node.names:
                raise OSError(errno.ENOENT, path)
            node = node.names[name]
        return node

    def create(self, path: str, mode: int) -> None:
        self._parent(path).names[_parts(path)[-1]] = self._node(False, mode)

    def mkdir(self, path: str, mode: int) -> None:
        if _parts(path)[-1] in self._parent(path).names:
            raise OSError(errno.EEXIST, path)
        self._parent(path).names[_parts(path)[-1]] = self._node(True, mode)

    def chmod(self, path: str, mode: int) -> None:
        self.find(path).mode = mode

    def write(self, path: str, data: bytes, offset: int) -> None:
        node = self.find(path)
        _put(node.data, offset, data)
        node.pending.append((offset, data))

    def truncate(self, path: str, length: int) -> None:
        node = self.find(path)
        _cut(node.data, length)
        node.pending.append(length)

    def unlink(self, path: str) -> None:
        self.find(path)
        del self._parent(path).names[_parts(path)[-1]]

    rmdir = unlink

    def rename(self, old: str, new: str) -> None:
        node = self.find(old)
        del self._parent(old).names[_parts(old)[-1]]
        self._parent(new).names[_parts(new)[-1]] = node

    def fsync(self, path: str) -> None:
        node = self.find(path)
        node.kept, node.pending = bytes(node.data), []

    def fsyncdir(self, path: str) -> None:
        node = self.find(path)
        node.kept_names = dict(node.names)

    def write_image(self, target: Path, chance: random.Random | None) -> None:
        """Write what is left after a power cut now: what was flushed, and with *chance* some of the rest."""
        _write_image(self.root, target, chance)

    def _parent(self, path: str) -> Node:
        return self.find("/".join(_parts(path)[:-1]))

    def _node(self, folder: bool, mode: int) -> Node:
        self._count += 1
        return Node(self._count, folder, mode)


Change = tuple[str, tuple[object, ...], float, float]
"""A method of `Disk`, its arguments, and when it began and ended by the monotonic clock."""


def replay(disk: Disk, changes: Sequence[Change]) -> None:
    """Do to *disk* what was done to another."""
    for name, arguments, _, _ in changes:
        getattr(disk, name)(*arguments)


def _write_image(node: Node, target: Path, chance: random.Random | None) -> None:
    if not node.folder:
        target.write_bytes(_survivors(node, chance))
        return
    target.mkdir(exist_ok=True)
    names = dict(node.kept_names)
    for name in node.names.keys() | node.kept_names.keys():
        if chance is not None and node.names.get(name) is not names.get(name) and chance.random() < 0.5:
            if name in node.names:
                names[name] = node.names[name]
            else:
                del names[name]
    for name, one in names.items():
        _write_image(one, target / name, chance)


def _survivors(node: Node, chance: random.Random | None) -> bytes:
    data = bytearray(node.kept)
    for change in node.pending if chance is not None else ():
        assert chance is not None
        if isinstance(change, int):
            if chance.random() < 0.5:
                _cut(data, change)
            continue
        offset, written = change
        begin = 0
        while begin < len(written):
            end = min(len(written), begin + SECTOR - (offset + begin) % SECTOR)
            if chance.random() < 0.5:
                _put(data, offset + begin, written[begin:end])
            begin = end
    return bytes(data)


def _put(data: bytearray, offset: int, written: bytes) -> None:
    data.extend(bytes(max(0, offset - len(data))))
    data[offset : offset + len(written)] = written


def _cut(data: bytearray, length: int) -> None:
    data.extend(bytes(max(0, length - len(data))))
    del data[length:]


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]
