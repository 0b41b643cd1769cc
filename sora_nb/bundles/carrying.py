"""Out of one library and into another: what a bundle is made of, and what is made of it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from sora_nb.bundles import packing, sheet, unpacking
from sora_nb.bundles.sheet import CLIP, POSTER, SHEET, Kind, Lineage, Sheet
from sora_nb.errors import BundleError, VideoFileError
from sora_nb.leaks import find_leaks, keys_at_hand
from sora_nb.library import CharacterRow, JobRow, Library
from sora_nb.timerange import TimeRange, plain

MOST_SIDE = 4096
"""Pixels; the clips that are cut here have 1280 at most."""

SLACK_SECONDS = 0.5
"""A clip ends with its last picture, which may stay longer than its range does."""


def export_character(library: Library, row: CharacterRow, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write a character as a folder, or as one file where *path* ends with `.zip`, and give its path.

    The same character gives the same bytes each time. Raises `BundleError` where its clip was never kept, where
    something in it looks like a key, and where *path* holds anything but an earlier export of this character;
    *overwrite* lets it take the place of another bundle or zip, but never of a folder with other things in it.
    """
    path = Path(os.path.abspath(Path(path).expanduser()))
    with _told(f"@{row.handle} was not exported to {path}."):
        told, files = _bundle(library, row)
        found = _there(path)
        if found == files:
            return path
        if found is not None and not overwrite and _content(found) != told.content:
            raise BundleError("Something else is there. Choose another path, or say overwrite=True.")
        packing.put(path, files)
    return path


def import_character(library: Library, path: str | Path) -> CharacterRow:
    """The character in a bundle, put into the library; the one that is there already where it is the same.

    Nothing is sent. Raises `BundleError` before anything is kept where the bundle is not what it has to be.
    """
    path = Path(path).expanduser()
    with _told(f"Nothing was imported from {path}."):
        files = unpacking.files_in(path)
        told = sheet.read(files[SHEET])
        for name, digest in told.files.items():
            if hashlib.sha256(files[name]).hexdigest() != digest:
                raise BundleError(f"Its {name} is not the one that {SHEET} was written for. Get the bundle again.")
        poster = _poster(files[CLIP], told.lineage.span)
    span = told.lineage.span
    row = CharacterRow(
        id=f"chr_{hashlib.sha256(json.dumps(told.content).encode()).hexdigest()[:16]}",
        name=told.name,
        handle=told.handle,
        description=told.description,
        source_kind="bundle",
        source=told.lineage.source,
        start_ms=span.start_ms,
        end_ms=span.end_ms,
        created_at=time.time(),
        findings=told.findings,
        clip=library.files.add(files[CLIP], ".mp4"),
        poster=library.files.add(poster, ".jpg"),
        lineage=asdict(told.lineage),
        box=told.box,
    )
    known = (one for one in library.characters.all() if _is_same(one, row))
    found = next(known, None) or library.characters.add(row)
    if found.box is None and row.box is not None:  # somebody has said since who is meant
        found = library.characters.update(found.id, box=row.box)
    return found


