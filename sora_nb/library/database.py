"""Reading and writing the tables, whichever database they are in; what each does in its own way is its `Kind`.

A handle is let go of and made anew where it can no longer be trusted: after a fork, after a read or
write that the disk refused, and where the file was replaced under it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from sora_nb.errors import LibraryError
from sora_nb.library import schema
from sora_nb.library.interrupts import kept_back
from sora_nb.library.kinds import Away, Damaged, Kind
from sora_nb.library.migrations import MIGRATIONS

_inherited: list[Any] = []
"""A parent process's handles. To close one here would roll back what the parent is writing, so they are kept."""


class Database:
    """One library's tables, with reading and writing transactions.

    *fill* is called in the transaction that makes the tables.
    """

    def __init__(self, kind: Kind, fill: Callable[[sa.Connection], None] = lambda _connection: None) -> None:
        self._kind = kind
        self._engine = kind.engine
        self._fill = fill
        self._process = os.getpid()
        self._opened: Hashable = None
        # A server that cannot be reached may take seconds to say so, and then the user's stop is worth more.
        try:
            with kept_back() if kind.here else nullcontext():
                self._ready()
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """What it is called in sentences, without a password."""
        return self._kind.name

    @contextmanager
    def write(self, *turns: str) -> Iterator[sa.Connection]:
        """A transaction that is durable when the block is left.

        *turns* are names of what nobody else may decide on meanwhile: whoever reads first and writes by what was read
        names it. One statement needs none. The same two are always named in the same order.
        """
        with kept_back():
            self._ready()
            with self._errors("written"), self._engine.begin() as connection:
                for turn in turns:
                    self._kind.take_turn(connection, turn)
                yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A consistent view, which writes nothing and locks out no one."""
        with kept_back():
            self._ready()
            with self._errors("read"), self._kind.reading().connect() as connection:
                yield connection

    def clock(self, now: float) -> sa.ColumnElement[float]:
        """The time by which leases run out, in seconds since 1970; *now* is what this machine thinks it is."""
        return self._kind.clock(now)

    def close(self) -> None:
        with kept_back():  # a new pool takes the old one's place, as much in danger as the first
            self._engine.dispose()

    @contextmanager
    def _errors(self, verb: str) -> Iterator[None]:
        drivers: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        try:
            yield
        except (SQLAlchemyError, drivers) as error:
            refusal = self._kind.refusal(getattr(error, "orig", None) or error)
            # The statement's values may hold a prompt, so only the database's own words are passed on.
            said = refusal.words.rstrip(".") if refusal is not None else type(error).__name__
            words = f"The library at {self._kind.name} could not be {verb}: {said}."
            if refusal is None:
                raise LibraryError(words) from None
            if refusal.damaged or refusal.let_go:
                self._let_go()
            if refusal.damaged:
                raise Damaged(words) from None
            if refusal.step:
                words += f" {refusal.step}."
            raise (Away if refusal.away else LibraryError)(words) from None

    def _ready(self) -> None:
        """Make sure of a handle that can be trusted."""
        if self._process != os.getpid():
            _inherited.append(self._engine.pool)
            self._engine.dispose(close=False)
            self._process = os.getpid()
        try:
            identity = self._kind.identity()
        except LibraryError:
            self._let_go()
            raise
        if identity != self._opened:
            self.close()
            with self._errors("read"), self._kind.reading().connect() as connection:
                self._kind.inspect(connection)
            self._prepare()
            self._opened = identity

    def _let_go(self) -> None:
        self.close()
        self._opened = None

    def _prepare(self) -> None:
        newest = 1 + len(MIGRATIONS)
        found = self._version()
        while found < newest:
            # Asked again in each transaction: another kernel may be doing the same.
            with self._errors("written"), self._engine.begin() as connection:
                self._kind.take_turn(connection, "tables")
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
                f"The library at {self._kind.name} was written by a newer sora_nb (version {found} of "
                f"its tables; this one knows {newest}). Update sora_nb, or choose another with library=."
            )

    def _version(self) -> int:
        """The version of the tables; 0 where there are none. Asked without a lock that another kernel may hold."""
        with self._errors("read"), self._kind.reading().connect() as connection:
            if not sa.inspect(connection).has_table("schema_version"):
                return 0
            found: int = connection.execute(sa.select(schema.schema_version.c.version)).scalar_one()
            return found
