"""Damaged files through everything that opens one: python -m benchmarks.damaged

Each file goes through probe, poster, filmstrip, measure and cut in a process with a bound on memory and on time.
A typed error or a result that can be true is right; a crash, a hang, another error, a result that cannot be true,
memory over the bound, or another file or address opened is a failure, and is listed.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import os
import queue
import shutil
import socket
import struct
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.damage import FPS, Case, case, clips
from sora_nb.errors import VideoFileError
from sora_nb.video import VideoInfo, probe
from sora_nb.video.guarded import MEMORY, SECONDS, Opener

FILES = 10_000
RESIDENT = 1 << 30
"""Bytes that a process may have in memory at any time."""
_FAULTS = ("timed_out", "crashed", "unexpected")
_DAY = 86_400
_FRAME = 1 / FPS


@dataclass
class Outcome:
    """What came of the files so far."""

    files: int = 0
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_file: str = ""
    resident: int = 0
    reserved: int = 0


class Run:
    """A number of files, shared out among processes."""

    def __init__(
        self,
        folder: Path,
        seed: int,
        *,
        opener: Callable[[], Opener] = Opener,
        seconds: float = SECONDS,
        resident: int = RESIDENT,
        keep: Path | None = None,
    ) -> None:
        self.folder, self.seed, self.seconds, self.resident, self.keep = folder, seed, seconds, resident, keep
        self.opener = opener
        self.outcome = Outcome()
        (folder / "whole").mkdir()
        self.whole = clips(folder / "whole")
        self.facts = {name: probe(folder / "whole" / name) for name in self.whole}
        self._lock = threading.Lock()

    def do(self, files: Iterable[int], workers: int) -> Outcome:
        """Make and open the files of these numbers."""
        numbers: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in files:
            numbers.put(number)
        with baits(self.folder) as (names, opened):
            threads = [threading.Thread(target=self._work, args=(numbers, names)) for _ in range(workers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for name, times in opened().items():
                self._fail("bait", f"{name} was opened {times} times")
        return self.outcome

    def _work(self, numbers: queue.SimpleQueue[int], names: list[str]) -> None:
        opener = self.opener()
        while True:
            try:
                one = case(numbers.get_nowait(), self.seed, self.whole, names)
            except queue.Empty:
                opener.close()
                return
            path = self.folder / one.name
            path.write_bytes(one.data)
            if not opener.alive or opener.files > 500:
                opener.close()
                opener = self.opener()
            faults = self._open(opener, one, path)
            if faults and self.keep:
                shutil.copy(path, self.keep / f"{one.kind}-{one.name}")
            path.unlink()

    def _open(self, opener: Opener, one: Case, path: Path) -> list[tuple[str, str]]:
        look = _Look(opener, path, self.seconds)
        info = look.probe()
        faults = list(look.faults)
        if info is not None:
            faults += [("wrong", text) for text in _untrue(info, one, self.facts)]
            faults += [("wrong", text) for text in look.others(info)]
            faults += look.faults
        elif one.expected == "whole":
            faults.append(("wrong", f"a whole {one.clip} was refused: {look.code}"))
        resident, reserved = _memory(opener) if opener.alive else (0, 0)
        if resident > self.resident:
            faults.append(("memory", f"{resident >> 20} MB in memory"))
            opener.close()
        with self._lock:
            self.outcome.files += 1
            self.outcome.kinds[one.kind] += 1
            self.outcome.read += info is not None
            if info is None:
                self.outcome.refused[look.code] += 1
            self.outcome.slowest, self.outcome.slowest_file = max(
                (self.outcome.slowest, self.outcome.slowest_file),
                (look.slowest, f"{one.kind} {one.name} of {one.clip}"),
            )
            self.outcome.resident = max(self.outcome.resident, resident)
            self.outcome.reserved = max(self.outcome.reserved, reserved)
            for fault, text in dict.fromkeys(faults):
                self._fail(fault, f"{one.kind} {one.name} of {one.clip or 'nothing'}: {text}")
        return faults

    def _fail(self, fault: str, text: str) -> None:
        self.outcome.faults[fault] += 1
        self.outcome.failures.append(f"{fault}: {text}")


class _Look:
    """Everything that opens a file, on one file."""

    def __init__(self, opener: Opener, path: Path, seconds: float) -> None:
        self._opener, self._path, self._seconds = opener, path, seconds
        self.faults: list[tuple[str, str]] = []
        self.code = ""
        self.slowest = 0.0

    def probe(self) -> VideoInfo | None:
        found = self._ask("probe")
        return VideoInfo(**{**found[0]["facts"], "path": self._path}) if found else None

    def others(self, info: VideoInfo) -> Iterator[str]:
        """What cannot be true of a poster, a filmstrip, the measures and a clip."""
        for work, options in (("poster", {}), ("filmstrip", {"count": 4})):
            found = self._ask(work, **options)
            if found and (untrue := _no_picture(found[1])):
                yield f"{work}: {untrue}"
        found = self._ask("measure")
        if found:
            facts = found[0]["facts"]
            if not (0 <= facts["sharpness"] <= 1 and 0 <= facts["motion"] <= 255):
                yield f"measures {facts}"
        target = self._path.with_name(f"cut-{self._path.stem}.mp4")
        length = min(1.0, math.floor(info.duration * 1000) / 1000)
        if length > 0.1 and self._ask("cut", f"0,{length}", os.fspath(target)):
            frame = max(_FRAME, 1 / info.fps)
            try:
                clip = probe(target)
            except VideoFileError as error:
                yield f"a clip of {length} s is none: {error}"
                return
            if clip.codec != "h264" or abs(clip.duration - length) > frame + 0.06:
                yield f"a clip of {length} s lasts {clip.duration} s"
        target.unlink(missing_ok=True)

    def _ask(self, work: str, *arguments: Any, **options: Any) -> tuple[dict[str, Any], bytes] | None:
        if not self._opener.alive:
            return None
        request = {"work": work, "arguments": [os.fspath(self._path), *arguments], "options": options}
        start = _worked(self._opener)
        try:
            answer, blob = self._opener.ask(request, self._seconds)
        except VideoFileError as error:
            answer, blob = {"error": "VideoFileError", "message": str(error), "code": error.code}, b""
        if self._opener.alive:
            self.slowest = max(self.slowest, _worked(self._opener) - start)
        if "error" not in answer:
            return answer, blob
        kinds = {"VideoFileError": answer.get("code"), "RangeError": "range", "MemoryError": "too_large"}
        code = kinds.get(answer["error"], "unexpected")
        if work == "probe":
            self.code = code
        if code in _FAULTS or code == "unusable":
            self.faults.append((code, f"{work}: {answer['error']}: {answer['message'][:200]}"))
        return None


def _untrue(info: VideoInfo, one: Case, facts: dict[str, VideoInfo]) -> Iterator[str]:
    """What cannot be true of a file's facts."""
    if one.expected == "refused":
        yield f"read as {info}"
    if not (math.isfinite(info.duration) and 0 < info.duration <= 400 * _DAY):
        yield f"lasts {info.duration} s"
    if not (math.isfinite(info.fps) and 0 < info.fps <= 1000):
        yield f"{info.fps} frames a second"
    if not (info.width > 0 and info.height > 0 and info.width * info.height <= 1 << 27):
        yield f"a picture of {info.width}x{info.height}"
    if not 0 <= info.first_pts < info.duration:
        yield f"begins at {info.first_pts} s and ends at {info.duration} s"
    whole = facts.get(one.clip)
    if whole is None:
        return
    if one.expected == "whole" and (info.duration, info.width, info.codec, info.fps, info.container) != (
        (whole.duration, whole.width, whole.codec, whole.fps, whole.container)
    ):
        yield f"{info} is not {whole}"
    if one.kind == "truncated" and info.duration > whole.duration + 2 / whole.fps:
        yield f"a part lasts {info.duration} s and the whole {whole.duration} s"


