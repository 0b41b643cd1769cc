"""G3: the power goes while a library is written, and the disk refuses. Nothing that was told is lost.

A whole job life (`life.live`) runs on a disk that notes every change (`overlay`, mounted with FUSE). For each moment
the disk is made again as a power cut would leave it: once without anything that was not flushed, once with a random
part of it. The next kernel on that disk must find whatever the first had told anyone. Then writes, flushes and
renames fail with EIO, ENOSPC or are cut short.
"""

from __future__ import annotations

import os
import pickle
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sora_nb.library import JobRow
from tests.clips import make_clip
from tests.torture import life
from tests.torture.disk import Change, Disk, replay
from tests.torture.g2_kill import AT_ONCE, UNSETTLED, processes, wrongs_of
from tests.torture.life import After, Ended
from tests.torture.result import Result
from tests.torture.till import Sale, Till, serving

FULL_CUTS, QUICK_CUTS = 320, 8
FULL_FAULTS, QUICK_FAULTS = 240, 6
FAULTS = (("eio", "fsync"), ("eio", "write"), ("short", "write"), ("enospc", "write"), ("eio", "rename"))

FORWARD = ("INTENT", "SENDING", "ACCEPTED", "RUNNING", "READY", "FETCHING", "STORED")


def run(*, quick: bool) -> Result:
    began = time.monotonic()
    if (reason := why_not()) is not None:
        return Result("G3", 0, 0, False, 0.0, {}, "", skipped=reason)
    processes.set_forkserver_preload(["tests.torture.life"])
    with tempfile.TemporaryDirectory(prefix="sora-nb-g3-") as name:
        folder = Path(name)
        with serving(make_clip(folder / "film.mp4").read_bytes()) as till:
            bench = Bench(folder, till)
            tape = bench.record("whole")
            cuts = bench.cuts(tape, QUICK_CUTS if quick else FULL_CUTS)
            with mounted(folder / "faulty", folder / "faulty.log") as disk, ThreadPoolExecutor(AT_ONCE) as pool:
                faults = pool.map(
                    lambda fault: bench.refuse(disk, *fault), bench.faults(tape, QUICK_FAULTS if quick else FULL_FAULTS)
                )
                ended = [*pool.map(lambda cut: bench.cut_power(tape, *cut), cuts), *faults]
            careless = bench.record("careless", life.flush_nothing)
            caught = any(bench.cut_power(careless, at, None).wrongs for at in bench.moments(careless, 12))
    wrong = [one for one in ended if one.wrongs]
    counts = {"power_cuts": len(cuts), "disk_faults": len(ended) - len(cuts), "changes_in_one_life": len(tape.changes)}
    notes = f"{counts['power_cuts']} power cuts, {counts['disk_faults']} refusals by the disk"
    for one in wrong[:10]:
        notes += f"\n  {one.name}: {'; '.join(one.wrongs)}"
    return Result("G3", len(ended), len(wrong), caught, time.monotonic() - began, counts, notes)


def why_not() -> str | None:
    """Why no disk can be mounted here, or None where one can."""
    if find_spec("mfusepy") is None:
        return "mfusepy is not installed (pip install mfusepy)"
    if not os.path.exists("/dev/fuse") or _let_go() is None:
        return "there is no FUSE here (/dev/fuse; apt-get install fuse3)"
    with tempfile.TemporaryDirectory(prefix="sora-nb-g3-") as name:
        try:
            with mounted(Path(name) / "tried", Path(name) / "log") as disk:
                (disk / "file").write_text("held")
        except (OSError, RuntimeError) as error:
            return f"FUSE does not mount here: {error}"
    return None


