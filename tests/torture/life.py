"""One whole life of a library, to be ended at any point, and the kernel that comes after it.

A video is made, a character is taken from it, and a second video shows the character. Each function here runs in
a process of its own.
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from multiprocessing.connection import Connection
from pathlib import Path

from sora_nb import video
from sora_nb.errors import LibraryError, SoraError
from sora_nb.jobs import Engine, pacing
from sora_nb.jobs.transport import Transport
from sora_nb.library import CharacterRow, JobRow, Library
from sora_nb.library.journal import Change, Journal
from tests.jobs.bench import service, video_job

ROLES = ("opening", "jobs", "video")
"""The threads that write: the one that opens the library, the one that owns the jobs, the one that cuts."""

ANY_TRACER = (0x59616D61, ctypes.c_ulong(-1))
PLACE = "http://till.invalid"
"""What a library takes for the service's address, so that it can be led to another book after a power cut."""

PATIENCE_S = 20.0
ATTEMPTS = 6
"""So often a person asks again while the disk refuses."""


@dataclass(frozen=True)
class Ended:
    """What a kernel told while it lived, and what was raised in it."""

    told: list[tuple[float, JobRow]]
    """What anyone could see of a job, and from when on, by the monotonic clock."""
    raised: list[tuple[str, bool]]
    """In words, and whether it was one of our own errors."""


@dataclass(frozen=True)
class After:
    """What a new kernel found, did and left."""

    began: float
    """When it began, by the monotonic clock."""
    found: dict[str, JobRow]
    """What it knew before it did anything."""
    known: dict[str, str]
    """The service's ids of what it has to ask about at once, by ours."""
    rows: dict[str, JobRow]
    damage: str
    """What SQLite says of the database; `ok` where it is whole."""
    spoiled: list[str]
    """Files whose content is not what their name says."""
    missing: list[str]
    """Files that a row found at the beginning named, and that were not there."""
    trouble: str


def intents() -> tuple[JobRow, CharacterRow, JobRow, JobRow]:
    """What is asked for, as a notebook would ask again for the same, with new keys."""
    key = f"{time.monotonic_ns()}"
    park = video_job("vid_park", base_url=PLACE, key=f"{key}-park")
    park = replace(park, request={**park.request, "prompt": "park"})
    ada = CharacterRow("chr_ada", "ada", "ada", "", "task", "vid_park", 0, 1000, time.time())
    made = replace(park, id="prj_ada", kind="character", key=f"{key}-ada", request={"character": "chr_ada"})
    shop = video_job("vid_shop", base_url=PLACE, key=f"{key}-shop")
    shop = replace(shop, request={**shop.request, "prompt": "shop", "characters": ["chr_ada"]})
    return park, ada, replace(made, character_id="chr_ada"), shop


def run(engine: Engine) -> None:
    """Ask for everything, which costs nothing where it was asked for before, and wait for all of it."""
    park, ada, made, shop = intents()
    engine.library.characters.add(ada)
    for row in (park, made, shop):
        engine.submit(row)
    for row in (park, made, shop):
        if not engine.wait(row.id, PATIENCE_S):
            raise TimeoutError(f"{row.id} is still {engine.row(row.id).state} after {PATIENCE_S} s.")


def live(folder: Path, url: str, role: str, gate: Connection, plant: Callable[[], None] | None = None) -> None:
    """A kernel's life. It tells *gate* the thread that plays *role*, and goes on when *gate* says so."""
    ctypes.CDLL(None).prctl(*ANY_TRACER, 0, 0, 0)
    if plant is not None:
        plant()
    pacing.POLL_FIRST = 0.01
    engine: Engine | None = None
    told = threading.get_native_id()
    if role != "opening":
        engine = open_engine(folder, url)
        engine._pool._max_workers = 1  # so that the thread that is told of is the one that cuts
        told = engine._on_loop(_thread_of, engine, role)
    gate.send(told)
    gate.recv()
    engine = engine or open_engine(folder, url)
    run(engine)
    engine.close()


