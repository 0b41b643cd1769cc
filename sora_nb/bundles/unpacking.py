"""A bundle read as if an enemy had made it: three files of known names and bounded sizes, and nothing followed.

Nothing is written. A folder's files are opened without following links; a zip is judged by its last record and
its list before anything in it is unpacked, and unpacked into memory, no further than each file may be long.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sora_nb.bundles.sheet import CLIP, POSTER, SHEET
from sora_nb.errors import BundleError

MOST_BYTES: Mapping[str, int] = {SHEET: 2**18, CLIP: 2**27, POSTER: 2**23}
"""How long each file may be. A clip of ten seconds has a few million bytes."""

MOST_ZIP = sum(MOST_BYTES.values()) + 2**12
MOST_RATIO = 100
"""So many times its packed length a file may have. Film and pictures pack badly, and text about ten times."""

MOST_LIST = 2**12
"""Bytes of a zip's list of three files, with whatever a program notes beside each."""

_END = struct.Struct("<4s4H2LH")
_END_64 = b"PK\x06\x07"
_LOCKED = 0x1


def files_in(path: Path) -> dict[str, bytes]:
    """The files of the bundle at *path*, a folder or a zip. Raises `BundleError` where it is none."""
    try:
        # A link is followed where the user named it, and nowhere else.
        return _of_folder(path) if path.is_dir() else _of_zip(Path(os.path.realpath(path)))
    except FileNotFoundError as error:
        raise BundleError(f"{_called(error.filename or path)} is not there. Check the path.") from error
    except OSError as error:
        raise BundleError(f"{_called(error.filename or path)} cannot be read: {error.strerror}.") from error


def _of_folder(folder: Path) -> dict[str, bytes]:
    with os.scandir(folder) as entries:
        _require_names(entry.name for entry in islice(entries, len(MOST_BYTES) + 1))
    files = {}
    for name, most in MOST_BYTES.items():
        with _open(folder / name) as stream:
            files[name] = _bounded(name, stream.read(most + 1))
    return files


def _of_zip(path: Path) -> dict[str, bytes]:
    with _open(path) as stream:
        size = stream.seek(0, os.SEEK_END)
        if size > MOST_ZIP:
            raise BundleError(f"It has {size} bytes, and a character takes {MOST_ZIP} at most.")
        _require_end(stream, size)
        try:
            with zipfile.ZipFile(stream) as archive:
                entries = archive.infolist()
                for entry in entries:
                    _require_plain(entry)
                _require_names(entry.filename for entry in entries)
                return {entry.filename: _unpacked(archive, entry) for entry in entries}
        except BundleError:
            raise
        except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError) as error:
            raise BundleError(f"It is a damaged zip: {str(error)[:80]}.") from error


def _open(path: Path) -> BinaryIO:
    """A regular file. A link is not followed, and a device or a pipe not waited for."""
    # Asked before too, where the system cannot be told not to follow.
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise BundleError(f"{_called(path)} is not a plain file, but a folder, a link or a device.")
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    stream = os.fdopen(os.open(path, flags), "rb")
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.close()
    raise BundleError(f"{_called(path)} is not a plain file.")


def _require_names(found: Iterable[str]) -> None:
    names = list(found)
    if strange := sorted(set(names) - MOST_BYTES.keys()):
        raise BundleError(f"It holds {strange[0][:60]!r}, which is no part of a character. Take it out.")
    if missing := sorted(MOST_BYTES.keys() - set(names)):
        raise BundleError(f"It lacks {', '.join(missing)}. Get the whole of it again.")
    if len(names) != len(MOST_BYTES):
        raise BundleError("It holds a file twice under the same name.")


def _bounded(name: str, content: bytes) -> bytes:
    if len(content) > MOST_BYTES[name]:
        raise BundleError(f"Its {name} has more than the {MOST_BYTES[name]} bytes that it may have.")
    return content


def _require_end(stream: BinaryIO, size: int) -> None:
    """Judge the record that a zip ends with, before a list of millions is read on its word."""
    stream.seek(max(0, size - _END.size - 20))
    tail = stream.read()
    if len(tail) < _END.size or (end := _END.unpack(tail[-_END.size :]))[0] != b"PK\x05\x06":
        raise BundleError("It is neither a folder nor a plain zip.")
    _, _, _, _, count, listed, _, _ = end
    if count > len(MOST_BYTES) or listed > MOST_LIST or tail.startswith(_END_64):
        raise BundleError(f"It says that it holds {count} files; a character has {len(MOST_BYTES)}.")


def _require_plain(entry: zipfile.ZipInfo) -> None:
    """Judge a line of a zip's list: what kind of file it is, and how far it unpacks."""
    name, kind = entry.orig_filename[:60], stat.S_IFMT(entry.external_attr >> 16)
    if entry.orig_filename not in MOST_BYTES:
        raise BundleError(f"It holds {name!r}, which is no part of a character. Take it out.")
    if kind not in (0, stat.S_IFREG):
        raise BundleError(f"Its {name} is not a plain file, but a folder, a link or a device.")
    if entry.flag_bits & _LOCKED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BundleError(f"Its {name} is locked or packed in a rare way. Unpack it, and import the folder.")
    if entry.file_size > MOST_BYTES[name] or entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        raise BundleError(f"Its {name} would unpack from {entry.compress_size} to {entry.file_size} bytes; refused.")


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as stream:
        return _bounded(entry.filename, stream.read(MOST_BYTES[entry.filename] + 1))


def _called(path: str | Path) -> str:
    return Path(path).name
