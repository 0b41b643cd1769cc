"""Files by content: written beside, hashed, flushed, renamed. A name is never there half.

A file's name is the hash of its content, so the same video is kept once and no prompt or header
can choose a path.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from sora_nb.errors import LibraryError
from sora_nb.library.disk import flush, flush_folder, in_words, make_folder

STALE_SECONDS = 24 * 3600.0


class Files:
    """The files of one library."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._text = str(folder)
        self._incoming = folder / "incoming"
        make_folder(self._incoming)
        self._sweep()

    def path(self, name: str) -> Path:
        """Where the file called *name* lies."""
        return self.folder / name[:2] / name

    def text(self, name: str) -> str:
        """The same as text: a table of 100,000 takes has no time for paths."""
        return f"{self._text}{os.sep}{name[:2]}{os.sep}{name}"

    def incoming(self, suffix: str) -> Path:
        """A name no one else has, to write a file under before it is kept."""
        return self._incoming / f"{secrets.token_hex(12)}.part{suffix}"

    def keep(self, part: Path, suffix: str, sha256: str | None = None) -> str:
        """Make *part* a file of the library and return its name. *sha256* saves reading it again.

        Raises `LibraryError` where the disk does not take it; *part* is then still there, and not to be trusted.
        """
        try:
            with part.open("rb") as stream:
                if sha256 is None:
                    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
                flush(stream.fileno(), part)
            name = f"{sha256}{suffix}"
            path = self.path(name)
            path.parent.mkdir(exist_ok=True)
            part.replace(path)
            flush_folder(path.parent)
            flush_folder(self.folder)
        except OSError as error:
            raise LibraryError(f"The disk did not take a file for {self.folder}: {in_words(error)}.") from error
        return name

    def add(self, content: bytes, suffix: str) -> str:
        """Keep *content* and return its name."""
        part = self.incoming(suffix)
        try:
            part.write_bytes(content)
            return self.keep(part, suffix)
        except OSError as error:
            raise LibraryError(f"The disk did not take a file for {self.folder}: {in_words(error)}.") from error
        finally:
            part.unlink(missing_ok=True)

    def _sweep(self) -> None:
        for part in self._incoming.iterdir():
            with suppress(FileNotFoundError):  # another kernel sweeps too
                if part.stat().st_mtime < time.time() - STALE_SECONDS:
                    part.unlink()
