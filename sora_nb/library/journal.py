"""The journal of paid jobs: what is committed, in which order, and who may write it.

`INTENT -> SENDING -> ACCEPTED -> RUNNING -> READY -> FETCHING -> STORED`; each step is on disk
before the next begins. SENDING is there before the first byte leaves, and the service's id before
anyone sees it. A job has one writer: whoever holds its lease, told apart by the fencing number.

What touches money is written to the ledger first, whole enough to make the row again from there.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from sora_nb.errors import LibraryError
from sora_nb.library.database import Database
from sora_nb.library.jobrow import UNFINISHED, JobRow, State, columns_of, row_of, values_of
from sora_nb.library.ledger import Ledger
from sora_nb.library.schema import jobs

LEDGER_EVENTS: Mapping[State, str] = {
    "INTENT": "intent",
    "SENDING": "send",
    "ACCEPTED": "accepted",
    "REJECTED": "refused",
    "FAILED": "failed",
    "STORED": "stored",
}
"""The steps that are told to the ledger, and what they are called there."""

LEASE_SECONDS = 30.0


class LeaseLost(LibraryError):
    """Another kernel has taken the job over; what was about to be written is not written."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The money of one job."""

    id: str
    state: State
    est_cost_usd: float | None
    cost_usd: float | None


Change = tuple[JobRow, Mapping[str, Any]]
"""A job as its writer knows it, and new facts about it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What keeps a job from being asked for."""

    name: str
    """Whose it is: nobody else under the same name is answered meanwhile."""
    allows: Callable[[], bool]


class Withheld(LibraryError):
    """A limit did not allow the job, so it was not asked for."""


