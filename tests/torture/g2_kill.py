"""G2: a kernel is killed at every system call that changes the disk, and at random moments. The next one goes on.

`strace` attaches to one thread of a whole job life (`life.live`) and delivers SIGKILL on entering its nth call of a
kind. Afterwards the database is whole, nothing that was charged is lost or charged again, no file is there in part
under its final name, and what the service works on is asked about within 2 s.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sora_nb.library import JobRow
from tests.clips import make_clip
from tests.torture import life
from tests.torture.life import After
from tests.torture.result import Result
from tests.torture.till import Book, Till, serving

CALLS = (
    "openat,write,writev,pwrite64,fsync,fdatasync,ftruncate,"
    "unlink,unlinkat,rename,renameat,renameat2,link,mkdir,mkdirat,chmod,fchmod"
)
POLLING_S = 2.0
AT_ONCE = 6
QUICK_POINTS, QUICK_KERNELS = 8, 5
FULL_KERNELS = 200
UNSETTLED = ("UNKNOWN", "NOT_FOUND", "AMBIGUOUS", "RECONCILING")

KERNEL = """
import warnings
from pathlib import Path
from sora_nb.jobs import pacing
from tests.torture import life
pacing.POLL_FIRST = 0.01
folder, url = Path({folder!r}), {url!r}
print("ready", flush=True)
engine = life.open_engine(folder, url)
life.run(engine)
"""

processes = multiprocessing.get_context("forkserver")


@dataclass(frozen=True, order=True)
class Point:
    """The nth call of a kind that a thread makes."""

    role: str
    call: str
    nth: int


def run(*, quick: bool) -> Result:
    began = time.monotonic()
    if (reason := why_not()) is not None:
        return Result("G2", 0, 0, False, 0.0, {}, "", skipped=reason)
    processes.set_forkserver_preload(["tests.torture.life"])
    with tempfile.TemporaryDirectory(prefix="sora-nb-g2-") as name, serving(_film(Path(name))) as till:
        bench = Bench(Path(name), till)
        points = [point for role in life.ROLES for point in bench.points(role)]
        chosen = points[:: max(1, len(points) // QUICK_POINTS)] if quick else points
        with ThreadPoolExecutor(AT_ONCE) as pool:
            deaths = list(pool.map(bench.die_at, chosen))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            deaths += list(pool.map(bench.die_in_a_kernel, range(QUICK_KERNELS if quick else FULL_KERNELS)))
        caught = any(bench.die_at(point, life.forget_sending).wrongs for point in _around_sending(points))
    wrong = [death for death in deaths if death.wrongs]
    killed = sum(death.killed for death in deaths)
    slowest = max((death.polled_after for death in deaths if death.polled_after is not None), default=0.0)
    notes = (
        f"{killed} of {len(deaths)} were killed, {len(points)} points in one life; {_unknown(deaths)} answers lost and "
        f"shown; asked again after {slowest:.2f} s at the latest"
    )
    for death in wrong[:10]:
        notes += f"\n  {death.name}: {'; '.join(death.wrongs)}"
    baseline = {"points_in_one_life": len(points), "killed": killed, "slowest_poll_s": round(slowest, 3)}
    return Result("G2", len(deaths), len(wrong), caught, time.monotonic() - began, baseline, notes)


def why_not() -> str | None:
    """Why strace cannot be used here, or None where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (apt-get install strace)"
    command = ["strace", "-o", os.devnull, "-e", "inject=getppid:signal=SIGKILL", "true"]
    tried = subprocess.run(command, capture_output=True, text=True)
    return None if tried.returncode == 0 else f"strace may not trace here: {tried.stderr.strip()[:200]}"


@dataclass(frozen=True)
class Death:
    """How one life ended and what came after."""

    name: str
    killed: bool
    after: After
    polled_after: float | None
    wrongs: list[str]


