"""The library made again from its ledger, after the database was lost or damaged.

The ledger tells each paid request whole, so no id that was paid for is lost with the database. What
it does not tell is gone: ratings, measures, the names of sweeps, and requests that were never sent.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sora_nb.library import journal, people
from sora_nb.library.disk import flush_folder
from sora_nb.library.jobrow import JobRow
from sora_nb.library.people import CharacterRow

JOB_FACTS = frozenset(field.name for field in fields(JobRow))
CHARACTER_FACTS = frozenset(field.name for field in fields(CharacterRow))


def set_aside(database: Path, why: str) -> Path:
    """Move a damaged database, with what SQLite left beside it, out of the way; nothing is deleted."""
    aside = database.with_name(f"{database.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}{database.suffix}")
    for ending in ("-journal", "-wal", "-shm", ""):
        part = database.with_name(database.name + ending)
        if part.exists():
            part.replace(aside.with_name(aside.name + ending))
    flush_folder(database.parent)
    warnings.warn(
        f"{why} It was moved to {aside.name}, and every job that was sent is known again from submits.jsonl. "
        "Call resume() to go on; ratings and measures are lost.",
        stacklevel=4,
    )
    return aside


def rebuild(connection: sa.Connection, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write what a ledger tells into empty tables."""
    rows, cast = retell(entries)
    for character in cast:
        try:
            with connection.begin_nested():
                people.put(connection, character)
        except (sa.exc.SQLAlchemyError, UnicodeEncodeError) as error:
            # All others are worth more than one that no table can hold.
            warnings.warn(f"The character {character.name!a} could not be made again: {error!a:.200}", stacklevel=2)
    for row in rows:
        journal.put(connection, row)


def retell(entries: Iterable[Mapping[str, Any]]) -> tuple[list[JobRow], list[CharacterRow]]:
    """The jobs that were sent and the characters, each as the last line about it leaves it."""
    rows: dict[str, JobRow] = {}
    cast: dict[str, CharacterRow] = {}
    for entry in entries:
        if entry["event"] == "character":
            character = _known(entry["character"], CHARACTER_FACTS)
            box = tuple(character["box"]) if character.get("box") else None
            told = {**character, "findings": tuple(character["findings"]), "box": box}
            cast[character["id"]] = CharacterRow(**told)
        elif "job" in entry:
            job = _known(entry["job"], JOB_FACTS)
            row = JobRow(**{**job, "findings": tuple(job.get("findings", ()))})
            before = rows.get(row.id)
            # A kernel that had lost the job may have said late that it was about to send it; an id is not forgotten.
            if before is None or before.key != row.key or before.remote_id is None:
                rows[row.id] = row
        elif (known := rows.get(entry["intent"])) is not None:
            rows[known.id] = replace(known, **_known(entry["facts"], JOB_FACTS))
    return list(rows.values()), list(cast.values())


def _known(facts: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    # A newer sora_nb may have written facts that this one has no place for.
    return {name: value for name, value in facts.items() if name in names}
