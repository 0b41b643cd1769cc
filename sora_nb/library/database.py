"""Opening the database so that what it acknowledged is on disk.

SQLite runs with a rollback journal and `synchronous=EXTRA`: write-ahead logging is unsafe on the
network file systems where notebook homes live, and before 3.51.3 even on a local one.

A handle is let go of and made anew where it can no longer be trusted: after a fork, after a read or
write that the disk refused, and where the file was replaced under it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from sora_nb.errors import LibraryError
from sora_nb.library import schema
from sora_nb.library.disk import MAKE_ROOM, in_words
from sora_nb.library.interrupts import kept_back, wanted


class Damaged(LibraryError):
    """What the database holds makes no sense any more."""


def _to_2(connection: sa.Connection) -> None:
    connection.execute(sa.text("ALTER TABLE jobs ADD COLUMN next_poll_at REAL"))


def _to_3(connection: sa.Connection) -> None:
    connection.execute(sa.text("ALTER TABLE jobs ADD COLUMN mode TEXT"))
    connection.execute(sa.text("ALTER TABLE jobs ADD COLUMN findings TEXT NOT NULL DEFAULT '[]'"))
    # Until then only services that make characters themselves were spoken to. (A colon would be a parameter.)
    connection.execute(
        sa.text("UPDATE jobs SET mode = 'native' WHERE kind = 'character' OR request NOT LIKE '%\"characters\"_ []%'")
    )


def _to_4(connection: sa.Connection) -> None:
    connection.execute(sa.text("ALTER TABLE characters ADD COLUMN lineage TEXT"))


def _to_5(connection: sa.Connection) -> None:
    connection.execute(sa.text("ALTER TABLE characters ADD COLUMN box TEXT"))


def _to_6(connection: sa.Connection) -> None:
    connection.execute(sa.text("ALTER TABLE jobs ADD COLUMN rated_by TEXT"))
    connection.execute(sa.text("ALTER TABLE jobs ADD COLUMN rated_at REAL"))
    strict = " STRICT" if connection.dialect.name == "sqlite" else ""
    rating = "video_id TEXT NOT NULL, person TEXT NOT NULL, stars REAL NOT NULL, at REAL NOT NULL"
    connection.execute(sa.text(f"CREATE TABLE ratings ({rating}, PRIMARY KEY (video_id, person)){strict}"))
    vote = "session TEXT NOT NULL, round INTEGER NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, "
    vote += "choice TEXT NOT NULL, winner TEXT, person TEXT NOT NULL, at REAL NOT NULL"
    connection.execute(sa.text(f"CREATE TABLE votes ({vote}, PRIMARY KEY (session, round)){strict}"))


MIGRATIONS: list[Callable[[sa.Connection], None]] = [_to_2, _to_3, _to_4, _to_5, _to_6]
"""Each takes a library one version further, in one transaction. Version n+1 is `MIGRATIONS[n-1]`."""

BUSY_SECONDS = 10.0
"""So long another kernel may be at work on the database."""

SLICE_SECONDS = 0.1
"""A transaction that waits to begin looks this often whether it is to give up."""

NEXT_STEP = {
    sqlite3.SQLITE_FULL: MAKE_ROOM,
    sqlite3.SQLITE_BUSY: f"Another kernel has been at work on it for {BUSY_SECONDS:.0f} s. Try again",
}
"""What to do about a refusal, by SQLite's code for it."""

_inherited: list[Any] = []
"""A parent process's handles. To close one here would roll back what the parent is writing, so they are kept."""


