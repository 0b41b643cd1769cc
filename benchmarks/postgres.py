"""A shared library: `python benchmarks/postgres.py steps [N]`, `... kernels [N]`, `... frame [ROWS]`, `... lives [N]`.

`steps`: milliseconds of each step of a job's life, in a file and in PostgreSQL, both on this machine's disk.
`kernels`: steps a second of one, two and four processes at work on one library at once.
`frame`: ROWS takes (100,000) as a DataFrame, from either.
`lives`: N lives of jobs (1,000) as in goal G1 of the torture bench, with the library in PostgreSQL; from seed 0 on.

Everything starts a server of its own, which goes when it is done.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.sweep import _row as stored_row
from sora_nb import Studio
from sora_nb.library import JobRow, Library
from sora_nb.library.journal import _values
from sora_nb.library.schema import jobs
from tests import postgres
from tests.shelves import KINDS, KindName, Shelf, new_shelf
from tests.torture.schedule import Findings, one_life

KERNEL = """
import sys, time
sys.path.insert(0, sys.argv[5])
from benchmarks.postgres import live
from sora_nb.library import Library
library = Library(sys.argv[1] or sys.argv[2], sys.argv[2] if sys.argv[1] else None)
library.jobs.videos()
print("ready", flush=True)
sys.stdin.readline()
began = time.perf_counter()
for number in range(int(sys.argv[4])):
    live(library, f"{sys.argv[3]}_{number}")
print(time.perf_counter() - began, flush=True)
"""
STEPS_OF_A_LIFE = 7


@contextmanager
def shelf_of(kind: KindName, *, on_disk: bool = True) -> Iterator[Shelf]:
    """An empty library of either kind, with its server where it needs one."""
    shelf_before = postgres.SHELF
    postgres.SHELF = None if on_disk else shelf_before
    programs = postgres.find_postgres()
    if programs is None:
        sys.exit(postgres.MISSING)
    with tempfile.TemporaryDirectory() as folder:
        server = postgres.Server(programs) if kind == "postgresql" else None
        shelf = new_shelf(kind, Path(folder), lambda: server or sys.exit("no server"))
        try:
            yield shelf
        finally:
            shelf.close()
            postgres.SHELF = shelf_before
            if server is not None:
                server.close()


def row(name: str) -> JobRow:
    """A job that nobody has asked for."""
    return replace(stored_row(1), id=name, key=f"key-{name}", state="INTENT", remote_id=None)


def live(library: Library, name: str, timed: Callable[[str, float], None] = lambda _step, _s: None) -> None:
    """Every step of one job that goes well; *timed* hears of each."""

    def step(what: str, work: Callable[[], JobRow]) -> JobRow:
        began = time.perf_counter()
        found = work()
        timed(what, time.perf_counter() - began)
        return found

    asked = step("intend", lambda: library.jobs.intend(row(name))[0])
    mine = step("claim", lambda: library.jobs.claim(asked.id, "me/1/2/3", time.time(), lambda _owner: True) or asked)
    for state in ("SENDING", "ACCEPTED", "RUNNING", "STORED"):
        mine = step("advance", lambda state=state, mine=mine: library.jobs.advance(mine, state=state))  # type: ignore[misc]
    step("get", lambda: library.jobs.get(name))


def steps(count: int) -> dict[str, dict[str, float]]:
    """Milliseconds, the median of *count* lives."""
    found: dict[str, dict[str, float]] = {}
    for kind in KINDS:
        times: dict[str, list[float]] = {}
        with shelf_of(kind) as shelf:
            library = shelf.open()
            for number in range(count):
                live(library, f"vid_{number}", lambda what, s, times=times: times.setdefault(what, []).append(s))  # type: ignore[misc]
        found[kind] = {what: round(1000 * statistics.median(values), 2) for what, values in times.items()}
    return found


def kernels(count: int) -> dict[str, dict[int, int]]:
    """Steps a second of all kernels together, each with *count* lives."""
    found: dict[str, dict[int, int]] = {}
    for kind in KINDS:
        found[kind] = {}
        for number in (1, 2, 4):
            with shelf_of(kind) as shelf:
                shelf.open().close()
                found[kind][number] = _at_once(shelf, number, count)
    return found


def _at_once(shelf: Shelf, number: int, count: int) -> int:
    root = str(Path(__file__).parents[1])
    at_work = []
    for one in range(number):
        command = [sys.executable, "-c", KERNEL, shelf.address or "", str(shelf.folder), f"k{one}", str(count), root]
        at_work.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for kernel in at_work:
        assert kernel.stdout is not None
        kernel.stdout.readline()
    began = time.perf_counter()
    for kernel in at_work:
        assert kernel.stdin is not None
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    for kernel in at_work:
        kernel.communicate()
    return round(number * count * STEPS_OF_A_LIFE / (time.perf_counter() - began))


def frame(rows: int) -> dict[str, float]:
    """Seconds for the table of all takes, the best of three."""
    found = {}
    for kind in KINDS:
        with shelf_of(kind) as shelf:
            studio = Studio("simulator", **shelf.place)
            for start in range(0, rows, 5000):
                with studio._engine.library._database.write() as connection:
                    filled = [_values(stored_row(number)) for number in range(start, min(rows, start + 5000))]
                    connection.execute(sa.insert(jobs), filled)
            best = float("inf")
            for _ in range(3):
                began = time.perf_counter()
                assert len(studio.videos_df()) == rows
                best = min(best, time.perf_counter() - began)
            studio.close()
            found[kind] = round(best, 2)
    return found


def lives(count: int) -> dict[str, object]:
    """What the first *count* lives come to."""
    total, began = Findings(), time.perf_counter()
    programs = postgres.find_postgres()
    if programs is None:
        sys.exit(postgres.MISSING)
    server = postgres.Server(programs)
    try:
        for seed in range(count):
            total.add(one_life(seed, server=server))
    finally:
        server.close()
    names = ("lives", "intents", "charges", "double", "lost", "wrong", "stuck", "unknown", "resolved", "kills")
    told: dict[str, object] = {name: getattr(total, name) for name in names}
    return {**told, "failed_seeds": total.failed_seeds[:20], "seconds": round(time.perf_counter() - began)}


WORK: dict[str, tuple[Callable[[int], object], int]] = {
    "steps": (steps, 300),
    "kernels": (kernels, 100),
    "frame": (frame, 100_000),
    "lives": (lives, 1000),
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in WORK:
        sys.exit(__doc__)
    work, count = WORK[sys.argv[1]]
    print(json.dumps(work(int(sys.argv[2]) if len(sys.argv) > 2 else count), indent=2))
