"""Many files, handed out a few at a time and put together in their order."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Literal

from sora_nb.analyzing.one import Row, Task, failed, look_at, seen
from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.jobs.crossing import SLICE_SECONDS, attend
from sora_nb.library.tracks import SAMPLES, FileState, Tracks, require_unchanged, state_of
from sora_nb.timerange import Limits, limits_of
from sora_nb.video.faces import installed_name
from sora_nb.video.guarded import Stop
from sora_nb.video.numbers import require_samples
from sora_nb.video.track import Track

if TYPE_CHECKING:
    import pandas as pd


def analyze(
    paths: Iterable[str | Path],
    executor: Executor | None,
    limits: Limits | str,
    *,
    k: int = 3,
    faces: Literal["installed"] | None = "installed",
    samples: float = SAMPLES,
    ahead: int | None = None,
    progress: Callable[[float], object] | None = None,
    tracks: Tracks | None,
) -> pd.DataFrame:
    """As `analyze_many` has it; what is seen is kept in *tracks*."""
    from sora_nb.tables import analysis_df

    if isinstance(paths, (str, Path)):
        raise ConfigError(f"analyze_many takes many paths; for one give a list: [{str(paths)!r}].")
    named = [str(path) for path in paths]
    ahead = 2 * _cores() if ahead is None else ahead
    for what, value, least in (("k", k, 1), ("ahead", ahead, 1)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ConfigError(f"{what}= is {least} or more, not {value!r}.")
    if faces not in ("installed", None):
        raise ConfigError("A detector of your own cannot go along to other processes. Use scan(path, faces=...) then.")
    require_samples(samples)
    # Where they are looked at the folder may be another one.
    whole = [os.path.abspath(os.path.expanduser(path)) for path in named]
    tasks = [Task(path, limits_of(limits), k, faces, samples, bring=tracks is not None) for path in whole]
    going = _Going(tasks, executor, ahead, tracks)
    attend(going, "sora-nb-many", progress)
    return analysis_df([{"file": path, **row} for path, row in zip(named, going.rows, strict=True)])


@dataclass
class _Going:
    """All of them, on a thread of its own: whoever asked may be interrupted anywhere, and only looks on."""

    tasks: list[Task]
    executor: Executor | None
    ahead: int
    tracks: Tracks | None
    done: bool = False
    error: Exception | None = None
    _rows: dict[int, Row] = field(default_factory=dict)
    _flying: dict[Future[tuple[Row, bytes | None]], int] = field(default_factory=dict)
    _answered: SimpleQueue[Future[tuple[Row, bytes | None]]] = field(default_factory=SimpleQueue)
    _contents: dict[int, tuple[str, FileState]] = field(default_factory=dict)
    _stops: dict[int, Stop] = field(default_factory=dict)
    _stopped: bool = False

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return len(self._rows) / len(self.tasks) if self.tasks else 1.0

    @property
    def rows(self) -> list[Row]:
        """What was seen, in the order of the files."""
        return [self._rows[number] for number in range(len(self.tasks))]

    def stop(self) -> None:
        """Begin nothing more, and end what goes on in this process."""
        self._stopped = True
        for stop in list(self._stops.values()):
            stop()

    def run(self) -> None:
        try:
            if self.executor is not None:
                self._hand_out(self.executor, ours=False)
            elif self.tasks:
                with ThreadPoolExecutor(_cores(), thread_name_prefix="sora-nb-many") as threads:
                    self._hand_out(threads, ours=True)
        except Exception as error:  # raised where it is waited for
            self.error = error
        finally:
            self.done = True

    def _hand_out(self, executor: Executor, *, ours: bool) -> None:
        for number, task in enumerate(self.tasks):
            while len(self._flying) >= self.ahead and not self._stopped:
                self._take_in()
            if self._stopped:
                break
            if not self._known(number, task):
                self._submit(executor, number, task, ours=ours)
        while self._flying and not self._stopped:
            self._take_in()
        for future in self._flying:
            future.cancel()

    def _known(self, number: int, task: Task) -> bool:
        """Was it seen before? Then its row is there at once."""
        if self.tracks is None:
            return False
        path = Path(task.path)
        try:
            before = state_of(path)
            content = self.tracks.content(path)
        except OSError:
            return False  # why it cannot be read is told by whoever tries to look at it
        self._contents[number] = content, before
        began, name = time.perf_counter(), path.name
        track = self.tracks.find(content, name, detector=_detector(task), samples=task.samples)
        if track is None:
            return False
        self._rows[number] = {**seen(track, task), "elapsed_s": round(time.perf_counter() - began, 3)}
        return True

    def _submit(self, executor: Executor, number: int, task: Task, *, ours: bool) -> None:
        given: tuple[Task] | tuple[Task, Stop] = (task,)
        if ours:
            stop = self._stops[number] = Stop()
            if self._stopped:  # meanwhile, and it may have been too late for this one
                stop()
            given = (task, stop)
        try:
            future = executor.submit(look_at, *given)
        except (BrokenExecutor, RuntimeError) as error:
            self._rows[number] = _broken(error)
            return
        self._flying[future] = number
        future.add_done_callback(self._answered.put)

    def _take_in(self) -> None:
        try:
            future = self._answered.get(timeout=SLICE_SECONDS)
        except Empty:
            return
        number = self._flying.pop(future)
        self._stops.pop(number, None)
        try:
            row, data = future.result()
        except (Exception, CancelledError) as error:  # an executor may pass on whatever befell its worker
            self._rows[number] = _broken(error)
            return
        try:
            self._keep(number, data)
        except VideoFileError as error:
            row = failed(error.code, str(error))
        self._rows[number] = row

    def _keep(self, number: int, data: bytes | None) -> None:
        """Keep what was seen. Raises `VideoFileError` where the file was changed meanwhile."""
        if self.tracks is None or data is None or number not in self._contents:
            return
        task = self.tasks[number]
        content, before = self._contents[number]
        require_unchanged(Path(task.path), before)
        try:
            track = Track.from_bytes(data)
        except VideoFileError:
            return  # it was damaged on the way, and the row is there all the same
        self.tracks.keep(content, track, detector=track.detector, samples=task.samples)


def _broken(error: BaseException) -> Row:
    told = f": {error}" if str(error) else ""
    return failed("not_looked_at", f"The executor ended before it was looked at ({type(error).__name__}{told}).")


def _detector(task: Task) -> str | None:
    return installed_name() if task.faces == "installed" else None


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # only Linux tells
        return os.cpu_count() or 1
