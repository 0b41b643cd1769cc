"""SQLite, opened so that what it acknowledged is on disk.

It runs with a rollback journal and `synchronous=EXTRA`: write-ahead logging is unsafe on the network file
systems where notebook homes live, and before 3.51.3 even on a local one. Who writes has the whole file's lock.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from sora_nb.errors import LibraryError
from sora_nb.library.disk import MAKE_ROOM, in_words
from sora_nb.library.interrupts import kept_back, wanted
from sora_nb.library.kinds import BUSY, BUSY_SECONDS, SLICE_SECONDS, Damaged, Kind, Refusal

STEPS = {sqlite3.SQLITE_FULL: MAKE_ROOM, sqlite3.SQLITE_BUSY: BUSY}
"""What to do about a refusal, by SQLite's code for it."""


class Sqlite(Kind):
    """The database in one file."""

    here = True
    mark = ""

    def __init__(self, path: Path) -> None:
        self._path = _made(path)
        self.name = str(path)
        with kept_back():
            self.engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
            event.listen(self.engine, "connect", _configure)
            event.listen(self.engine, "begin", _begin)
            self._reader = self.engine.execution_options(sora_begin="BEGIN")

    def identity(self) -> Hashable:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            raise LibraryError(
                f"The library at {self._path} was moved or deleted while it was in use, so nothing can be kept "
                "there. Put it back, or make a Studio anew."
            ) from None
        return found.st_dev, found.st_ino

    def inspect(self, connection: sa.Connection) -> None:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise Damaged(f"The library at {self._path} is damaged: {str(found).splitlines()[-1]}.")

    def reading(self) -> sa.Engine:
        return self._reader

    def take_turn(self, connection: sa.Connection, turn: str) -> None:
        """Whoever writes has every turn."""

    def clock(self, now: float) -> sa.ColumnElement[float]:
        return sa.literal(now, sa.REAL)

    def refusal(self, cause: BaseException) -> Refusal | None:
        if not isinstance(cause, sqlite3.Error):
            return None
        kind = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        return Refusal(
            str(cause),
            step=STEPS.get(kind, ""),
            damaged=kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB),
            # After a failed flush, memory and disk may differ, and only a new handle shows what is there.
            let_go=kind == sqlite3.SQLITE_IOERR,
        )


def _made(path: Path) -> Path:
    try:
        path.touch(0o600)
    except OSError as error:
        raise LibraryError(f"The library at {path} could not be made: {in_words(error)}.") from error
    return path


def _configure(connection: Any, _record: Any) -> None:
    # The driver's own transactions would begin deferred; `_begin` takes the write lock at once.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout=10000",
        "journal_mode=DELETE",
        "synchronous=EXTRA",
        "fullfsync=1",
        "trusted_schema=OFF",
        "foreign_keys=ON",
        "mmap_size=0",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: sa.Connection) -> None:
    """Begin, and take the lock that the transaction needs: whoever waits in the driver hears no interrupt."""
    handle: Any = connection.connection.driver_connection
    if begin := connection.get_execution_options().get("sora_begin"):
        handle.execute(begin)
    take = "SELECT 1 FROM sqlite_schema LIMIT 1" if begin else "BEGIN IMMEDIATE"
    _let_wait(handle, SLICE_SECONDS)
    latest = time.monotonic() + BUSY_SECONDS
    while not _taken(handle, take, last=time.monotonic() >= latest or wanted()):
        pass
    _let_wait(handle, BUSY_SECONDS)


def _taken(handle: Any, take: str, *, last: bool) -> bool:
    """Is the lock ours now? Where it is not, False, or the driver's error on the *last* attempt."""
    try:
        handle.execute(take).close()
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _let_wait(handle: Any, seconds: float) -> None:
    handle.execute(f"PRAGMA busy_timeout={seconds * 1000:.0f}").close()