class Journal:
    """The jobs of one library."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def intend(
        self, row: JobRow, limit: Limit | None = None, *, owner: str | None = None, now: float = 0.0
    ) -> tuple[JobRow, bool]:
        """Commit the intent, or find the job that an equal one made. True where there is something to send.

        With *owner* it is claimed as well then, which saves a write. *now* is as `claim` has it.
        Raises `Withheld` where there is, and the *limit* does not allow it.
        """
        with self._database.write(*([limit.name] if limit else []), row.id) as connection:
            found = connection.execute(sa.select(jobs).where(jobs.c.id == row.id)).mappings().first()
            known = None if found is None else row_of(found)
            if known is not None and not known.open_again:
                return known, False
            if limit is not None and not limit.allows():
                raise Withheld(f"{row.id} was not asked for: {limit.name} leaves no room for it.")
            if known is None:
                put(connection, row)
                return self._leased(connection, row, owner, now), True
            # It was refused or stopped and nothing was spent, so asking again, maybe with a better key, is asking anew.
            again = replace(
                known,
                state="INTENT",
                key=row.key,
                mode=row.mode,
                findings=row.findings,
                completed_at=None,
                error_code=None,
                error=None,
            )
            anew = ("state", "key", "mode", "findings", "completed_at", "error_code", "error")
            connection.execute(sa.update(jobs).where(jobs.c.id == row.id).values(values_of(again, anew)))
            return self._leased(connection, again, owner, now), True

    def _leased(self, connection: sa.Connection, row: JobRow, owner: str | None, now: float) -> JobRow:
        if owner is None:
            return row
        until = self._database.clock(now) + LEASE_SECONDS
        # Not by what was read: another kernel may have claimed it meanwhile, and no two may have the same number.
        lease = {"owner": owner, "lease_until": until, "fence": jobs.c.fence + 1}
        taking = sa.update(jobs).where(jobs.c.id == row.id).values(lease).returning(jobs)
        return row_of(connection.execute(taking).mappings().one())

    def advance(self, row: JobRow, **facts: Any) -> JobRow:
        """Commit new facts about *row* and return it with them. `LeaseLost` where it is no longer ours."""
        (came,) = self.advance_all([(row, facts)])
        if isinstance(came, LibraryError):
            raise came
        return came

    def advance_all(self, changes: Sequence[Change]) -> list[JobRow | LibraryError]:
        """Commit new facts about several jobs at once: of each its row with them, or why they are not written.

        A disk takes as long to flush one as to flush thirty. Raises `LibraryError` where none was written.
        """
        changed = [replace(row, **facts) for row, facts in changes]
        came: list[JobRow | LibraryError] = [*changed]
        self._tell_ledger(changes, came)
        with self._database.write() as connection:
            # In one order everywhere, so that two kernels never wait for each other.
            for place in sorted(range(len(changes)), key=lambda place: changes[place][0].id):
                row, facts = changes[place]
                if isinstance(came[place], LibraryError):
                    continue
                values = {f"to_{name}": value for name, value in values_of(changed[place], facts).items()}
                told = {"its_id": row.id, "its_fence": row.fence, **values}
                if connection.execute(_update_of(frozenset(facts)), told).rowcount == 1:
                    continue
                if changed[place].state == "ACCEPTED":
                    _leave_id(connection, changed[place])
                came[place] = LeaseLost(f"Another kernel has taken over {row.id}; it goes on there.")
        return came

    def _tell_ledger(self, changes: Sequence[Change], came: list[JobRow | LibraryError]) -> None:
        """Tell the ledger of the steps in *changes*; one that may not be taken without it is refused in *came*."""
        notes, sends = [], {}
        for place, (before, facts) in enumerate(changes):
            row = replace(before, **facts)
            event = LEDGER_EVENTS.get(row.state) if row.state != before.state else None
            told = {"event": event, "intent": row.id, "key": row.key, "facts": dict(facts)}
            if event is not None and row.state == "SENDING":
                sends[place] = {**told, "at": row.sent_at, "job": asdict(replace(row, **_NO_LEASE))}
            elif event is not None:
                notes.append({**told, "at": row.accepted_at, "id": row.remote_id})
        # It has happened already, so the journal is to know it even where the ledger cannot be written now.
        self._ledger.note_all(notes)
        try:
            if sends:
                self._ledger.append_all(sends.values())
        except LibraryError as error:
            came[:] = [error if place in sends else one for place, one in enumerate(came)]

    def claim(self, job_id: str, owner: str, now: float, alive: Callable[[str], bool]) -> JobRow | None:
        """Become the one writer of the job, or None where someone who is still *alive* is.

        Leases run out by the database's own clock where it has one, else by *now*, which is this machine's.
        """
        clock = self._database.clock(now)
        with self._database.write() as connection:
            while True:
                asked = sa.select(jobs.c.owner, jobs.c.lease_until, jobs.c.fence, clock).where(jobs.c.id == job_id)
                found = connection.execute(asked).first()
                if found is None:
                    raise LibraryError(f"The library has no job {job_id}.")
                holder, until, fence, at = found
                if holder not in (None, owner) and (until or 0) > at and alive(holder):
                    return None
                # Only as it was just seen: whoever claims it or beats meanwhile is looked at again.
                seen = (jobs.c.fence == fence) & jobs.c.lease_until.is_not_distinct_from(until)
                lease = {"owner": owner, "lease_until": clock + LEASE_SECONDS, "fence": fence + 1}
                taking = sa.update(jobs).where((jobs.c.id == job_id) & seen).values(lease).returning(jobs)
                row = connection.execute(taking).mappings().first()
                if row is not None:
                    return row_of(row)

    def renew(self, owner: str, now: float) -> None:
        """Keep every lease of *owner* for another while."""
        with self._database.write() as connection:
            mine = (jobs.c.owner == owner) & jobs.c.state.in_(UNFINISHED)
            until = self._database.clock(now) + LEASE_SECONDS
            connection.execute(sa.update(jobs).where(mine).values(lease_until=until))

    def annotate(self, job_id: str, **facts: Any) -> JobRow:
        """Facts about a job that no lease guards, such as `rating`, `sweep` and what was measured later."""
        with self._database.write() as connection:
            connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(columns_of(facts)))
        return self.get(job_id)

    def get(self, job_id: str) -> JobRow:
        """The job with our id; `LibraryError` where there is none."""
        rows = self.select(jobs.c.id == job_id)
        if not rows:
            raise LibraryError(f"The library has no job {job_id}.")
        return rows[0]

    def find(self, job_id: str) -> JobRow | None:
        """The job with our id, or the newest that a service knows under it; None where there is neither."""
        rows = self.select((jobs.c.id == job_id) | (jobs.c.remote_id == job_id))
        return max(rows, key=lambda row: row.id == job_id, default=None) if rows else None

    def unfinished(self) -> list[JobRow]:
        """Every job with something left to do, the one that expires first in front."""
        rows = self.select(jobs.c.state.in_(UNFINISHED))
        return sorted(rows, key=lambda row: (row.expires_at or float("inf"), row.created_at))

    def videos(self, *, sweep: str | None = None) -> list[JobRow]:
        """Every generation, the oldest first, or those of one sweep."""
        where = jobs.c.kind == "video"
        return self.select(where if sweep is None else where & (jobs.c.sweep == sweep))

    def those(self, ids: Iterable[str]) -> dict[str, JobRow]:
        """Those of the jobs *ids* that there are, by id."""
        return {row.id: row for some in _shares(ids) for row in self.select(jobs.c.id.in_(some))}

    def columns(self, names: Sequence[str], ids: Sequence[str] | None = None) -> Sequence[Sequence[Any]]:
        """The named columns as they are stored, of every generation, the oldest first, or of *ids* in their order.

        A row for each job would take longer to make than to read. JSON is text. `LibraryError` for an id there is not.
        """
        chosen = [jobs.c[name] for name in ("id", *names)]
        with self._database.read() as connection:
            if ids is None:
                order = (jobs.c.created_at, jobs.c.id)
                every = sa.select(*chosen[1:]).where(jobs.c.kind == "video").order_by(*order)
                return connection.execute(every).fetchall()
            rows = {
                row[0]: row[1:]
                for some in _shares(dict.fromkeys(ids))
                for row in connection.execute(sa.select(*chosen).where(jobs.c.id.in_(some)))
            }
        if missing := [id_ for id_ in ids if id_ not in rows]:
            raise LibraryError(f"The library has no job {missing[0]}.")
        return [rows[id_] for id_ in ids]

    def costs(self, ids: Iterable[str], *, sweep: str | None = None) -> list[Cost]:
        """The money of the jobs *ids*, of those that there are, and of all others of a *sweep*."""
        columns = (jobs.c.id, jobs.c.state, jobs.c.est_cost_usd, jobs.c.cost_usd)
        where: list[sa.ColumnElement[bool]] = [jobs.c.id.in_(some) for some in _shares(ids)]
        where += [] if sweep is None else [jobs.c.sweep == sweep]
        with self._database.read() as connection:
            found = [Cost(*row) for one in where for row in connection.execute(sa.select(*columns).where(one))]
        return list({cost.id: cost for cost in found}.values())

    def projections(self, character_id: str | None = None) -> list[JobRow]:
        """Where characters exist, or where one does."""
        where = jobs.c.kind == "character"
        return self.select(where if character_id is None else where & (jobs.c.character_id == character_id))

    def select(self, where: sa.ColumnElement[bool]) -> list[JobRow]:
        with self._database.read() as connection:
            found = connection.execute(sa.select(jobs).where(where).order_by(jobs.c.created_at, jobs.c.id))
            return [row_of(row) for row in found.mappings()]


def _shares(ids: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The ids in parts that fit into one statement: SQLite takes 999 values in older builds."""
    left = iter(ids)
    while some := tuple(itertools.islice(left, 500)):
        yield some


