"""A file that arrives in pieces, from a browser perhaps: written as it comes, and a file of the library at the end."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from sora_nb.errors import ConfigError, LibraryError
from sora_nb.library.disk import in_words
from sora_nb.library.files import Files

ENDINGS = frozenset({".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif"})
"""Of a name that somebody else gave only its ending is used, and only one of these."""

SPARE = 64 << 20
"""So many bytes stay free on the disk."""


class Incoming:
    """*size* bytes that are to come. Raises `ConfigError` where the disk has no room for them."""

    def __init__(self, files: Files, name: str, size: int) -> None:
        free = shutil.disk_usage(files.folder).free
        if size + SPARE > free:
            raise ConfigError(
                f"{in_megabytes(size)} do not fit into {files.folder}, where {in_megabytes(free)} are free."
            )
        ending = re.search(r"\.\w+$", name)
        self.suffix = ending[0].lower() if ending and ending[0].lower() in ENDINGS else ".mp4"
        self.size = size
        self.received = 0
        """How many bytes are here."""
        self._files = files
        self._part = files.incoming(self.suffix)
        self._digest = hashlib.sha256()
        self._stream = self._part.open("xb")

    @property
    def part(self) -> Path:
        """Where the bytes are for now."""
        return self._part

    def write(self, piece: bytes | memoryview) -> int:
        """Take the next bytes, and return how many are here. Raises `LibraryError` where the disk refuses them."""
        if self.received + len(piece) > self.size:
            raise ConfigError(f"More came than the {self.size} bytes that were announced. Send the file again.")
        try:
            self._stream.write(piece)
        except OSError as error:
            raise LibraryError(f"The disk did not take the file: {in_words(error)}.") from error
        self._digest.update(piece)
        self.received += len(piece)
        return self.received

    def close(self) -> None:
        """No more is to come; `keep` or `discard` it. Raises `ConfigError` where bytes are missing."""
        self._stream.close()
        if self.received != self.size:
            raise ConfigError(f"Of {self.size} bytes {self.received} came. Send the file again.")

    def keep(self) -> Path:
        """Make it a file of the library; the same content is kept once."""
        return self._files.path(self._files.keep(self._part, self.suffix, self._digest.hexdigest()))

    def discard(self) -> None:
        """Let go of what came."""
        self._stream.close()
        self._part.unlink(missing_ok=True)


def in_megabytes(size: int) -> str:
    """A size as people say it: `850 KB`, `12.5 MB`, `2 GB`."""
    for unit, words in ((1 << 30, "GB"), (1 << 20, "MB")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {words}"
    return f"{size / (1 << 10):.0f} KB"