@contextmanager
def mounted(folder: Path, log: Path) -> Iterator[Path]:
    """A disk at *folder*. *log* is written when it is let go."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.torture.overlay", str(folder), str(log)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 20
        while not folder.is_mount():
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise RuntimeError(process.communicate()[1].strip()[-300:] or "it did not come up in 20 s")
            time.sleep(0.02)
        try:
            yield folder
        finally:
            subprocess.run([_let_go() or "fusermount3", "-u", "-z", str(folder)], check=True)
            process.wait(20)


def _let_go() -> str | None:
    """The program that lets go of a mounted disk, where there is one."""
    return shutil.which("fusermount3") or shutil.which("fusermount")


@dataclass(frozen=True)
class Tape:
    """A whole life: what was done to the disk, what was told, and what was sold, each with its time."""

    changes: Sequence[Change]
    told: Sequence[tuple[float, JobRow]]
    sales: Sequence[Sale]


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    name: str
    wrongs: list[str]


class Bench:
    """Lives on disks that forget or refuse."""

    def __init__(self, folder: Path, till: Till) -> None:
        self._folder = folder
        self._till = till

    def record(self, name: str, plant: Callable[[], None] | None = None) -> Tape:
        """A life from beginning to end."""
        log = self._folder / f"{name}.log"
        url = self._till.open(name)
        with mounted(self._folder / name, log) as disk:
            ended = self._live(disk / "library", url, plant)
        if ended is None or ended.raised:
            raise RuntimeError(f"A life without faults did not end well: {ended}")
        return Tape(pickle.loads(log.read_bytes()), ended.told, self._till.books[name].sales)  # noqa: S301  ours

    def moments(self, tape: Tape, count: int) -> list[int]:
        """So many numbers of changes after which the power may go, evenly spread and with the end among them."""
        every = max(1.0, len(tape.changes) / count)
        return sorted({len(tape.changes), *(int(every * number) for number in range(count))})

    def cuts(self, tape: Tape, count: int) -> list[tuple[int, int | None]]:
        """Moments, each once with nothing kept that was not flushed, and once with a part of it by a seed."""
        return [(at, seed) for at in self.moments(tape, count // 2) for seed in (None, at)]

    def faults(self, tape: Tape, count: int) -> list[tuple[str, str, int]]:
        """What is to fail and how: every rename, and of the others as many as there is time for."""
        calls = [name.removesuffix("dir") for name, *_ in tape.changes]
        chosen: list[tuple[str, str, int]] = []
        for kind, call in FAULTS:
            there = calls.count(call)
            every = max(1, there * len(FAULTS) // count)
            chosen += [(kind, call, nth) for nth in range(1, there + 1, every)]
        return chosen

    def cut_power(self, tape: Tape, at: int, seed: int | None) -> Outcome:
        """The power goes after change number *at*; a new kernel finds what the disk still holds."""
        name = f"cut-{at}-{seed}-{time.monotonic_ns()}"
        disk = Disk()
        replay(disk, tape.changes[:at])
        folder = self._folder / name
        disk.write_image(folder, None if seed is None else random.Random(seed))
        moment = tape.changes[at][2] if at < len(tape.changes) else float("inf")
        url = self._till.open(name, [sale for sale in tape.sales if sale.at < moment])
        told = {row.id: row for when, row in tape.told if when < moment}
        after = self._take_over(folder / "library", url)
        wrongs = ["the next kernel died"] if after is None else self._wrongs(name, after, told)
        shutil.rmtree(folder)
        return Outcome(name, wrongs)

    def refuse(self, disk: Path, kind: str, call: str, nth: int) -> Outcome:
        """The disk fails a kernel, which is told in words, goes on when there is room again, and is followed."""
        name = f"{kind}-{call}-{nth}"
        url = self._till.open(name)
        (disk / name).mkdir()
        ended = self._live(disk / name / "library", url, None)
        if ended is None:
            return Outcome(name, ["the kernel died"])
        (disk / name).rename(disk / f"mended-{name}")
        after = self._take_over(disk / f"mended-{name}" / "library", url)
        if after is None:
            return Outcome(name, ["the next kernel died"])
        untyped = [f"not typed: {words}" for words, typed in ended.raised if not typed]
        return Outcome(name, untyped + self._wrongs(name, after, {row.id: row for _, row in ended.told}))

    def _wrongs(self, name: str, after: After, told: dict[str, JobRow]) -> list[str]:
        wrongs = wrongs_of(self._till.books[name], after, self._till.film_name)
        return wrongs + [words for row in told.values() for words in _forgotten(row, after)]

    def _live(self, folder: Path, url: str, plant: Callable[[], None] | None) -> Ended | None:
        ours, theirs = processes.Pipe()
        process = processes.Process(target=life.live_and_tell, args=(folder, url, theirs, plant))
        process.start()
        theirs.close()
        return _received(ours, process)

    def _take_over(self, folder: Path, url: str) -> After | None:
        ours, theirs = processes.Pipe()
        process = processes.Process(target=life.take_over, args=(folder, url, theirs))
        process.start()
        theirs.close()
        return _received(ours, process)


def _received(ours: Connection, process: BaseProcess) -> Any:
    """What a process sends at its end, or None where it died before."""
    try:
        return ours.recv()
    except EOFError:
        return None
    finally:
        process.join()


def _forgotten(told: JobRow, after: After) -> list[str]:
    """What was told of a job and is not known any more."""
    found, now = after.found.get(told.id), after.rows.get(told.id)
    if found is None or now is None:
        return [f"{told.id} was told as {told.state} and is not there"]
    if told.state in FORWARD and found.state in FORWARD and FORWARD.index(found.state) < FORWARD.index(told.state):
        return [f"{told.id} was told as {told.state} and is found as {found.state}"]
    if told.remote_id is not None and now.remote_id != told.remote_id and now.state not in UNSETTLED:
        return [f"{told.id} was told as {told.remote_id} and is {now.remote_id}"]
    if told.remote_id is not None and now.remote_id is None:
        return [f"{told.id} had the id {told.remote_id}, which is not known any more"]
    if told.state == "STORED" and told.file is not None and told.file in after.missing:
        return [f"{told.id} was told to be there and its file is not"]
    return []