_NO_LEASE: Mapping[str, Any] = {"owner": None, "lease_until": None, "fence": 0}


def _leave_id(connection: sa.Connection, row: JobRow) -> None:
    """Give an id that came late to whoever has taken the job over, where it knows none: it was paid for."""
    open_ = ("SENDING", "RECONCILING", "UNKNOWN", "NOT_FOUND", "AMBIGUOUS")
    theirs = (jobs.c.id == row.id) & (jobs.c.key == row.key) & jobs.c.remote_id.is_(None) & jobs.c.state.in_(open_)
    facts = {"state": row.state, "remote_id": row.remote_id, "accepted_at": row.accepted_at}
    told = {"error_code": None, "error": None, "fence": jobs.c.fence + 1}
    connection.execute(sa.update(jobs).where(theirs).values(**facts, **told))


def put(connection: sa.Connection, row: JobRow) -> None:
    """Write a new row."""
    connection.execute(sa.insert(jobs).values(values_of(row)))


@functools.cache
def _update_of(names: frozenset[str]) -> sa.Update:
    """Writes these facts of a job that is ours. Made once, since to make it takes longer than to carry it out."""
    mine = (jobs.c.id == sa.bindparam("its_id")) & (jobs.c.fence == sa.bindparam("its_fence"))
    return sa.update(jobs).where(mine).values({name: sa.bindparam(f"to_{name}") for name in sorted(names)})
