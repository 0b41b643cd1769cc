"""Looking at a source for a person: fetched where it is elsewhere, beside everything else, and let go of at a word."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from sora_nb.dialects import Service
from sora_nb.errors import VideoFileError
from sora_nb.jobs import Engine
from sora_nb.jobs.crossing import attend
from sora_nb.jobs.looking import known_track, track_of
from sora_nb.library.interrupts import kept_back
from sora_nb.models import FromFile, FromTask, FromURL, Source
from sora_nb.sources import identity
from sora_nb.video import Track
from sora_nb.video.guarded import Stop

Result = TypeVar("Result")

_AT_ONCE = threading.BoundedSemaphore(2)
"""Looks that go on at once: the jobs need processes that open files too."""

_fetched: WeakKeyDictionary[Engine, dict[str, str]] = WeakKeyDictionary()
"""What was in a source that is elsewhere, by what tells it apart; in memory alone, since an address may be secret."""


@dataclass(frozen=True, slots=True)
class Footage:
    """A source that is here as a file, for as long as it is looked at."""

    engine: Engine
    path: Path
    name: str
    """What people call it."""
    stop: Stop
    progress: Callable[[float], object]

    def track(self, **options: Any) -> Track:
        """What is seen in it; options are those of `looking.track_of`."""
        return track_of(
            self.engine.library, self.path, name=self.name, progress=self.progress, stop=self.stop, **options
        )


def look(
    engine: Engine,
    service: Service,
    source: Source,
    work: Callable[[Footage], Result],
    progress: Callable[[float], object] | None = None,
) -> Result:
    """What *work* makes of a source. It blocks, and an interrupt ends the work at once; the jobs go on meanwhile.

    *progress* is called here with the share that is done; what it raises ends the work as well. Raises
    `VideoFileError` for what is no video or is not there yet, `ServiceError` where it cannot be fetched.
    """
    going = _Going(engine, service, source, work)
    attend(going, "sora-nb-look", progress)
    return going.result  # type: ignore[return-value]  # there is one where there is no error


def look_beside(
    engine: Engine,
    service: Service,
    source: Source,
    work: Callable[[Footage], Result],
    then: Callable[[Result | Exception], object],
) -> Stop:
    """Begin *work* on a thread of its own, which calls *then* with what it made or why it did not; returns its end.

    The thread has the context of whoever asked, without which some kernels do not know whose messages these are.
    """
    going = _Going(engine, service, source, work)
    context = copy_context()

    def run() -> None:
        going.run()
        if not going.stop.called:
            then(going.result if going.error is None else going.error)  # type: ignore[arg-type]  # there is one

    with kept_back():
        threading.Thread(target=context.run, args=(run,), name="sora-nb-look", daemon=True).start()
    return going.stop


def known(engine: Engine, source: Source) -> Track | None:
    """What was seen in a source before, told at once; None where that is not known without a look."""
    library = engine.library
    try:
        path = here(engine, source)
    except VideoFileError:
        return None
    if path is not None:
        return known_track(library, path, name=name_of(source))
    content = _fetched.get(engine, {}).get(_apart(engine, source))
    return None if content is None else known_track(library, library.files.path(content), name=name_of(source))


def here(engine: Engine, source: Source) -> Path | None:
    """The file of a source that is on this machine, None for one that has to be fetched.

    Raises `VideoFileError` for a video that is not finished.
    """
    if isinstance(source, FromFile):
        return source.path
    if isinstance(source, FromURL):
        return None
    row = engine.library.jobs.find(source.task_id)
    if row is None:
        return None
    if row.file is None or row.status != "completed":
        raise VideoFileError(f"{row.id} is {row.status} and has no picture. {row.way_to_its_file}")
    return engine.library.files.path(row.file)


def name_of(source: Source) -> str:
    """What people call a source: a file's name, the end of an address, a video's id."""
    if isinstance(source, FromFile):
        return source.path.name
    if isinstance(source, FromTask):
        return source.task_id
    parts = urlsplit(source.url)
    return parts.path.rsplit("/", 1)[-1] or parts.netloc


def _apart(engine: Engine, source: Source) -> str:
    return identity(source, engine.library)[2]


@dataclass
class _Going(Generic[Result]):
    """One look, on a thread of its own."""

    engine: Engine
    service: Service
    source: Source
    work: Callable[[Footage], Result]
    stop: Stop = field(default_factory=Stop)
    share: float = 0.0
    result: Result | None = None
    error: Exception | None = None
    done: bool = False

    def run(self) -> None:
        self.engine.at_close.add(self.stop)
        try:
            with _AT_ONCE:
                self.stop.heed()
                self.result = self._work()
        except Exception as error:  # raised where it is waited for
            self.error = error
        finally:
            self.engine.at_close.discard(self.stop)
            self.done = True

    def _work(self) -> Result:
        path = here(self.engine, self.source)
        if path is not None or isinstance(self.source, FromFile):
            return self._of(path)
        fetched = self.engine.fetch(self.service, self.source, self.stop)
        try:
            contents = _fetched.setdefault(self.engine, {})
            contents[_apart(self.engine, self.source)] = self.engine.library.tracks.content(fetched)
            return self._of(fetched)
        finally:
            fetched.unlink(missing_ok=True)

    def _of(self, path: Path | None) -> Result:
        assert path is not None
        return self.work(Footage(self.engine, path, name_of(self.source), self.stop, self._told))

    def _told(self, share: float) -> None:
        self.share = share