class Database:
    """One library's tables, with reading and writing transactions.

    *fill* is called in the transaction that makes the tables.
    """

    def __init__(self, url: str, fill: Callable[[sa.Connection], None] = lambda _connection: None) -> None:
        self.url = url
        self._fill = fill
        self._engine = sa.create_engine(url)
        self._path: Path | None = None
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _configure_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
            if (name := self._engine.url.database) not in (None, "", ":memory:"):
                self._path = _made(Path(name))
        self._process = os.getpid()
        self._opened: tuple[int, int] | None = None
        # A server that cannot be reached may take minutes to say so, and then the user's stop is worth more.
        with kept_back() if self._path is not None else nullcontext():
            self._ready()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that is durable when the block is left."""
        with kept_back():
            self._ready()
            with self._errors("written"), self._engine.begin() as connection:
                yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A consistent view, which writes nothing and locks out no one."""
        with kept_back():
            self._ready()
            with self._errors("read"), self._engine.connect() as connection:
                yield connection.execution_options(sora_begin="BEGIN")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _errors(self, verb: str) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            cause = getattr(error, "orig", None) or error
            kind = getattr(cause, "sqlite_errorcode", None)
            # The statement's values may hold a prompt, so only the driver's own words are passed on.
            said = cause if isinstance(cause, sqlite3.Error) or cause is not error else type(error).__name__
            words = f"The library at {self._engine.url.database} could not be {verb}: {said}."
            if kind is not None and kind & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                self._let_go()
                raise Damaged(words) from None
            if kind is not None and kind & 0xFF == sqlite3.SQLITE_IOERR:
                # After a failed flush, memory and disk may differ, and only a new handle shows what is there.
                self._let_go()
            if kind is not None and (step := NEXT_STEP.get(kind & 0xFF)) is not None:
                words += f" {step}."
            raise LibraryError(words) from None

    def _ready(self) -> None:
        """Make sure of a handle that can be trusted."""
        if self._process != os.getpid():
            _inherited.append(self._engine.pool)
            self._engine.dispose(close=False)
            self._process = os.getpid()
        if self._path is None:
            identity = (0, 0)
        else:
            try:
                found = self._path.stat()
            except FileNotFoundError:
                self._let_go()
                raise LibraryError(
                    f"The library at {self._path} was moved or deleted while it was in use, so nothing can be kept "
                    "there. Put it back, or make a Studio anew."
                ) from None
            identity = (found.st_dev, found.st_ino)
        if identity != self._opened:
            self._engine.dispose()
            self._check()
            self._prepare()
            self._opened = identity

    def _let_go(self) -> None:
        self._engine.dispose()
        self._opened = None

    def _check(self) -> None:
        if self._path is None:
            return
        with self._errors("read"), self._engine.connect() as connection:
            connection = connection.execution_options(sora_begin="BEGIN")
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise Damaged(f"The library at {self._path} is damaged: {str(found).splitlines()[-1]}.")

    def _prepare(self) -> None:
        newest = 1 + len(MIGRATIONS)
        found = self._version()
        while found < newest:
            # Asked again in each transaction: another kernel may be doing the same.
            with self._errors("written"), self._engine.begin() as connection:
                if not sa.inspect(connection).has_table("schema_version"):
                    schema.metadata.create_all(connection)
                    self._fill(connection)
                    connection.execute(sa.insert(schema.schema_version).values(version=newest))
                found = connection.execute(sa.select(schema.schema_version.c.version)).scalar_one()
                if found < newest:
                    MIGRATIONS[found - 1](connection)
                    found += 1
                    connection.execute(sa.update(schema.schema_version).values(version=found))
        if found > newest:
            raise LibraryError(
                f"The library at {self._engine.url.database} was written by a newer sora_nb (version {found} of "
                f"its tables; this one knows {newest}). Update sora_nb, or choose another with library=."
            )

    def _version(self) -> int:
        """The version of the tables; 0 where there are none. Asked without a lock that another kernel may hold."""
        with self._errors("read"), self._engine.connect() as connection:
            connection = connection.execution_options(sora_begin="BEGIN")
            if not sa.inspect(connection).has_table("schema_version"):
                return 0
            found: int = connection.execute(sa.select(schema.schema_version.c.version)).scalar_one()
            return found


def _made(path: Path) -> Path:
    try:
        path.touch(0o600)
    except OSError as error:
        raise LibraryError(f"The library at {path} could not be made: {in_words(error)}.") from error
    return path


def _configure_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions would begin deferred; `_begin_sqlite` takes the write lock at once.
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


def _begin_sqlite(connection: sa.Connection) -> None:
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
