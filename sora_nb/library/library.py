"""One library: a folder with a database, a ledger and the files."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from sora_nb.library.database import Database
from sora_nb.library.files import Files
from sora_nb.library.journal import Journal
from sora_nb.library.ledger import Ledger
from sora_nb.library.people import People


class Library:
    """Everything that is kept: characters, jobs and files, under one folder only its owner may read."""

    def __init__(self, location: str | Path | None = None) -> None:
        address = str(location) if location is not None and "://" in str(location) else None
        self.folder = default_folder() if location is None or address else Path(location).expanduser().resolve()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.address = address or f"sqlite:///{self.folder / 'library.db'}"
        self._database = Database(self.address)
        if address is None:
            (self.folder / "library.db").chmod(0o600)
        self.jobs = Journal(self._database)
        self.characters = People(self._database)
        self.files = Files(self.folder / "files")
        self.ledger = Ledger(self.folder / "submits.jsonl")

    def close(self) -> None:
        """Let go of the database; the library itself stays."""
        self._database.close()

    def __repr__(self) -> str:
        return f"<Library {self.folder}>"


def default_folder() -> Path:
    """`SORA_NB_HOME` where it is set, else the user's data folder."""
    home = os.environ.get("SORA_NB_HOME")
    return Path(home).expanduser().resolve() if home else Path(platformdirs.user_data_dir("sora_nb", appauthor=False))
