"""Is what arrived a video, and all of it? Told from its first bytes and its outermost boxes, without decoding."""

from __future__ import annotations

import struct
from pathlib import Path

from sora_nb.errors import ServerError

HEAD = 12
"""So many bytes tell what a file is."""

MOST_BOXES = 100_000
"""More outermost boxes than any film has; a file of empty ones would keep the reader busy for hours."""

NEEDED = frozenset({b"ftyp", b"moov", b"mdat"})
"""Without these an MP4 file holds no pictures that can be played."""


def film_suffix(head: bytes) -> str | None:
    """`.mp4`, `.webm` or `.avi` by a file's first bytes, None for everything else."""
    if head[4:8] == b"ftyp":
        return ".mp4"
    if head[:4] == b"\x1aE\xdf\xa3":
        return ".webm"
    return ".avi" if head[:4] == b"RIFF" and head[8:12] == b"AVI " else None


def require_whole(path: Path, *, framed: bool) -> str:
    """The suffix of the film at *path*; `ServerError` where it is none, or a piece of one.

    *framed* says that the answer told its own end. An MP4 file does so too, by its boxes, and an AVI file
    by its size; a WebM file without either is not to be trusted.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    suffix = film_suffix(head)
    if suffix is None:
        raise ServerError("The service sent something that is not a video.", code="not_a_video")
    if suffix == ".mp4":
        whole = _boxes(path, size) >= NEEDED
    elif suffix == ".avi":
        whole = struct.unpack_from("<I", head, 4)[0] + 8 <= size or size > 2**32
    else:
        whole = framed
    if not whole:
        raise ServerError(f"The video broke off after {size} bytes, which are not the whole of it.", code="broken_off")
    return suffix


def _boxes(path: Path, size: int) -> set[bytes]:
    """The kinds of outermost boxes of an MP4 file; empty where they do not end with the file."""
    found: set[bytes] = set()
    at = 0
    with path.open("rb") as stream:
        for _ in range(MOST_BOXES):
            if at == size:
                return found
            stream.seek(at)
            head = stream.read(16)
            if len(head) < 8:
                return set()
            length, kind = struct.unpack_from(">I4s", head)
            least = 8
            if length == 1 and len(head) == 16:
                length, least = struct.unpack_from(">Q", head, 8)[0], 16
            elif length == 0 and kind == b"mdat":
                length = size - at  # pictures that were written as they came may leave their length open
            if length < least or at + length > size:
                return set()
            found.add(kind)
            at += length
    return set()