def _bundle(library: Library, row: CharacterRow) -> tuple[Sheet, dict[str, bytes]]:
    clip, poster = _pixels(library, row)
    files = {CLIP: clip, POSTER: poster}
    told = Sheet(
        name=row.name,
        handle=row.handle,
        description=row.description,
        findings=row.findings,
        lineage=_lineage(library, row),
        files={name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        box=row.box,
    )
    known = keys_at_hand()
    for field, text in told.texts.items():
        for leak in find_leaks(text, f"its {field}", known=known):
            raise BundleError(
                f"It must not be shared: {leak}. Make it anew without that, from its own clip: "
                "studio.create_character(character.clip, ...)."
            )
    files[SHEET] = sheet.write(told)
    for name, content in files.items():
        if len(content) > unpacking.MOST_BYTES[name]:
            raise BundleError(
                f"Its {name} would have {len(content)} bytes, and an import takes at most "
                f"{unpacking.MOST_BYTES[name]}. Make it anew, shorter."
            )
    return told, files


def _pixels(library: Library, row: CharacterRow) -> tuple[bytes, bytes]:
    """The clip and the poster, as they were when they were kept."""
    if row.clip is None or row.poster is None:
        raise BundleError(
            "The service fetched its video itself, and no picture of it was ever kept here. Make it anew from a file."
            if "no_clip" in row.findings
            else "There is no clip of it here. wait() for it; where that fails, its error says why."
        )
    found = []
    for name in (row.clip, row.poster):
        try:
            content = library.files.path(name).read_bytes()
        except OSError as error:
            raise BundleError(f"Its file {name} cannot be read: {error.strerror}. Make it anew.") from error
        if hashlib.sha256(content).hexdigest() != name.partition(".")[0]:
            raise BundleError(f"Its file {name} was changed in the library. Make it anew.")
        found.append(content)
    return found[0], found[1]


def _lineage(library: Library, row: CharacterRow) -> Lineage:
    if row.lineage is not None:
        return Lineage(**row.lineage)
    kind: Kind = "file" if row.source_kind == "bundle" else row.source_kind  # a bundle's always has its lineage
    made = next(iter(library.jobs.projections(row.id)), None)
    video = library.jobs.find(row.source) if kind == "task" else None
    asked = video.request if video is not None else {}
    origin: JobRow | None = video or made
    return Lineage(
        kind=kind,
        source=sheet.bare(kind, row.source),
        range=str(TimeRange.from_ms(row.start_ms, row.end_ms)),
        # A server is called by its address where it has no name.
        service=origin.service.rpartition("@")[2] if origin is not None else None,
        model=asked.get("model"),
        prompt=asked.get("prompt"),
        simulated=origin.simulated if origin is not None and kind == "task" else None,
    )


def _poster(clip: bytes, span: TimeRange) -> bytes:
    """A picture of a clip that is what a bundle says: a film that is as long as its range.

    It is made anew, since the one in the bundle might show somebody else.
    """
    from sora_nb import video

    with tempfile.TemporaryDirectory(prefix="sora-nb-") as folder:
        path = Path(folder, CLIP)
        path.write_bytes(clip)
        try:
            info = video.probe(path)
            poster = video.poster(path)
        except VideoFileError as error:
            raise BundleError(f"Its clip is no video: {error}") from error
    if info.container != "mp4" or max(info.width, info.height) > MOST_SIDE:
        raise BundleError(f"Its {CLIP} is {info.container} of {info.width}x{info.height}, not a clip cut by sora_nb.")
    if abs(info.duration - span.seconds) > SLACK_SECONDS + 1 / max(info.fps, 1):
        raise BundleError(
            f"Its {CLIP} lasts {plain(round(info.duration, 3))} s, and its range {span} {plain(span.seconds)} s."
        )
    return poster


def _is_same(one: CharacterRow, other: CharacterRow) -> bool:
    return all(
        getattr(one, fact) == getattr(other, fact) for fact in ("name", "description", "clip", "start_ms", "end_ms")
    )


def _there(path: Path) -> dict[str, bytes] | None:
    """What an export would take the place of: a bundle's files, nothing that is one, or None where nothing is."""
    if path.is_symlink():
        raise BundleError("A link is there. Name the place it leads to.")
    if not path.exists() or (path.is_dir() and not packing.is_one_file(path) and not any(path.iterdir())):
        return None
    if path.is_dir() == packing.is_one_file(path):
        raise BundleError("A path that ends with .zip is for a file, and any other for a folder. Choose another.")
    if path.is_dir() and (others := sorted({one.name for one in path.iterdir()} - unpacking.MOST_BYTES.keys())):
        raise BundleError(
            f"The folder holds {others[0]!r}, which is no part of a character. Choose a folder of its own."
        )
    try:
        return unpacking.files_in(path)
    except BundleError:
        return {}


def _content(files: dict[str, bytes]) -> tuple[str, str, str, str] | None:
    try:
        return sheet.read(files[SHEET]).content
    except (KeyError, BundleError):
        return None


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say first what was not done."""
    try:
        yield
    except BundleError as error:
        raise BundleError(f"{what} {error}") from error.__cause__
