"""What was seen in videos, kept by what is in them, so that a file is looked at once, whoever asks.

The names are hashes: no path and no address is kept. What is damaged, or was seen by an older scan, is as good
as not there, and is made again.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.atomic import atomically
from sora_nb.errors import VideoFileError
from sora_nb.library.disk import make_folder
from sora_nb.library.files import Files

if TYPE_CHECKING:
    from sora_nb.video import Track

SAMPLES = 4.0
"""Pictures a second that are looked at closely, where nobody says otherwise."""

FileState = tuple[str, int, int, int]
"""Of a file: its path, size, time and inode."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_DIGEST = 32
"""Bytes at the front that say what the rest was."""


class Tracks:
    """The tracks of one library."""

    def __init__(self, folder: Path, files: Files) -> None:
        self._folder, self._files = folder, files
        self._seen: dict[FileState, str] = {}

    def content(self, video: Path) -> str:
        """The hash of what is in a file; it is read once for each state of the file."""
        known = self.known_content(video)
        if known is None:
            state = state_of(video)
            with video.open("rb") as stream:
                known = hashlib.file_digest(stream, "sha256").hexdigest()
            if state_of(video) == state:
                self._seen[state] = known
        return known

    def known_content(self, video: Path) -> str | None:
        """The hash, where that is known without reading the file; one of the library is called by it."""
        if video.is_relative_to(self._files.folder) and _SHA256.fullmatch(video.stem):
            return video.stem
        try:
            return self._seen.get(state_of(video))
        except OSError:
            return None

    def find(self, content: str, name: str, *, detector: str | None, samples: float = SAMPLES) -> Track | None:
        """What was seen in the video with that content, shown as *name*; None where nothing is kept of it."""
        from sora_nb.video import Track

        try:
            data = self._path(content, detector, samples).read_bytes()
            if hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
                return None
            return replace(Track.from_bytes(data[_DIGEST:]), name=name)
        except (OSError, VideoFileError):
            return None

    def keep(self, content: str, track: Track, *, detector: str | None, samples: float = SAMPLES) -> None:
        """Keep what was seen, without the file's name. Where the disk takes no more, it is looked at again."""
        path = self._path(content, detector, samples)
        data = replace(track, name="").to_bytes()
        with suppress(OSError):
            make_folder(self._folder)
            path.parent.mkdir(exist_ok=True)
            older = [
                one for one in path.parent.glob(f"{content}-*") if one.name.split("-")[1] != path.name.split("-")[1]
            ]
            for old in older:
                old.unlink(missing_ok=True)
            with atomically(path) as part:
                part.write_bytes(hashlib.sha256(data).digest() + data)

    def _path(self, content: str, detector: str | None, samples: float) -> Path:
        from sora_nb.video.track import VERSION

        return self._folder / content[:2] / f"{content}-{VERSION}-{detector or 'nobody'}-{samples:g}.track"


def state_of(video: Path) -> FileState:
    """What tells that a file is still the one it was; `OSError` where it is gone."""
    facts = video.stat()
    return str(video.resolve()), facts.st_size, facts.st_mtime_ns, facts.st_ino


def require_unchanged(video: Path, before: FileState) -> None:
    """Refuse what was seen in a file that is no longer in the state of *before*: whose it is nobody knows.

    Raises `VideoFileError`.
    """
    try:
        if state_of(video) == before:
            return
    except OSError:
        pass  # it is gone, which is a change as well
    raise VideoFileError(f"{video.name} was changed while it was looked at. Look again once it is written.", "changed")
