"""The tables. Times are seconds since 1970 in UTC; JSON is text.

`jobs` is the journal: one row for each paid request, whether it made a video or a character on
some service. `characters` are the user's own; where one exists is told by its jobs. `ratings` are
the newest stars of each person, of which the last are in `jobs` too; `votes` are those of blind comparisons.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("character_id", sa.Text, index=True),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("dialect", sa.Text, nullable=False),
    sa.Column("base_url", sa.Text, nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("remote_id", sa.Text, index=True),
    sa.Column("task_id", sa.Text),
    sa.Column("remote_handle", sa.Text),
    sa.Column("raw_status", sa.Text),
    sa.Column("progress", sa.REAL, nullable=False, server_default="0"),
    sa.Column("error_code", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("created_at", sa.REAL, nullable=False),
    sa.Column("sent_at", sa.REAL),
    sa.Column("accepted_at", sa.REAL),
    sa.Column("completed_at", sa.REAL),
    sa.Column("expires_at", sa.REAL),
    sa.Column("next_poll_at", sa.REAL),
    sa.Column("est_cost_usd", sa.REAL),
    sa.Column("cost_usd", sa.REAL),
    sa.Column("simulated", sa.Integer, nullable=False, server_default="0"),
    sa.Column("file", sa.Text),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("fps", sa.REAL),
    sa.Column("duration_s", sa.REAL),
    sa.Column("measures", sa.Text, nullable=False, server_default="{}"),
    sa.Column("sweep", sa.Text, index=True),
    sa.Column("axes", sa.Text, nullable=False, server_default="{}"),
    sa.Column("mode", sa.Text),
    sa.Column("findings", sa.Text, nullable=False, server_default="[]"),
    sa.Column("rating", sa.REAL),
    sa.Column("rated_by", sa.Text),
    sa.Column("rated_at", sa.REAL),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", sa.REAL),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sqlite_strict=True,
)

characters = sa.Table(
    "characters",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("handle", sa.Text, nullable=False, unique=True),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("source_kind", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("start_ms", sa.Integer, nullable=False),
    sa.Column("end_ms", sa.Integer, nullable=False),
    sa.Column("findings", sa.Text, nullable=False, server_default="[]"),
    sa.Column("clip", sa.Text),
    sa.Column("poster", sa.Text),
    sa.Column("lineage", sa.Text),
    sa.Column("box", sa.Text),
    sa.Column("created_at", sa.REAL, nullable=False),
    sqlite_strict=True,
)

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("video_id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("stars", sa.REAL, nullable=False),
    sa.Column("at", sa.REAL, nullable=False),
    sqlite_strict=True,
)

votes = sa.Table(
    "votes",
    metadata,
    sa.Column("session", sa.Text, primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("first", sa.Text, nullable=False),
    sa.Column("second", sa.Text, nullable=False),
    sa.Column("choice", sa.Text, nullable=False),
    sa.Column("winner", sa.Text),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("at", sa.REAL, nullable=False),
    sqlite_strict=True,
)

schema_version = sa.Table(
    "schema_version",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True),
    sqlite_strict=True,
)
