"""The steps that take an older library's tables to those of today, each in one transaction."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa


def _to_2(connection: sa.Connection) -> None:
    connection.execute(sa.text(f"ALTER TABLE jobs ADD COLUMN next_poll_at {_real(connection)}"))


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
    real = _real(connection)
    connection.execute(sa.text("ALTER TABLE jobs ADD COLUMN rated_by TEXT"))
    connection.execute(sa.text(f"ALTER TABLE jobs ADD COLUMN rated_at {real}"))
    strict = " STRICT" if connection.dialect.name == "sqlite" else ""
    rating = f"video_id TEXT NOT NULL, person TEXT NOT NULL, stars {real} NOT NULL, at {real} NOT NULL"
    connection.execute(sa.text(f"CREATE TABLE ratings ({rating}, PRIMARY KEY (video_id, person)){strict}"))
    vote = "session TEXT NOT NULL, round INTEGER NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, "
    vote += f"choice TEXT NOT NULL, winner TEXT, person TEXT NOT NULL, at {real} NOT NULL"
    connection.execute(sa.text(f"CREATE TABLE votes ({vote}, PRIMARY KEY (session, round)){strict}"))


def _to_7(connection: sa.Connection) -> None:
    """PostgreSQL's REAL has seven digits, which is minutes of a time and cents of a large sum; its texts had an order
    of their own.
    """
    if connection.dialect.name == "sqlite":
        return
    look = sa.inspect(connection)
    for table in look.get_table_names():
        for column in look.get_columns(table):
            name, kind = column["name"], column["type"]
            if isinstance(kind, sa.REAL):
                told = f'ALTER TABLE {table} ALTER COLUMN "{name}" TYPE DOUBLE PRECISION'
            elif isinstance(kind, sa.TEXT) and kind.collation is None:
                told = f'ALTER TABLE {table} ALTER COLUMN "{name}" TYPE TEXT COLLATE "C"'
            else:
                continue
            connection.execute(sa.text(told))


MIGRATIONS: list[Callable[[sa.Connection], None]] = [_to_2, _to_3, _to_4, _to_5, _to_6, _to_7]
"""Each takes a library one version further. Version n+1 is `MIGRATIONS[n-1]`."""


def _real(connection: sa.Connection) -> str:
    """What eight bytes of a number are called."""
    return "REAL" if connection.dialect.name == "sqlite" else "DOUBLE PRECISION"