def _no_picture(data: bytes) -> str | None:
    with Image.open(BytesIO(data), formats=["JPEG"]) as picture:
        picture.load()
        return None if min(picture.size) > 0 else f"a picture of {picture.size}"


def _worked(opener: Opener) -> float:
    """Seconds of processor time so far; 0 where the system does not say. A busy machine makes them no longer."""
    stat = Path(f"/proc/{opener.process.pid}/stat")
    if not stat.exists():
        return 0.0
    return sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def _memory(opener: Opener) -> tuple[int, int]:
    """The most that a process had in memory and in its address space; 0 where the system does not say."""
    status = Path(f"/proc/{opener.process.pid}/status")
    if not status.exists():
        return 0, 0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) << 10, int(lines["VmPeak"].split()[0]) << 10


@contextmanager
def baits(folder: Path) -> Iterator[tuple[list[str], Callable[[], Counter[str]]]]:
    """Files and an address that nothing may open, and who did: `(names, opened)`."""
    bait = folder / "bait.ts"
    shutil.copy(folder / "whole" / "a.ts", bait)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/bait.ts"
        watch = _watch(bait)

        def opened() -> Counter[str]:
            found = Counter({"bait.ts": watch()})
            try:
                while True:
                    server.accept()[0].close()
                    found["an address"] += 1
            except BlockingIOError:
                return +found

        yield [os.fspath(bait), bait.name, bait.as_uri(), address], opened