def live_and_tell(folder: Path, url: str, gate: Connection, plant: Callable[[], None] | None = None) -> None:
    """A kernel's life on a disk that may refuse: where it did, the same is asked for once more, as a person would."""
    warnings.simplefilter("ignore")
    if plant is not None:
        plant()
    pacing.POLL_FIRST = 0.01
    ended = Ended([], [])
    publish = Engine.publish

    def tell(engine: Engine, row: JobRow) -> None:
        publish(engine, row)
        ended.told.append((time.monotonic(), row))

    Engine.publish = tell  # type: ignore[method-assign]
    engine: Engine | None = None
    for _ in range(ATTEMPTS):
        try:
            engine = engine or open_engine(folder, url)
            run(engine)
            failures = [engine.failure(row.id) for row in rows_of(engine)]
        except Exception as error:
            ended.raised.append((repr(error), isinstance(error, SoraError)))
            continue
        ended.raised.extend((repr(error), isinstance(error, SoraError)) for error in failures if error is not None)
        if not any(failures):
            break
    if engine is not None:
        engine.close()
    gate.send(ended)


def take_over(folder: Path, url: str, gate: Connection) -> None:
    """The next kernel: it takes up what is unfinished, then runs the same notebook again."""
    gate.send(_take_over(folder, url))


def _take_over(folder: Path, url: str) -> After:
    warnings.simplefilter("ignore")
    began = time.monotonic()
    engine = open_engine(folder, url)
    at_first = {row.id: row for row in rows_of(engine)}
    missing = [row.file for row in at_first.values() if row.file and not engine.library.files.path(row.file).exists()]
    found = {row.id: row for row in engine.library.jobs.unfinished()}
    trouble = ""
    try:
        for id_ in found:
            engine.start(id_)
        for id_ in found:
            engine.wait(id_, PATIENCE_S)
        pacing.POLL_FIRST = 0.01
        run(engine)
    except Exception as error:
        trouble = repr(error)
    rows = {row.id: row for row in rows_of(engine)}
    failures = [f"{id_}: {engine.failure(id_)!r}" for id_ in rows if engine.failure(id_) is not None]
    engine.close()
    with sqlite3.connect(folder / "library.db") as connection:
        damage = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    connection.close()
    asked = [row for row in found.values() if row.kind == "video" and row.state in ("ACCEPTED", "RUNNING")]
    known = {row.id: row.remote_id or "" for row in asked}
    return After(began, at_first, known, rows, damage, spoiled(folder), missing, trouble or "; ".join(failures))


def rows_of(engine: Engine) -> list[JobRow]:
    """Every job that the library holds."""
    return [*engine.library.jobs.videos(), *engine.library.jobs.projections()]


def spoiled(folder: Path) -> list[str]:
    """Files under their final names that do not hold what their names say."""
    files = folder / "files"
    found = [path for path in files.rglob("*") if path.is_file() and path.parent.name != "incoming"]
    return [path.name for path in found if _sha256(path) != path.stem]


def forget_sending() -> None:
    """A planted defect: the journal does not write down that a request is being sent."""
    advance_all = Journal.advance_all

    def forgetful(journal: Journal, changes: Sequence[Change]) -> list[JobRow | LibraryError]:
        kept = {place: one for place, one in enumerate(changes) if one[1].get("state") != "SENDING"}
        came = dict(zip(kept, advance_all(journal, [*kept.values()]), strict=True))
        return [came.get(place, replace(row, **facts)) for place, (row, facts) in enumerate(changes)]

    Journal.advance_all = forgetful  # type: ignore[method-assign]


def flush_nothing() -> None:
    """A planted defect: neither files nor folders are flushed."""
    os.fsync = lambda _handle: None  # type: ignore[assignment]


def open_engine(folder: Path, url: str) -> Engine:
    """An engine on a library, connected to the till at *url* under the name that rows keep."""
    engine = Engine(Library(folder))
    named = engine.connect(service(PLACE), None)
    for place, connection in engine._connections.items():
        if connection is named:
            engine._connections[place] = replace(named, transport=Transport(url, None))
    return engine


async def _thread_of(engine: Engine, role: str) -> int:
    return await engine.in_pool(threading.get_native_id) if role == "video" else threading.get_native_id()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


PRELOADED = (video.probe, video.measure, video.cut)
"""Touched here so that every process made from this module begins with the pixels' modules loaded."""
