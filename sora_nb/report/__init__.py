"""One HTML page that needs nothing else: the characters, the takes beside each other, and every value."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sora_nb.errors import ConfigError
from sora_nb.models import CharacterRecord, VideoRecord
from sora_nb.report.gather import MAX_BYTES, ReportFacts, facts
from sora_nb.report.page import paint

__all__ = ["MAX_BYTES", "ReportFacts", "facts", "paint", "write_report"]


def write_report(
    path: Path,
    videos: Sequence[VideoRecord],
    characters: Sequence[CharacterRecord],
    *,
    title: str,
    max_bytes: int = MAX_BYTES,
) -> Path:
    """Write the page to *path*, whole or not at all, and return where it is.

    It opens from disk, offline and without script, and can be sent to anyone as it is. *max_bytes*
    bounds what films and pictures take in it; past that the largest films are left out, in so many
    words. The same records and files give the same bytes.

    Raises `ConfigError` where *path* is a folder.
    """
    path = Path(path)
    if path.is_dir():
        raise ConfigError(f"{path} is a folder. Name the file to write, such as {path / 'report.html'}.")
    page = paint(facts(videos, characters, title=title, max_bytes=max_bytes))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        # Half a surrogate pair is no character, and a prompt that came as JSON can hold one.
        part.write_bytes(page.encode(errors="replace"))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