def _watch(path: Path) -> Callable[[], int]:
    """How often *path* was opened from now on. Linux tells; elsewhere only addresses are watched."""
    if sys.platform != "linux":
        return lambda: 0
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.inotify_init1(os.O_NONBLOCK)
    opened = 0x20
    if handle < 0 or libc.inotify_add_watch(handle, os.fsencode(path), opened) < 0:
        raise OSError(ctypes.get_errno(), "no watch on the bait")

    def count() -> int:
        try:
            events = os.read(handle, 1 << 16)
        except BlockingIOError:
            events = b""
        finally:
            os.close(handle)
        return len(events) // struct.calcsize("iIII")

    return count


def line(outcome: Outcome, seed: int, seconds: float) -> str:
    """The figures in one line."""
    codes = ", ".join(f"{code} {count}" for code, count in outcome.refused.most_common())
    found = ", ".join(
        f"{outcome.faults[fault]} {word}"
        for fault, word in (
            ("crashed", "crashes"),
            ("timed_out", "hangs"),
            ("unexpected", "untyped errors"),
            ("wrong", "wrong results"),
            ("memory", "over the bound"),
            ("bait", "other files opened"),
        )
    )
    return (
        f"{outcome.files} damaged files (seed {seed}): {outcome.read} read, {sum(outcome.refused.values())} refused "
        f"({codes}); {found}; the slowest look {outcome.slowest:.1f} s of work of {SECONDS:.0f} "
        f"({outcome.slowest_file}), "
        f"memory {outcome.resident >> 20} MB of {RESIDENT >> 20}, address space {outcome.reserved >> 20} MB of "
        f"{MEMORY >> 20}; {seconds:.0f} s in all"
    )


def main() -> int:
    """Run and print the figures, behind what failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that failed")
    asked = parser.parse_args()
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sora-nb-damaged-") as folder:
        outcome = Run(Path(folder), asked.seed, keep=asked.keep).do(range(asked.files), asked.workers)
    for failure in outcome.failures:
        print(failure)
    print(line(outcome, asked.seed, time.monotonic() - start))
    return 1 if outcome.failures or outcome.files != asked.files else 0


if __name__ == "__main__":
    sys.exit(main())
