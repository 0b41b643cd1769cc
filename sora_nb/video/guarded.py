"""The same looks at a file, by a process that may fail: for what comes from elsewhere.

FFmpeg is two million lines of C that read what strangers wrote. Here a file is opened in a process of its
own, which has a bound on its memory and on its time and none of the notebook's environment. What crashes,
hangs or eats memory there is a `VideoFileError` here, and the kernel lives.

A process is started when it is first needed and kept for the next file.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Literal
from zipfile import BadZipFile

import numpy as np

from sora_nb.errors import ConfigError, RangeError, VideoFileError
from sora_nb.timerange import Finding, TimeRange
from sora_nb.video.box import Box, BoxLike
from sora_nb.video.follow import Followed
from sora_nb.video.following import SUBJECT_SAMPLES
from sora_nb.video.likeness import Likeness
from sora_nb.video.measure import VideoMeasures
from sora_nb.video.probe import VideoInfo
from sora_nb.video.showcase import Matrix, Sighting
from sora_nb.video.track import Track

SECONDS = 20.0
"""Processor time that a look at a file may take; work on all of its frames may take more, by its length and size."""
MEMORY = 3 << 30
"""Bytes of address space that the process may have, where the system can hold it to that (Linux)."""

_PROGRAM = "from sora_nb.video.opener import serve"
_PATIENCE = 3
"""Times as long may pass on the clock, since a busy machine is no damaged file."""
_AT_ONCE = 4
_KEPT = 2
_FILES = 500
"""Files after which a process is replaced, so that what one file left behind does not stay for ever."""
_MOST_LINE = 1 << 20
_MOST_BYTES = 256 << 20
_PER_SECOND = 4
"""Seconds of work that a second of video may take."""
_PER_BYTE = 1 / 2000
"""Seconds of work that a byte of video may take at most: a length that lies buys no time."""
_WORKED_TOO_LONG = int(getattr(signal, "SIGXCPU", 0)) or 1 << 30
_NONSENSE = (ValueError, KeyError, IndexError, OSError, EOFError, BadZipFile)
"""What is raised where an answer is not what it has to be."""
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL")


class Opener:
    """One process that opens files."""

    def __init__(self, program: str = _PROGRAM, memory: int = MEMORY) -> None:
        self.files = 0
        # The paths of this interpreter, and not the folder that it happens to be in.
        start = f"import sys; sys.path[:] = sys.argv[1:]; {program}; serve({memory})"
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        # A heap and a pool of threads for each core would be counted as memory.
        environment |= {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(  # noqa: S603 - this interpreter, with text from this file
            [sys.executable, "-P", "-c", start, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            # An interrupt is for the notebook, which then decides.
            start_new_session=True,
        )

    def ask(
        self, request: dict[str, Any], seconds: float, listen: Callable[[float], object] | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """What it answers; `VideoFileError` where it took too long or died, and then it is gone.

        *listen* hears how far it is, 0 to 1; what it raises ends the process.
        """
        assert self.process.stdin is not None and self.process.stdout is not None
        self.files += 1
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self.process.kill()

        clock = threading.Timer(_PATIENCE * seconds, give_up)
        clock.daemon = True
        try:
            told = {**request, "seconds": seconds, "listens": listen is not None}
            self.process.stdin.write(json.dumps(told).encode() + b"\n")
            self.process.stdin.flush()
            clock.start()
            try:
                while (answer := self._line(self.process.stdout)) is not None and "progress" in answer:
                    if listen is not None:
                        listen(float(answer["progress"]))
                size = answer["bytes"] if answer else 0
                blob = self.process.stdout.read(size) if 0 < size <= _MOST_BYTES else b""
            finally:
                clock.cancel()
        except BaseException:
            self.close()
            raise
        if answer is None or len(blob) != size:
            self.close()
            name = Path(request["arguments"][0]).name
            if late.is_set() or self.process.returncode == -_WORKED_TOO_LONG:
                raise VideoFileError(
                    f"{name} was given up: reading it took over {seconds:.0f} s of work. It is damaged, or made so.",
                    "timed_out",
                )
            raise VideoFileError(
                f"{name} ended the process that read it ({self.process.returncode}). It is damaged, or made so.",
                "crashed",
            )
        return answer, blob

    @staticmethod
    def _line(stream: IO[bytes]) -> dict[str, Any] | None:
        line = stream.readline(_MOST_LINE)
        return json.loads(line) if line.endswith(b"\n") else None

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self.process.poll() is None

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # what was not sent is not wanted any more


class Stop:
    """Ends a look at a file, from another thread than the one that waits for it."""

    def __init__(self) -> None:
        self.called = False
        self._opener: Opener | None = None
        self._lock = threading.Lock()

    def __call__(self) -> None:
        """End it now; whoever waits for it gets `VideoFileError` with the code `stopped`."""
        with self._lock:
            self.called = True
            if self._opener is not None:
                self._opener.process.kill()

    def heed(self) -> None:
        """Raise where it was called."""
        if self.called:
            raise VideoFileError("The look at the video was stopped. Ask again for all of it.", "stopped")

    @contextmanager
    def over(self, opener: Opener) -> Iterator[None]:
        """While *opener* works."""
        with self._lock:
            self.heed()
            self._opener = opener
        try:
            yield
        except VideoFileError:
            self.heed()
            raise
        finally:
            with self._lock:
                self._opener = None


_idle: list[Opener] = []
_lock = threading.Lock()
_room = threading.BoundedSemaphore(_AT_ONCE)


def probe(path: str | Path) -> VideoInfo:
    """The facts of the video at *path*; see `video.probe`."""
    facts = _facts("probe", path)
    return VideoInfo(**{**facts, "path": Path(path)})


def measure(source: str | Path, info: VideoInfo | None = None) -> VideoMeasures:
    """Look at every frame of the video once; see `video.measure`. *info* is found out where it is None."""
    facts = _facts("measure", source, seconds=_for_all_of(source, info))
    return VideoMeasures(**{**facts, "cut_times": tuple(facts["cut_times"])})


def cut(source: str | Path, span: TimeRange | str | tuple[float, float], target: str | Path, **options: Any) -> Path:
    """Write *span* of *source* as an MP4 of its own; see `video.cut`."""
    span = TimeRange.of(span)
    _ask("cut", source, str(span), os.path.abspath(target), seconds=_for_all_of(source), **options)
    return Path(target)


def preview(source: str | Path, target: str | Path) -> Path:
    """Write *source* as an MP4 that every browser plays; see `video.preview`."""
    _ask("preview", source, os.path.abspath(target), seconds=_for_all_of(source))
    return Path(target)


def shrink(source: str | Path, target: str | Path, *, most_bytes: int, max_side: int) -> Path:
    """Write *source* as an MP4 of at most *most_bytes*; see `video.shrink.shrink`."""
    seconds = 3 * _for_all_of(source)  # it may be encoded more than once
    _ask("shrink", source, os.path.abspath(target), seconds=seconds, most_bytes=most_bytes, max_side=max_side)
    return Path(target)


def poster(source: str | Path, at: float | None = None, *, width: int = 320) -> bytes:
    """One frame as a JPEG; see `video.poster`."""
    return _ask("poster", source, at, width=width)[1]


def still(source: str | Path, size: tuple[int, int], at: float | None = None) -> bytes:
    """One frame as a PNG of exactly *size*; see `video.still`."""
    return _ask("still", source, size, at)[1]


def filmstrip(
    source: str | Path, count: int = 20, *, height: int = 54, span: tuple[float, float] | None = None
) -> bytes:
    """*count* frames side by side as one JPEG; see `video.filmstrip`."""
    return _ask("filmstrip", source, count, height=height, span=span, seconds=_for_all_of(source))[1]


def scan(
    source: str | Path,
    *,
    faces: Literal["installed"] | None = "installed",
    samples: float = 4.0,
    progress: Callable[[float], object] | None = None,
    stop: Stop | None = None,
    name: str = "",
) -> Track:
    """Look at every frame of the video once, and closely at some; see `video.scan`.

    *progress* is called on this thread, and what it raises ends the scan; *stop* does so from another. *name* is what
    the track calls the video, the file's name where it is empty.
    """
    data = _ask("scan", source, seconds=_for_all_of(source), listen=progress, stop=stop, faces=faces, samples=samples)[
        1
    ]
    return replace(Track.from_bytes(data), name=name or Path(source).name)


def follow(
    source: str | Path, box: BoxLike, at: float, *, samples: float = SUBJECT_SAMPLES, stop: Stop | None = None
) -> Followed:
    """Follow a box through the whole video; see `video.follow`."""
    box = Box.of(box)
    told = [box.x, box.y, box.w, box.h]
    data = _ask("follow", source, told, at, samples, seconds=_for_all_of(source), stop=stop)[1]
    try:
        return Followed.from_bytes(data)
    except _NONSENSE as error:
        raise _nonsense(source) from error


def likeness(
    take: str | Path, reference: str | Path, *, box: BoxLike | None = None, at: float = 0.0, samples: float = 2.0
) -> Likeness:
    """How like the character of *reference* the one in *take* is, by looks; see `video.likeness`.

    *box* was drawn on the reference's picture at *at* seconds, and is followed through all of it.
    """
    who = None if box is None else Box.of(box)
    told = None if who is None else [who.x, who.y, who.w, who.h]
    seconds = _for_all_of(take) + _for_all_of(reference)
    data = _ask("likeness", take, os.path.abspath(reference), told, at, samples, seconds=seconds)[1]
    try:
        return Likeness.from_bytes(data)
    except (*_NONSENSE, TypeError) as error:
        raise _nonsense(take) from error


def alike(source: str | Path, sightings: Sequence[Sighting], *, stop: Stop | None = None) -> Matrix:
    """How alike characters look; see `video.showcase.alike_by_looks`."""
    data = _ask("alike", source, [list(one) for one in sightings], seconds=_for_all_of(source), stop=stop)[1]
    try:
        found = np.load(BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise _nonsense(source) from error
    count = 1 + max(number for _, number, *_ in sightings)
    if found.shape != (count, count):
        raise _nonsense(source)
    return np.asarray(found, np.float64)


def _nonsense(source: str | Path) -> VideoFileError:
    return VideoFileError(f"{Path(source).name} made the process that read it answer nonsense.", "crashed")


def _for_all_of(source: str | Path, info: VideoInfo | None = None) -> float:
    """Seconds that work on every frame may take."""
    info = info or probe(source)
    return SECONDS + min(info.duration * _PER_SECOND, info.bytes * _PER_BYTE)


def _facts(work: str, source: str | Path, *, seconds: float = SECONDS) -> dict[str, Any]:
    facts: dict[str, Any] = _ask(work, source, seconds=seconds)[0]["facts"]
    return facts


def _ask(
    work: str,
    source: str | Path,
    *arguments: Any,
    seconds: float = SECONDS,
    listen: Callable[[float], object] | None = None,
    stop: Stop | None = None,
    **options: Any,
) -> tuple[dict[str, Any], bytes]:
    """The answer of a process that opens files, with its errors raised here."""
    # The process stays in the folder where it was started; the notebook may leave.
    request = {"work": work, "arguments": [os.path.abspath(source), *arguments], "options": options}
    with _opener() as opener, stop.over(opener) if stop else nullcontext():
        answer, blob = opener.ask(request, seconds, listen)
    if "error" in answer:
        raise _error(answer, Path(source).name)
    return answer, blob


def _error(answer: dict[str, Any], name: str) -> Exception:
    kind, message = answer["error"], answer["message"]
    if kind == "RangeError":
        findings = [
            Finding(level, code, text, TimeRange.from_ms(*fix) if fix else None)
            for level, code, text, fix in answer["findings"]
        ]
        return RangeError(message, findings)
    if kind == "ConfigError":
        return ConfigError(message)
    if kind == "VideoFileError":
        return VideoFileError(message, answer["code"])
    if kind == "MemoryError":
        return VideoFileError(f"{name} needs more than {MEMORY >> 30} GB of memory to be opened.", "too_large")
    return VideoFileError(f"{name} cannot be read as a video ({kind}: {message}).", "unexpected")


@contextmanager
def _opener() -> Iterator[Opener]:
    with _room:
        with _lock:
            opener = _idle.pop() if _idle else None
        if opener is not None and not opener.alive:
            opener.close()
            opener = None
        opener = opener or Opener()
        try:
            yield opener
        finally:
            with _lock:
                keep = opener.alive and opener.files < _FILES and len(_idle) < _KEPT
                if keep:
                    _idle.append(opener)
            if not keep:
                opener.close()


def _close_all() -> None:
    with _lock:
        while _idle:
            _idle.pop().close()


def _forget_all() -> None:
    """After a fork the processes are the parent's."""
    global _lock, _room
    _lock, _room = threading.Lock(), threading.BoundedSemaphore(_AT_ONCE)
    _idle.clear()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
