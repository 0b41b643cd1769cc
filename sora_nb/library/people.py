"""The user's characters: named, described, cut out of a video, and kept here whatever a service does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

import sqlalchemy as sa

from sora_nb.errors import LibraryError
from sora_nb.library.database import Database
from sora_nb.library.ledger import Ledger
from sora_nb.library.schema import characters


@dataclass(frozen=True, slots=True)
class CharacterRow:
    """One character as the library holds it."""

    id: str
    name: str
    handle: str
    description: str
    source_kind: Literal["url", "task", "file", "bundle"]
    source: str
    """A URL without its query, a job's id, a file's path, or what a bundle says it was."""
    start_ms: int
    end_ms: int
    created_at: float
    findings: tuple[str, ...] = ()
    clip: str | None = None
    """The cut clip's name in the library's files."""
    poster: str | None = None
    lineage: Mapping[str, Any] | None = None
    """Where a bundle says the character comes from; None for one that was made here."""
    box: tuple[float, ...] | None = None
    """Who in the clip it is: left, top, width and height in shares of the picture, and the second of the clip at which
    that was drawn; None where nobody said."""


class People:
    """The characters of one library."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def add(self, row: CharacterRow) -> CharacterRow:
        """Keep a new character, under a handle no other has, or find the one that an equal request made."""
        with self._database.write("handles") as connection:
            found = connection.execute(sa.select(characters).where(characters.c.id == row.id)).mappings().first()
            if found is not None:
                return _row(found)
            taken = set(connection.execute(sa.select(characters.c.handle)).scalars())
            handle, number = row.handle, 2
            while handle in taken:
                handle, number = f"{row.handle}_{number}", number + 1
            row = replace(row, handle=handle)
            put(connection, row)
            # After it, so that the ledger tells of nothing that no table can hold; before it is committed.
            self._ledger.append(event="character", character=asdict(row))
            return row

    def update(self, character_id: str, **facts: Any) -> CharacterRow:
        """Commit new facts, such as the clip once it is cut."""
        row = replace(self.get(character_id), **facts)
        values = {name: value for name, value in _values(row).items() if name in facts}
        self._ledger.note(event="character", character=asdict(row))
        with self._database.write() as connection:
            connection.execute(sa.update(characters).where(characters.c.id == character_id).values(values))
        return row

    def get(self, character_id: str) -> CharacterRow:
        """The character with our id; `LibraryError` where there is none."""
        rows = [row for row in self.all() if row.id == character_id]
        if not rows:
            raise LibraryError(f"The library has no character {character_id}.")
        return rows[0]

    def all(self) -> list[CharacterRow]:
        """Every character, the oldest first."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(characters).order_by(characters.c.created_at, characters.c.id))
            return [_row(row) for row in found.mappings()]


_NAMES = tuple(f.name for f in fields(CharacterRow))


def put(connection: sa.Connection, row: CharacterRow) -> None:
    """Write a new row."""
    connection.execute(sa.insert(characters).values(_values(row)))


def _values(row: CharacterRow) -> dict[str, Any]:
    lineage = None if row.lineage is None else json.dumps(row.lineage, sort_keys=True)
    box = None if row.box is None else json.dumps(row.box)
    return {**asdict(row), "findings": json.dumps(row.findings), "lineage": lineage, "box": box}


def _row(found: sa.RowMapping) -> CharacterRow:
    values = {name: found[name] for name in _NAMES}
    values["findings"] = tuple(json.loads(values["findings"]))
    values["lineage"] = json.loads(values["lineage"]) if values["lineage"] else None
    values["box"] = tuple(json.loads(values["box"])) if values["box"] else None
    return CharacterRow(**values)
