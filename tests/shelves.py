"""A place for one library, of either kind, that is opened again and again as by different kernels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from sora_nb.library import Library
from sora_nb.library.kinds import Kind
from tests.postgres import Server

KindName = Literal["sqlite", "postgresql"]
KINDS: tuple[KindName, ...] = ("sqlite", "postgresql")


@dataclass
class Shelf:
    """Where a library is, and every handle on it that was opened here."""

    kind: KindName
    folder: Path
    address: str | None = None
    """None where the tables are in the folder."""
    opened: list[Library] = field(default_factory=list)

    def open(self, folder: Path | None = None) -> Library:
        """The library, as another kernel opens it; with *folder*, as one on a machine that has its own files."""
        library = Library(self.address, folder or self.folder) if self.address else Library(self.folder)
        self.opened.append(library)
        return library

    def close(self) -> None:
        """Let go of all of them."""
        for library in self.opened:
            library.close()

    @property
    def place(self) -> dict[str, str]:
        """What a `Studio` is told."""
        folder = str(self.folder)
        return {"library": self.address, "folder": folder} if self.address else {"library": folder}


def new_shelf(kind: KindName, folder: Path, server: Callable[[], Server]) -> Shelf:
    """An empty place; the *server* is asked for only where it is needed."""
    if kind == "sqlite":
        return Shelf(kind, folder)
    there = server()
    return Shelf(kind, folder, there.address(there.new_schema()))


def by_our_clock(_kind: Kind, now: float) -> sa.ColumnElement[float]:
    """In place of `Kind.clock`, for tests that set the time."""
    return sa.literal(now, sa.Double)
