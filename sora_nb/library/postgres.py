"""PostgreSQL: one library for many kernels, people and machines.

Where SQLite lets one kernel write at a time, here each takes its turn at what it is about to change (an advisory
lock to the end of the transaction, https://www.postgresql.org/docs/current/explicit-locking.html), and all the
others go on. Leases run out by the server's clock, since no two machines agree on the time.
"""

from __future__ import annotations

import hashlib
import time
import warnings
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from sora_nb.errors import ConfigError, LibraryError
from sora_nb.library.interrupts import kept_back, wanted
from sora_nb.library.kinds import BUSY, BUSY_SECONDS, SLICE_SECONDS, Kind, Refusal

SCHEMES = frozenset({"postgres", "postgresql", "postgresql+psycopg"})

CONNECT_SECONDS = 5
"""A server that says nothing for so long is taken to be away."""

REST = 2.0
"""Whoever waited in vain for a server does not try again for so many times that wait: others share the thread."""

FIRST_PAUSE = 0.002

CONNECTION: Mapping[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    # A connection that a cable or a sleeping laptop has cut is noticed within about ten seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "client_encoding": "utf8",
    "application_name": "sora_nb",
    # A plan that is kept at the server breaks where another kernel changes the tables, and behind some poolers.
    "prepare_threshold": None,
}
"""What a connection is opened with, where the address does not say otherwise; names are libpq's and psycopg's."""

SETTINGS = f"""
SET lock_timeout = '{BUSY_SECONDS:.0f}s';
SET idle_in_transaction_session_timeout = '30s';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
"""
"""For each session: nobody waits for ever for a kernel that was put to sleep, and what is committed is on disk."""

RESUME = "Call resume() when it is back"
SERVER = f"Is it running, and may this machine reach it? {RESUME}"
WAYS_IN = "Give the password in ~/.pgpass, in PGPASSWORD, or in the address, where it is kept to itself"

STEPS: Mapping[str, str] = {
    "25006": "It is a copy that takes no writes. Name the primary server",
    "3D000": "Make it first: createdb",
    "42501": "Ask whoever runs the server for the right to write there",
    "42P01": "Its tables are gone. Put them back from a backup, or make a Studio anew to begin with none",
    "53100": f"Make room on the server's disk. {RESUME}",
    "55P03": BUSY,
}
"""What to do about a refusal, by the codes of https://www.postgresql.org/docs/current/errcodes-appendix.html."""

AWAY = ("08", "57P", "53300", "40")
"""Beginnings of codes that say: not now, perhaps later. Of two that wait for each other the server stops one (40)."""


