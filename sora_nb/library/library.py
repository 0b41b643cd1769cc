"""One library: a folder with a database, a ledger and the files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs
import sqlalchemy as sa

from sora_nb.library.database import Damaged, Database
from sora_nb.library.disk import flush_folder, make_folder
from sora_nb.library.files import Files
from sora_nb.library.journal import Journal
from sora_nb.library.ledger import Ledger
from sora_nb.library.opinions import Opinions
from sora_nb.library.people import People
from sora_nb.library.place import warn_where_unsafe
from sora_nb.library.prices import FILE, read_prices
from sora_nb.library.salvage import rebuild, set_aside
from sora_nb.library.tracks import Tracks


class Library:
    """Everything that is kept: characters, jobs and files, under one folder only its owner may read.

    A database that is gone or damaged is made again from the ledger, and the damaged file is kept.
    """

    def __init__(self, location: str | Path | None = None) -> None:
        address = str(location) if location is not None and "://" in str(location) else None
        self.folder = default_folder() if location is None or address else Path(location).expanduser().resolve()
        warn_where_unsafe(self.folder)
        make_folder(self.folder)
        self.ledger = Ledger(self.folder / "submits.jsonl")
        self.address = address or f"sqlite:///{self.folder / 'library.db'}"
        self._database = Database(self.address) if address else self._open(self.folder / "library.db")
        self.jobs = Journal(self._database, self.ledger)
        self.characters = People(self._database, self.ledger)
        self.opinions = Opinions(self._database)
        self.files = Files(self.folder / "files")
        self.tracks = Tracks(self.folder / "tracks", self.files)

    def prices(self, service: str) -> Mapping[str, Any]:
        """The user's own prices of a service, from `prices.json` in the folder; empty where there are none."""
        path = self.folder / FILE
        return read_prices(path, service) if path.exists() else {}

    def close(self) -> None:
        """Let go of the database; the library itself stays."""
        self._database.close()

    def _open(self, path: Path) -> Database:
        if not path.exists():
            flush_folder(self.folder.parent)
        try:
            return Database(self.address, self._retell)
        except Damaged as damage:
            set_aside(path, str(damage))
            return Database(self.address, self._retell)

    def _retell(self, connection: sa.Connection) -> None:
        rebuild(connection, self.ledger.read())

    def __repr__(self) -> str:
        return f"<Library {self.folder}>"


def default_folder() -> Path:
    """`SORA_NB_HOME` where it is set, else the user's data folder."""
    home = os.environ.get("SORA_NB_HOME")
    return Path(home).expanduser().resolve() if home else Path(platformdirs.user_data_dir("sora_nb", appauthor=False))
