"""A bundle put on disk, all of it or nothing: made beside its place, flushed, and renamed into it."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

from sora_nb.errors import BundleError
from sora_nb.library.disk import flush, flush_folder

ONE_FILE = ".zip"
"""A path that ends so becomes one file, and every other a folder."""

_ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The time that each file in a zip bears, since equal bundles are to be equal bytes."""


def put(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a bundle at *path*, in the place of one that is there. Raises `BundleError` where the disk refuses."""
    part = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if is_one_file(path):
            _write(part, zipped(files))
            part.replace(path)
        else:
            part.mkdir()
            for name, content in sorted(files.items()):
                _write(part / name, content)
            flush_folder(part)
            _take_place(part, path)
        flush_folder(path.parent)
    except OSError as error:
        raise BundleError(
            f"{path} could not be written: {error.strerror}. Choose another folder, or make room there."
        ) from error
    finally:
        _remove(part)


def is_one_file(path: Path) -> bool:
    """Is a bundle at *path* one file, rather than a folder?"""
    return path.suffix.lower() == ONE_FILE


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files in one: sorted, not pressed together, and without anything of the machine or the hour."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _ALWAYS)
            entry.create_system = 3  # Windows would write another number, and leave out the kind of file
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, content)
    return made.getvalue()


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        flush(stream.fileno(), path)


def _take_place(part: Path, path: Path) -> None:
    """Rename a folder into its place. What was there is put back where that fails, and else removed."""
    if not path.exists():
        part.rename(path)
        return
    before = part.with_suffix(".before")
    path.rename(before)
    try:
        part.rename(path)
    except BaseException:
        before.rename(path)
        raise
    _remove(before)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()
