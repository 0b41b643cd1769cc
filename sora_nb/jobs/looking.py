"""Looking at a file of pictures for whoever needs to know: once, in a process that may fail, and kept by content."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.library import Library
from sora_nb.library.tracks import SAMPLES, require_unchanged, state_of

if TYPE_CHECKING:
    from sora_nb.video import Box, Track
    from sora_nb.video.faces import Detector
    from sora_nb.video.guarded import Stop

Faces = Literal["installed"] | None
"""Who looks for faces: the best that is installed, or nobody."""

CHEAP_PIXELS = 500e6
"""Twenty seconds of 720p at 24 frames a second: so much is looked at without being asked for, in a few seconds."""

CHEAP_SECONDS = 30.0
"""And a longer one is not, however small, since faces are looked for at the same size in each."""


def known_track(library: Library, path: Path, *, faces: Faces = "installed", name: str = "") -> Track | None:
    """What was seen in a file before, told without reading all of it; None where that is not known."""
    content = library.tracks.known_content(path)
    return None if content is None else _kept(library, content, name or path.name, faces, SAMPLES)


def track_of(
    library: Library,
    path: Path,
    *,
    faces: Faces | Detector = "installed",
    samples: float = SAMPLES,
    name: str = "",
    progress: Callable[[float], object] | None = None,
    stop: Stop | None = None,
) -> Track:
    """What is seen in a file: kept from before, or scanned now and kept. *name* is what people call it.

    A detector of the user's own cannot leave this process, so the file is opened here then, and what it saw is
    not kept. Raises `VideoFileError`, also where *stop* was called, and where the file was changed meanwhile.
    """
    from sora_nb.video import guarded, scan

    if callable(faces):
        own = scan(path, faces=faces, samples=samples, progress=_heeding(stop, progress))
        return replace(own, name=name or own.name)
    try:
        before = state_of(path)
        content = library.tracks.content(path)
    except OSError as error:
        raise VideoFileError.unread(path, error) from error
    with _turn(f"{library.folder}/{content}"):
        found = _kept(library, content, name or path.name, faces, samples)
        if found is None:
            found = guarded.scan(path, faces=faces, samples=samples, progress=progress, stop=stop, name=name)
            require_unchanged(path, before)
            library.tracks.keep(content, found, detector=found.detector, samples=samples)
    return found


def remarked(library: Library, path: Path, box: tuple[Box, float] | None = None) -> Track | None:
    """What is seen in a file, where that is kept or cheap to find out; None where it would take long, or is no video.

    *box* says who is meant, and at which second that was drawn: a cheap file is then about that one. Whoever cuts
    the file is told what is wrong with it. Where a box cannot be followed, that holds nothing up: nobody is looked for.
    """
    from sora_nb.video import guarded
    from sora_nb.video.following import with_subject

    try:
        info = guarded.probe(path)
        pixels = info.width * info.height * info.fps * info.duration
        if pixels <= CHEAP_PIXELS and info.duration <= CHEAP_SECONDS:
            if box is None:
                return track_of(library, path)
            track = track_of(library, path, faces=None)
            try:
                return with_subject(track, guarded.follow(path, *box))
            except (ConfigError, VideoFileError):
                return track
    except VideoFileError:
        return None
    return known_track(library, path)


def _kept(library: Library, content: str, name: str, faces: Faces, samples: float) -> Track | None:
    from sora_nb.video.faces import installed_name

    detector = installed_name() if faces == "installed" else None
    return library.tracks.find(content, name, detector=detector, samples=samples)


def _heeding(stop: Stop | None, progress: Callable[[float], object] | None) -> Callable[[float], object]:
    def tell(share: float) -> None:
        if stop is not None:
            stop.heed()
        if progress is not None:
            progress(share)

    return tell


_turns: dict[str, tuple[threading.Lock, list[int]]] = {}
_lock = threading.Lock()


@contextmanager
def _turn(key: str) -> Iterator[None]:
    """One at a time: whoever comes second finds what the first has kept."""
    with _lock:
        turn, waiting = _turns.setdefault(key, (threading.Lock(), [0]))
        waiting[0] += 1
    try:
        with turn:
            yield
    finally:
        with _lock:
            waiting[0] -= 1
            if not waiting[0]:
                del _turns[key]
