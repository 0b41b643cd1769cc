"""Opening the database so that what it acknowledged is on disk.

SQLite runs with a rollback journal and `synchronous=EXTRA`: write-ahead logging is unsafe on the
network file systems where notebook homes live, and before 3.51.3 even on a local one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from sora_nb.errors import LibraryError
from sora_nb.library import schema


def _to_2(connection: sa.Connection) -> None:
    connection.execute(sa.text("ALTER TABLE jobs ADD COLUMN next_poll_at REAL"))


MIGRATIONS: list[Callable[[sa.Connection], None]] = [_to_2]
"""Each takes a library one version further, in one transaction. Version n+1 is `MIGRATIONS[n-1]`."""


class Database:
    """One library's tables, with reading and writing transactions."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = sa.create_engine(url)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _configure_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        self._prepare()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that is durable when the block is left."""
        with self._errors("written"), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A consistent view, which writes nothing and locks out no one."""
        with self._errors("read"), self._engine.connect() as connection:
            yield connection.execution_options(sora_begin="BEGIN")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _errors(self, verb: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or type(error).__name__
            # The statement's values may hold a prompt, so only the driver's own words are passed on.
            raise LibraryError(f"The library at {self._engine.url.database} could not be {verb}: {cause}.") from None

    def _prepare(self) -> None:
        newest = 1 + len(MIGRATIONS)
        with self.write() as connection:
            if not sa.inspect(connection).has_table("schema_version"):
                schema.metadata.create_all(connection)
                connection.execute(sa.insert(schema.schema_version).values(version=newest))
                return
            found = connection.execute(sa.select(schema.schema_version.c.version)).scalar_one()
        if found > newest:
            raise LibraryError(
                f"The library at {self._engine.url.database} was written by a newer sora_nb (version {found} of "
                f"its tables; this one knows {newest}). Update sora_nb, or choose another with library=."
            )
        for version in range(found, newest):
            with self.write() as connection:
                MIGRATIONS[version - 1](connection)
                connection.execute(sa.update(schema.schema_version).values(version=version + 1))


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
    connection.exec_driver_sql(connection.get_execution_options().get("sora_begin", "BEGIN IMMEDIATE"))
