"""One library: its tables in a database, a ledger, and a folder with the files."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs
import sqlalchemy as sa

from sora_nb.errors import ConfigError
from sora_nb.library.database import Database
from sora_nb.library.disk import flush_folder, make_folder
from sora_nb.library.files import Files
from sora_nb.library.journal import Journal
from sora_nb.library.kinds import Damaged
from sora_nb.library.ledger import Ledger
from sora_nb.library.opinions import Opinions
from sora_nb.library.people import People
from sora_nb.library.place import warn_where_unsafe
from sora_nb.library.postgres import Postgres
from sora_nb.library.prices import FILE, read_prices
from sora_nb.library.salvage import rebuild, set_aside
from sora_nb.library.sqlite import Sqlite
from sora_nb.library.tracks import Tracks


class Library:
    """Everything that is kept: characters, jobs and files. The folder is one that only its owner may read.

    *location* is a folder with all of it, or the address of a PostgreSQL database that others share. The files are
    in *folder* then, by default the user's own: who is to play what another machine made names one that both see.

    A database of a folder's own that is gone or damaged is made again from the ledger, and the damaged file is kept.
    """

    def __init__(self, location: str | Path | None = None, folder: str | Path | None = None) -> None:
        address = str(location) if location is not None and "://" in str(location) else None
        if address is None and location is not None and folder is not None:
            raise ConfigError(f"The library {location} is a folder and keeps its files itself. Leave folder= out.")
        named = folder if address or location is None else location
        self.folder = default_folder() if named is None else Path(named).expanduser().resolve()
        if address is None:
            warn_where_unsafe(self.folder)
        make_folder(self.folder)
        self.ledger = Ledger(self.folder / "submits.jsonl")
        if address is None:
            self._database = self._open(self.folder / "library.db")
        else:
            server = Postgres(address)
            host = re.sub(r"[^\w.-]", "-", socket.gethostname())
            self.ledger = Ledger(self.folder / f"submits-{server.mark}-{host}.jsonl", f"submits-{server.mark}-*.jsonl")
            self._database = Database(server)
        self.jobs = Journal(self._database, self.ledger)
        self.characters = People(self._database, self.ledger)
        self.opinions = Opinions(self._database)
        self.files = Files(self.folder / "files")
        self.tracks = Tracks(self.folder / "tracks", self.files)

    @property
    def name(self) -> str:
        """Where its tables are, without a password."""
        return self._database.name

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
            return Database(Sqlite(path), self._retell)
        except Damaged as damage:
            set_aside(path, str(damage))
            return Database(Sqlite(path), self._retell)

    def _retell(self, connection: sa.Connection) -> None:
        rebuild(connection, self.ledger.read())

    def __repr__(self) -> str:
        tables = "" if Path(self.name).parent == self.folder else f"{self.name}, files in "
        return f"<Library {tables}{self.folder}>"


def default_folder() -> Path:
    """`SORA_NB_HOME` where it is set, else the user's data folder."""
    home = os.environ.get("SORA_NB_HOME")
    return Path(home).expanduser().resolve() if home else Path(platformdirs.user_data_dir("sora_nb", appauthor=False))
