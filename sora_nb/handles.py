"""The live things a notebook holds: a `Video` and a `Character`, each always showing the newest of its job."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from inspect import ismethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakMethod

from sora_nb.bundles import export_character
from sora_nb.dialects.showing import as_curl, as_python
from sora_nb.errors import (
    ConfigError,
    JobCancelled,
    JobError,
    JobExpired,
    JobFailed,
    JobLost,
    JobUnknown,
    SoraError,
    VideoFileError,
    WaitTimeout,
)
from sora_nb.jobs import Engine
from sora_nb.jobs.records import character_record, video_record
from sora_nb.library import whoever
from sora_nb.models import CharacterRecord, Mode, Place, Status, VideoRecord, stars_of
from sora_nb.timerange import Finding, TimeRange

if TYPE_CHECKING:
    from sora_nb.video import Box

HEARTBEAT_SECONDS = 0.1
"""An `await` looks this often, because the kernel's loop wakes for an interrupt only when something happens."""

ENDINGS: Mapping[str, type[JobError]] = {
    "failed": JobFailed,
    "unknown": JobUnknown,
    "lost": JobLost,
    "expired": JobExpired,
    "cancelled": JobCancelled,
}


class Handle(ABC):
    """A job, live. Waiting for it is a view: interrupt it, and the job goes on."""

    def __init__(self, engine: Engine, job_id: str) -> None:
        self._engine = engine
        self._job_id = job_id

    @property
    @abstractmethod
    def id(self) -> str:
        """Ours, known before anything is sent."""

    @property
    @abstractmethod
    def record(self) -> Any:
        """Everything known now, as a frozen record."""

    @property
    @abstractmethod
    def _file(self) -> Path | None:
        """What of it is here to be looked at."""

    def __fspath__(self) -> str:
        """It stands for its file wherever a path is taken, as in `sora.scan(video)` and `sora.likeness(video, ada)`.

        Raises `VideoFileError` where that is not here.
        """
        if self._file is None:
            row = self._engine.row(self._job_id)
            message = f"{self.id} is {row.status} and has no file here. {row.way_to_its_file}"
            raise VideoFileError(message, "missing")
        return str(self._file)

    @property
    def status(self) -> Status:
        """One of `queued in_progress completed failed unknown lost expired cancelled`."""
        return self._engine.row(self._job_id).status

    @property
    def progress(self) -> float:
        """0 to 1, as the service tells it."""
        return self._engine.row(self._job_id).progress

    @property
    def remote_id(self) -> str | None:
        """The service's own id, None until it answered."""
        return self._engine.row(self._job_id).remote_id

    @property
    def mode(self) -> Mode | None:
        """`native` where the service knows the characters, `reference` where pictures or words are sent instead."""
        return self._engine.row(self._job_id).mode

    @property
    def findings(self) -> tuple[str, ...]:
        """Codes of what was remarked, such as `no_characters`; `remarks` says it in words."""
        return tuple(self.record.findings)

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """What there is to know before it is judged: each with `level`, `code` and `message`."""
        return tuple(self.record.remarks)

    @property
    def error(self) -> str | None:
        """What went wrong, in words, or None."""
        failure = self._engine.failure(self._job_id)
        return str(failure) if failure else self._engine.row(self._job_id).error

    @property
    def settled(self) -> bool:
        """Has nothing more to happen by itself?"""
        return self._engine.settled(self._job_id)

    def settle(self, timeout: float | None = None) -> bool:
        """Block until nothing more happens by itself, whatever came of it; False where *timeout* s passed first."""
        with self._detached():
            return self._engine.wait(self._job_id, timeout)

    def resend(self) -> None:
        """Send a job whose answer was lost once more. It may have been paid for, so this is the user's to say.

        Raises `ConfigError` where the job's status is not `unknown`, or it is still being looked for.
        """
        self._engine.resend(self._job_id)

    def request(self, form: Literal["curl", "python"] = "curl") -> Told:
        """The request that asks for it, as a shell command or as Python, with the key as `SORA_API_KEY`.

        Files are named as they are in the library's folder. Raises `ConfigError` where there is no request, or a
        character in it is not there yet.
        """
        if form not in ("curl", "python"):
            raise ConfigError(f'A request is shown as "curl" or as "python", not as {form!r}.')
        call, service = self._engine.request(self._job_id)
        return Told((as_curl if form == "curl" else as_python)(call, service))

    def on_change(self, callback: Callable[[Any], None]) -> Callable[[], None]:
        """Call *callback* with this handle after each change, on a background thread, at most four times a second.

        Returns a function that stops it. A method does not keep its object alive, so that a view nobody has is let go.
        """
        listener = WeakMethod(callback) if ismethod(callback) else lambda: callback

        def tell() -> None:
            if (hears := listener()) is not None:
                hears(self)

        return self._engine.watch(self._job_id, tell)

    def _wait(self, timeout: float | None) -> None:
        if not self.settle(timeout):
            raise WaitTimeout(f"{self.id} is still {self.status} after {timeout} s; it goes on. wait() again.", self)
        self._raise_ending()

    async def _await(self) -> None:
        with self._detached():
            while not self.settled:
                await asyncio.sleep(HEARTBEAT_SECONDS)
        self._raise_ending()

    @contextmanager
    def _detached(self) -> Iterator[None]:
        """Tell whoever interrupts a wait that the job goes on."""
        try:
            yield
        except (KeyboardInterrupt, asyncio.CancelledError) as interrupt:
            interrupt.add_note(f"{self.id} is still {self.status} and goes on; wait() takes it up again.")
            raise

    def _raise_ending(self) -> None:
        failure = self._engine.failure(self._job_id)
        if isinstance(failure, SoraError):
            raise failure
        if failure is not None:
            raise JobError(
                f"{self.id} stopped on a fault of ours: {failure!r}. resume() takes it up again.", self
            ) from failure
        if self.status in ENDINGS:
            raise ENDINGS[self.status](f"{self.id} ended as {self.status}: {self.error}", self)