class Postgres(Kind):
    """The database at one address of a server.

    Raises `ConfigError` for an address that cannot be read, and where the driver is missing.
    """

    here = False

    def __init__(self, address: str) -> None:
        url = _read(address)
        self._without_secrets = _hiding(str(one) for one in (url.password, url.query.get("sslpassword")) if one)
        shown = url.set(drivername="postgresql", password=None).difference_update_query(["sslpassword"])
        self.name = shown.render_as_string()
        # Whoever asks for it, it is the same one.
        self.mark = hashlib.sha256(shown.set(username=None).render_as_string().encode()).hexdigest()[:12]
        given = {name: value for name, value in CONNECTION.items() if name not in url.query}
        try:
            with kept_back():
                self.engine = sa.create_engine(
                    url,
                    connect_args=given,
                    isolation_level="READ COMMITTED",
                    pool_pre_ping=True,
                    pool_size=3,
                    use_native_hstore=False,
                )
                event.listen(self.engine, "do_connect", self._connect)
                event.listen(self.engine, "connect", _configure)
                self._reader = self.engine.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
        except ImportError:
            raise ConfigError(
                f'A library at {self.name} needs the driver of PostgreSQL: pip install "sora-nb[postgres]".'
            ) from None
        self._away: tuple[float, Exception] | None = None

    def identity(self) -> Hashable:
        return self.name

    def inspect(self, connection: sa.Connection) -> None:
        told = sa.text("SELECT current_setting('server_encoding'), current_setting('fsync')")
        encoding, fsync = connection.execute(told).one()
        if encoding != "UTF8":
            raise LibraryError(
                f"The database {self.name} is kept in {encoding}, which does not have every letter. Make one with "
                "createdb --encoding=UTF8 --template=template0."
            )
        if fsync != "on":
            warnings.warn(
                f"The server of {self.name} runs with fsync = {fsync}: what it says is kept may be gone after a power "
                "cut, ids of paid jobs among it. Ask whoever runs it to turn it on.",
                stacklevel=2,
            )

    def reading(self) -> sa.Engine:
        return self._reader

    def take_turn(self, connection: sa.Connection, turn: str) -> None:
        # Two libraries may be in one database, each in a schema of its own.
        key = sa.func.hashtextextended(sa.func.current_schema() + sa.literal(f"/{turn}"), 0)
        take = sa.select(sa.func.pg_try_advisory_xact_lock(key))
        latest, pause = time.monotonic() + BUSY_SECONDS, FIRST_PAUSE
        # Whoever waits in the driver hears no interrupt, so it is asked again and again.
        while not connection.execute(take).scalar_one():
            if wanted() or time.monotonic() >= latest:
                raise LibraryError(f"The library at {self.name} could not be written: it is not our turn. {BUSY}.")
            time.sleep(pause)
            pause = min(2 * pause, SLICE_SECONDS)

    def clock(self, now: float) -> sa.ColumnElement[float]:
        return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Double)

    def refusal(self, cause: BaseException) -> Refusal | None:
        if not hasattr(cause, "sqlstate"):
            return None
        code = getattr(cause, "sqlstate", None) or ""
        # Its detail tells values, and one of them may be a prompt; of a failed connection there is only the text.
        primary = getattr(getattr(cause, "diag", None), "message_primary", None)
        words = self._without_secrets(" ".join(str(primary or cause).split()))
        if not code:
            step = WAYS_IN if "password" in words or "authentication" in words else SERVER
            step = STEPS["3D000"] if words.endswith("does not exist") else step
            return Refusal(words, step, away=step == SERVER)
        return Refusal(words, STEPS.get(code, RESUME if code.startswith(AWAY) else ""), away=code.startswith(AWAY))

    def _connect(self, dialect: sa.Dialect, _record: Any, given: Any, named: Any) -> Any:
        """A new connection, or the last failure once more where that took long and was just now."""
        if self._away is not None and time.monotonic() < self._away[0]:
            raise self._away[1]
        began = time.monotonic()
        try:
            connection = dialect.connect(*given, **named)
        except Exception as error:
            ended = time.monotonic()
            self._away = (ended + REST * (ended - began), error.with_traceback(None))
            raise
        self._away = None
        return connection


def _read(address: str) -> sa.URL:
    """An address as people write it. What cannot be read is not repeated: a part of it is a password."""
    example = "postgresql+psycopg://user@server/database"
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigError(f"The library's address cannot be read. It looks like {example}.") from None
    if url.drivername not in SCHEMES:
        raise ConfigError(f"A library is a folder, or in PostgreSQL: {example}. {url.drivername}:// is not known here.")
    if "@" in (url.host or ""):
        raise ConfigError("The library's address has two @. One that belongs to the password is written %40.")
    if not url.database:
        raise ConfigError(f"The library's address names no database. It looks like {example}.")
    if (password := url.query.get("password")) is not None:
        url = url.difference_update_query(["password"]).set(password=str(password))
    return url.set(drivername="postgresql+psycopg")


def _hiding(secrets: Iterable[str]) -> Callable[[str], str]:
    """What takes secrets out of a text. It is a function, so that nothing that is printed holds them."""
    kept = tuple(secrets)

    def hide(words: str) -> str:
        for secret in kept:
            words = words.replace(secret, "***")
        return words

    return hide


def _configure(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    connection.execute(SETTINGS)
    connection.autocommit = False
