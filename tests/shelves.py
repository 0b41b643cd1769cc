"""A place for one library, of either kind, that is opened again and again as by different kernels."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from unittest.mock import patch

import sqlalchemy as sa

from sora_nb.errors import SoraError
from sora_nb.library import Library, postgres, sqlite
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


def library_at(where: Path | Shelf) -> Library:
    """One more handle on the library that is there."""
    return Library(where) if isinstance(where, Path) else where.open()


KERNELS = 6


def at_once(shelf: Shelf, work: Callable[[Library], object]) -> list[object]:
    """What comes of it where several kernels do the same at the same moment; an error counts as itself."""
    kernels = [shelf.open() for _ in range(KERNELS)]
    gate = threading.Barrier(KERNELS)

    def one(library: Library) -> object:
        library.jobs.videos()  # so that it is connected
        gate.wait(60)
        try:
            return work(library)
        except SoraError as error:
            return error

    # Where a machine has much else to do, a turn takes its time; how long is too long is tested elsewhere.
    patient = (patch.object(module, "BUSY_SECONDS", 300.0) for module in (sqlite, postgres))
    with ExitStack() as stack, ThreadPoolExecutor(KERNELS) as pool:
        for one_of_them in patient:
            stack.enter_context(one_of_them)
        return list(pool.map(one, kernels))


def by_our_clock(_kind: Kind, now: float) -> sa.ColumnElement[float]:
    """In place of `Kind.clock`, for tests that set the time."""
    return sa.literal(now, sa.Double)
