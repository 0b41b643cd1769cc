"""A file that is being written: ours alone, hashed on the way, and never longer than was said."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from sora_nb.errors import LibraryError, ServerError, ServiceError
from sora_nb.library.disk import FULL

MOST_BYTES = 8 * 2**30
"""No video of a minute is as long as this."""

STRONG = re.compile(r'"[^"]*"')
"""A validator that stands for these very bytes; a weak one may stand for others."""

SPAN = re.compile(r"bytes (\d{1,19})-\d{1,19}/(\d{1,19}|\*)")


class DiskFull(LibraryError):
    """There is no room for what was paid for. It stays at the service until there is, or until it expires."""


class Part:
    """Bytes on their way to becoming a file.

    The name must be new and no link: two kernels never write to one part. `source` says where the bytes came
    from and which version they are of; without it they cannot be added to later.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.total: int | None = None
        """How long the whole will be, where the service says."""
        self.framed = False
        """Did the last answer tell its own end?"""
        self.source: tuple[str, str] | None = None
        self._digest = hashlib.sha256()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.fdopen(os.open(path, flags, 0o600), "wb")
        except OSError as error:
            raise self._refused(error) from error

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def wanted(self) -> dict[str, str]:
        """The headers that ask for what is missing, of the very version that is here; none where all is."""
        if not self.count or self.source is None:
            return {}
        return {"Range": f"bytes={self.count}-", "If-Range": self.source[1]}

    def accept(self, status: int, headers: Mapping[str, str], place: str) -> None:
        """Make ready for the body of an answer from *place*: to go on, or to begin anew.

        `ServerError` where the answer is a piece that does not fit; asking again then asks for the whole.
        """
        etag = headers.get("etag", "")
        source = (place, etag) if STRONG.fullmatch(etag) and "content-encoding" not in headers else None
        if status == 200:
            self.restart()
            length = headers.get("content-length", "")
            self.total = int(length) if length.isdigit() and "content-encoding" not in headers else None
            self.framed = length.isdigit() or "chunked" in headers.get("transfer-encoding", "")
            self.source = source
        else:
            span = SPAN.fullmatch(headers.get("content-range", "").strip())
            fits = status == 206 and self.count > 0 and source is not None and source == self.source and span
            if not fits or int(fits[1]) != self.count or fits[2] not in ("*", str(self.total)):
                self.restart()
                raise ServerError("The service sent a piece that does not fit; asking for the whole.", code="misfit")
        if self.total is not None:
            self._allow(self.total)
            if shutil.disk_usage(self.path.parent).free < self.total - self.count:
                raise DiskFull(
                    f"The video has {self.total} bytes, and there is no room for it in {self.path.parent}. "
                    "Make room, then call resume()."
                )

    def write(self, chunk: bytes) -> None:
        """Add bytes at the end. `DiskFull` where there is no room, `ServiceError` where there are too many."""
        self._allow(self.count + len(chunk))
        self._require_open()
        try:
            self._file.write(chunk)
        except OSError as error:
            raise self._refused(error) from error
        self._digest.update(chunk)
        self.count += len(chunk)

    def finish(self) -> None:
        """All has arrived: hand it to the system. `ServerError` where it is not as much as was said."""
        self._flush()
        if self.total is not None and self.count != self.total:
            raise ServerError(f"The download broke off after {self.count} of {self.total} bytes.", code="broken_off")

    def restart(self) -> None:
        """Throw the bytes away and begin anew."""
        self._flush()
        self._file.seek(0)
        self._file.truncate()
        self._digest, self.count, self.total, self.source = hashlib.sha256(), 0, None, None

    def close(self) -> None:
        """Let go of the file; what could not be written is no matter any more."""
        try:
            self._file.close()
        except OSError:
            self._file = open(os.devnull, "wb")  # noqa: SIM115  a buffer that cannot be flushed cannot be closed
            self._file.close()

    def discard(self) -> None:
        """Take the file away, where it was not kept."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _require_open(self) -> None:
        if self._file.closed:
            raise LibraryError(f"The download to {self.path.name} was given up.")

    def _flush(self) -> None:
        self._require_open()
        try:
            self._file.flush()
        except OSError as error:
            raise self._refused(error) from error

    def _allow(self, count: int) -> None:
        if count > MOST_BYTES:
            raise ServiceError(f"The download is over {MOST_BYTES} bytes; given up.", code="too_large")

    def _refused(self, error: OSError) -> LibraryError:
        if error.errno in FULL:
            return DiskFull(f"The disk of {self.path.parent} is full. Make room, then call resume().")
        return LibraryError(f"{self.path} cannot be written: {error.strerror}.")
