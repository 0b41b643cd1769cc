"""Files and folders that are still there after a power cut.

A file is on disk once it was flushed, and can be found again once its folder was.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sora_nb.errors import LibraryError

try:
    from fcntl import F_FULLFSYNC as WHOLE_FLUSH  # type: ignore[attr-defined,unused-ignore]
    from fcntl import fcntl
except ImportError:  # only macOS tells a flush of the drive's own cache apart
    WHOLE_FLUSH = None

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a system says where there is no room, or none that this user may fill."""
MAKE_ROOM = "Make room on that disk, then call resume()"


def in_words(error: OSError) -> str:
    """What the system says of a refusal, and what to do where there is no room."""
    return f"{error.strerror}. {MAKE_ROOM}" if error.errno in FULL else str(error.strerror)


def flush(handle: int, what: Path) -> None:
    """Put an open file on disk. A flush that failed is never tried again: the system may have dropped the data."""
    try:
        if WHOLE_FLUSH is None:
            os.fsync(handle)
        else:
            fcntl(handle, WHOLE_FLUSH)
    except OSError as error:
        raise LibraryError(f"{what} could not be flushed to disk: {in_words(error)}. It may not be kept.") from error


def flush_folder(folder: Path) -> None:
    """Put a folder's list of names on disk."""
    if os.name == "nt":
        return  # Windows has no handle on a folder to flush
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some file systems write such lists through and refuse to be asked
            raise LibraryError(f"The folder {folder} could not be flushed to disk: {in_words(error)}.") from error
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may read, and those it lies in, so that they stay."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        try:
            one.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"The folder {one} could not be made: {in_words(error)}.") from error
        flush_folder(one.parent)
