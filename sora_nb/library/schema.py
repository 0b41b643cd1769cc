"""The tables, the same in every database. Times are seconds since 1970 in UTC; JSON is text.

`jobs` is the journal: one row for each paid request, whether it made a video or a character on
some service. `characters` are the user's own; where one exists is told by its jobs. `ratings` are
the newest stars of each person, of which the last are in `jobs` too; `votes` are those of blind comparisons.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine


class Words(TypeDecorator[str]):
    """Text, in the order of its code points. Where a database has no place for a NUL, that is shown as unreadable."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        return sa.Text(collation="C") if dialect.name == "postgresql" else sa.Text()

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        told = dialect.name == "postgresql" and isinstance(value, str)
        return value.replace("\0", "\ufffd") if told else value


REAL: TypeEngine[float] = sa.REAL().with_variant(sa.Double(), "postgresql")
"""Eight bytes: PostgreSQL calls four of them REAL, which a time does not fit into."""

metadata = sa.MetaData()

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("kind", Words, nullable=False),
    sa.Column("character_id", Words, index=True),
    sa.Column("service", Words, nullable=False),
    sa.Column("dialect", Words, nullable=False),
    sa.Column("base_url", Words, nullable=False),
    sa.Column("request", Words, nullable=False),
    sa.Column("key", Words, nullable=False, unique=True),
    sa.Column("state", Words, nullable=False, index=True),
    sa.Column("remote_id", Words, index=True),
    sa.Column("task_id", Words),
    sa.Column("remote_handle", Words),
    sa.Column("raw_status", Words),
    sa.Column("progress", REAL, nullable=False, server_default="0"),
    sa.Column("error_code", Words),
    sa.Column("error", Words),
    sa.Column("created_at", REAL, nullable=False),
    sa.Column("sent_at", REAL),
    sa.Column("accepted_at", REAL),
    sa.Column("completed_at", REAL),
    sa.Column("expires_at", REAL),
    sa.Column("next_poll_at", REAL),
    sa.Column("est_cost_usd", REAL),
    sa.Column("cost_usd", REAL),
    sa.Column("simulated", sa.Integer, nullable=False, server_default="0"),
    sa.Column("file", Words),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("fps", REAL),
    sa.Column("duration_s", REAL),
    sa.Column("measures", Words, nullable=False, server_default="{}"),
    sa.Column("sweep", Words, index=True),
    sa.Column("axes", Words, nullable=False, server_default="{}"),
    sa.Column("mode", Words),
    sa.Column("findings", Words, nullable=False, server_default="[]"),
    sa.Column("rating", REAL),
    sa.Column("rated_by", Words),
    sa.Column("rated_at", REAL),
    sa.Column("owner", Words),
    sa.Column("lease_until", REAL),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sqlite_strict=True,
)

characters = sa.Table(
    "characters",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("name", Words, nullable=False),
    sa.Column("handle", Words, nullable=False, unique=True),
    sa.Column("description", Words, nullable=False),
    sa.Column("source_kind", Words, nullable=False),
    sa.Column("source", Words, nullable=False),
    sa.Column("start_ms", sa.Integer, nullable=False),
    sa.Column("end_ms", sa.Integer, nullable=False),
    sa.Column("findings", Words, nullable=False, server_default="[]"),
    sa.Column("clip", Words),
    sa.Column("poster", Words),
    sa.Column("lineage", Words),
    sa.Column("box", Words),
    sa.Column("created_at", REAL, nullable=False),
    sqlite_strict=True,
)

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("video_id", Words, primary_key=True),
    sa.Column("person", Words, primary_key=True),
    sa.Column("stars", REAL, nullable=False),
    sa.Column("at", REAL, nullable=False),
    sqlite_strict=True,
)

votes = sa.Table(
    "votes",
    metadata,
    sa.Column("session", Words, primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first", Words, nullable=False),
    sa.Column("second", Words, nullable=False),
    sa.Column("choice", Words, nullable=False),
    sa.Column("winner", Words),
    sa.Column("person", Words, nullable=False),
    sa.Column("at", REAL, nullable=False),
    sqlite_strict=True,
)

schema_version = sa.Table(
    "schema_version",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True),
    sqlite_strict=True,
)