class Told(str):
    """Text that a cell shows as it is, line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Video(Handle):
    """A generation, from the moment it is asked for.

    `wait()` or `await` it for the file; failures are raised as `JobError`s that carry it.
    """

    @property
    def id(self) -> str:
        return self._job_id

    @property
    def record(self) -> VideoRecord:
        return video_record(self._engine.library, self._engine.row(self._job_id))

    @property
    def prompt(self) -> str:
        """What was asked for, characters as `@handle`."""
        return str(self._engine.row(self._job_id).request["prompt"])

    @property
    def path(self) -> Path | None:
        """The file in the library, once it is there."""
        return self.record.path

    @property
    def _file(self) -> Path | None:
        return self.path

    @property
    def rating(self) -> float | None:
        """The stars that somebody gave last, 1 to 5; `record` tells who, and when."""
        return self.record.rating

    @rating.setter
    def rating(self, value: float | None) -> None:
        self.rate(value)

    def rate(self, stars: float | None, by: str | None = None) -> None:
        """Give 1 to 5 stars, or take yours back with None. *by* is who thinks so, by default whoever is at work here.

        Raises `ConfigError`, which is a `ValueError`, where they are fewer or more, or no number.
        """
        self._engine.rate(self._job_id, stars_of(stars), whoever() if by is None else by)

    def stop(self) -> bool:
        """Take it back where it was not sent yet; False where it was, and so goes on and costs what it costs.

        Raises `ConfigError` where another kernel has it.
        """
        row = self._engine.stop(self._job_id)
        return row.state == "CANCELLED" and row.sent_at is None

    def adopt(self, remote_id: str) -> Video:
        """Say which of the service's videos this one became, where its answer was lost and several may be it.

        Raises `ConfigError` as `resend` does, `NotFoundError` where the service does not know the id.
        """
        self._engine.adopt(self._job_id, remote_id)
        return self

    def wait(self, timeout: float | None = None) -> Video:
        """Block until the file is there. Raises `JobError` where it will not be, `WaitTimeout` after *timeout* s."""
        self._wait(timeout)
        return self

    def __await__(self) -> Generator[Any, None, Video]:
        yield from self._await().__await__()
        return self

    def __repr__(self) -> str:
        return f"<Video {self.status}: {_short(self.prompt)}>"

    def _repr_mimebundle_(self, **_options: Any) -> Any:
        return _bundle(self)


class Character(Handle):
    """A character of the user's library, as one service knows it. In a prompt it is `@handle`."""

    def __init__(self, engine: Engine, job_id: str, character_id: str) -> None:
        super().__init__(engine, job_id)
        self._character_id = character_id

    @property
    def id(self) -> str:
        return self._character_id

    @property
    def record(self) -> CharacterRecord:
        library, row = self._engine.library, self._engine.row(self._job_id)
        # Until it is made somewhere its job stands for no service.
        return character_record(library, library.characters.get(self._character_id), row if row.service else None)

    @property
    def name(self) -> str:
        """What it is called, as it was given."""
        return self.record.name

    @property
    def handle(self) -> str:
        """How a prompt names it, without the `@`."""
        return self.record.handle

    @property
    def span(self) -> TimeRange:
        """The stretch of its source it was taken from."""
        return self.record.span

    @property
    def clip(self) -> Path | None:
        """The cut clip in the library."""
        return self.record.clip

    @property
    def _file(self) -> Path | None:
        return self.clip

    @property
    def poster(self) -> Path | None:
        """A picture of it in the library."""
        return self.record.poster

    @property
    def box(self) -> Box | None:
        """Who in the clip it is, where that was drawn; None where nobody said."""
        from sora_nb.video import Box

        box = self.record.box
        return None if box is None else Box(*box)

    @property
    def places(self) -> tuple[Place, ...]:
        """Every service it exists on, the oldest first."""
        return self.record.places

    def export(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write it as plain files that anyone can import: a folder, or one file where *path* ends with `.zip`.

        The folder holds `character.json`, which says what it is and where it comes from, `clip.mp4` and
        `poster.jpg`; no key, no signed address, no path of this machine. The same character gives the same bytes.
        *overwrite* lets it take the place of another bundle.

        Raises `BundleError` where its clip was never kept, where something in it looks like a key, and where
        something else is at *path*.
        """
        library = self._engine.library
        return export_character(library, library.characters.get(self.id), path, overwrite=overwrite)

    def wait(self, timeout: float | None = None) -> Character:
        """Block until it can be used. Raises as `Video.wait` does."""
        self._wait(timeout)
        return self

    def __await__(self) -> Generator[Any, None, Character]:
        yield from self._await().__await__()
        return self

    def __str__(self) -> str:
        return self.handle

    def __repr__(self) -> str:
        return f"<Character @{self.handle} {self.status}>"

    def _repr_mimebundle_(self, **_options: Any) -> Any:
        return _bundle(self)


def _bundle(handle: Handle) -> Any:
    from sora_nb.widgets import JobView

    bundle = JobView(handle)._repr_mimebundle_()
    # Where a front end loads widgets its own way, as Colab does, what it needs to know comes as metadata.
    data, *metadata = bundle if isinstance(bundle, tuple) else (bundle,)
    data = {**(data or {}), "text/plain": repr(handle)}
    return (data, *metadata) if metadata else data


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