class Bench:
    """Lives, deaths and heirs, each on a library of its own."""

    def __init__(self, folder: Path, till: Till) -> None:
        self._folder = folder
        self._till = till

    def points(self, role: str) -> list[Point]:
        """Every call of a whole life by which one thread changes the library."""
        folder = self._folder / f"whole-{role}"
        self._live(folder, role, ["-y", "-s", "0", "-e", f"trace={CALLS}"])
        counts: dict[str, int] = {}
        points = []
        for line in _log(folder).read_text().splitlines():
            if (match := re.match(r"(\w+)\(", line)) is None:
                continue
            counts[match[1]] = counts.get(match[1], 0) + 1
            if str(folder) in line and (match[1] != "openat" or "O_CREAT" in line):
                points.append(Point(role, match[1], counts[match[1]]))
        if not points:
            raise RuntimeError(f"No call of the thread for {role} changes the library: another one does its work.")
        return points

    def die_at(self, point: Point, plant: Callable[[], None] | None = None) -> Death:
        """A life that ends at a point."""
        name = f"{point.role}-{point.call}-{point.nth}{'-control' if plant else ''}"
        inject = f"inject={point.call}:signal=SIGKILL:when={point.nth}"
        killed = self._live(self._folder / name, point.role, ["-e", f"trace={point.call}", "-e", inject], plant)
        return self._judge(name, killed)

    def die_in_a_kernel(self, number: int) -> Death:
        """A life in a notebook's kernel that ends at a random moment."""
        from jupyter_client.manager import KernelManager

        name = f"kernel-{number}"
        url = self._till.open(name)
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(cwd=str(Path(__file__).parents[2]), stderr=subprocess.DEVNULL)
        client = manager.blocking_client()
        try:
            client.start_channels()
            client.wait_for_ready(60)
            client.execute(KERNEL.format(folder=str(self._folder / name), url=url))
            while client.get_iopub_msg(60)["header"]["msg_type"] != "stream":
                pass
            time.sleep(random.Random(number).uniform(0, 1.2))
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        return self._judge(name, True)

    def _live(self, folder: Path, role: str, arguments: list[str], plant: Callable[[], None] | None = None) -> bool:
        """One life under strace; was it killed?"""
        url = self._till.open(folder.name)
        ours, theirs = processes.Pipe()
        process = processes.Process(target=life.live, args=(folder, url, role, theirs, plant))
        process.start()
        theirs.close()
        thread = ours.recv()
        command = ["strace", "-p", str(thread), *arguments, "-o", str(_log(folder))]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            if "attached" not in (said := tracer.stderr.readline()):
                process.kill()
                raise RuntimeError(f"strace: {said.strip()}")
            ours.send("go")
            process.join(120)
            if process.exitcode is None:
                process.kill()
                process.join()
                raise RuntimeError(f"{folder.name} neither ended nor was killed.")
        # The fork server sometimes does not learn how a process ended, and then says 255. Its tracer knows.
        killed = "+++ killed by SIGKILL +++" in _log(folder).read_text()
        if process.exitcode not in (-9 if killed else 0, 255):
            raise RuntimeError(f"{folder.name} ended with {process.exitcode}.")
        return killed

    def _judge(self, name: str, killed: bool) -> Death:
        book = self._till.books[name]
        folder = self._folder / name
        ours, theirs = processes.Pipe()
        heir = processes.Process(target=life.take_over, args=(folder, f"{self._till.address}/{name}", theirs))
        heir.start()
        theirs.close()
        try:
            after: After = ours.recv()
        except EOFError:
            heir.join()
            empty = After(0, {}, {}, {}, "ok", [], [], "")
            return Death(name, killed, empty, None, [f"the next kernel died with {heir.exitcode}"])
        heir.join()
        shutil.rmtree(folder)
        waits = [_wait(book, remote_id, after.began) for remote_id in after.known.values()]
        wrongs = wrongs_of(book, after, self._till.film_name)
        wrongs += [f"asked again only after {wait:.2f} s" for wait in waits if wait > POLLING_S]
        return Death(name, killed, after, max(waits, default=None), wrongs)


def _log(folder: Path) -> Path:
    """Where the tracer of the life in *folder* writes."""
    return folder.with_name(f"{folder.name}.strace")


def wrongs_of(book: Book, after: After, film: str) -> list[str]:
    """What should not be so after a death and a new kernel."""
    wrongs = [f"{intent} was charged twice" for intent in book.charged_twice()]
    wrongs += [] if after.damage == "ok" else [f"the database is damaged: {after.damage}"]
    wrongs += [f"{name} is there in part" for name in after.spoiled]
    wrongs += [after.trouble] if after.trouble else []
    rows = {_intent(row): row for row in after.rows.values()}
    for sale in book.sales:
        row = rows.get(sale.intent)
        if row is None:
            wrongs.append(f"{sale.intent} was paid for and is not known")
        elif row.state == "STORED":
            if row.remote_id != sale.remote_id or (row.kind == "video" and row.file != film):
                wrongs.append(f"{sale.intent} has the wrong result")
        elif row.state not in UNSETTLED:
            wrongs.append(f"{sale.intent} was paid for and is {row.state}: {row.error}")
    return wrongs


def _intent(row: JobRow) -> str:
    return str(row.request.get("prompt", "ada"))


def _wait(book: Book, remote_id: str, after: float) -> float:
    first = book.first_poll(remote_id, after)
    return float("inf") if first is None else first - after


def _around_sending(points: Iterable[Point]) -> list[Point]:
    """The moments before the ledger is written: one of them lies between a sale and its record."""
    return [point for point in points if point.role == "jobs" and point.call == "write"]


def _unknown(deaths: Iterable[Death]) -> int:
    return sum(row.state in UNSETTLED for death in deaths for row in death.after.rows.values())


def _film(folder: Path) -> bytes:
    return make_clip(folder / "film.mp4").read_bytes()
