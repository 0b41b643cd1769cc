"""Kernels that fetch, each in a process of its own: one a film of gigabytes, several the same film at once."""

from __future__ import annotations

import asyncio
import multiprocessing
import struct
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

from sora_nb.jobs import Engine, part
from sora_nb.jobs.download import download
from sora_nb.jobs.part import Part
from sora_nb.jobs.transport import Transport
from sora_nb.library import JobRow, Library
from sora_nb.library.files import Files
from sora_nb.library.journal import Journal
from tests.jobs.bench import service, video_job
from tests.torture.hostile import MEBIBYTE, Answer, Film, HostileServer
from tests.torture.transfers import box, desk_for

KERNELS = 4
PATIENCE_S = 60.0

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])

Plant = Callable[[], None]


@dataclass(frozen=True)
class Stream:
    """What fetching a long film took."""

    growth: int
    """Bytes of memory that the process had grown by at its largest."""
    right: bool
    seconds: float


def stream(server: HostileServer, folder: Path, mebibytes: int, plant: Plant | None = None) -> Stream:
    """Fetch a film of so many MiB, in a new process, into a library in *folder*."""
    head = box(b"ftyp", bytes(16)) + box(b"moov", bytes(500))
    head += struct.pack(">I4sQ", 1, b"mdat", mebibytes * 2**20 + 16)
    server.films["/film/long"] = Film(head, [Answer(mebibytes=mebibytes)])
    server.films["/film/short"] = Film(head[:-16] + box(b"mdat", b""), [Answer()])
    digest = sha256(head)
    for _ in range(mebibytes):
        digest.update(MEBIBYTE)
    began = time.monotonic()
    with _processes.Pool(1) as pool:
        growth, name = pool.apply(_stream, (folder, server.url, plant))
    return Stream(growth, name == f"{digest.hexdigest()}.mp4", time.monotonic() - began)


def _stream(folder: Path, url: str, plant: Plant | None) -> tuple[int, str | None]:
    if plant is not None:
        plant()
    library = Library(folder)

    async def main() -> tuple[int, str | None]:
        wire = Transport(url, None)
        desk = desk_for(library, wire, url)
        # The first download loads what every later one uses as well.
        for name in ("short", "long"):
            row, _ = library.jobs.intend(video_job(f"vid_{name}", state="READY", remote_id=name, base_url=url))
            Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
            before = _memory("VmRSS")
            row = await download(desk, row)
        await wire.close()
        return _memory("VmHWM") - before, row.file

    return asyncio.run(main())


def _memory(name: str) -> int:
    """What Linux tells of this process's memory, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def race(server: HostileServer, folder: Path, film: bytes, plant: Plant | None = None) -> list[str]:
    """Let several kernels take up one job, and one more each for a film with the same bytes; what went wrong."""
    library = Library(folder)
    names = ["race", *(f"race{number}" for number in range(KERNELS))]
    for name in names:
        server.films[f"/film/{name}"] = Film(film, [Answer(drip=0.02, grain=max(1, len(film) // 20))])
        library.jobs.intend(video_job(f"vid_{name}", state="READY", remote_id=name, base_url=server.url))
    library.close()
    start = time.time() + 1.0
    with _processes.Pool(KERNELS) as pool:
        told = pool.starmap(_race, [(folder, server.url, number, start, plant) for number in range(KERNELS)])
    faults = [fault for one in told for fault in one]
    for name in names:
        if (times := len(server.films[f"/film/{name}"].asked)) != 1:
            faults.append(f"{name} was fetched {times} times")
    kept = [path for path in (folder / "files").rglob("*") if path.is_file()]
    if [path.name for path in kept] != [f"{sha256(film).hexdigest()}.mp4"]:
        faults.append(f"{len(kept)} files are kept of one film")
    faults += [f"{path.name} is not what its name says" for path in kept if path.read_bytes() != film]
    return faults


def _race(folder: Path, url: str, number: int, start: float, plant: Plant | None) -> list[str]:
    warnings.simplefilter("ignore")
    if plant is not None:
        plant()
    engine = Engine(Library(folder))
    engine.connect(service(url), None)
    time.sleep(max(0.0, start - time.time()))
    jobs = ["vid_race", f"vid_race{number}"]
    for job in jobs:
        engine.start(job)
    ended = [engine.wait(job, PATIENCE_S) for job in jobs]
    faults = [
        f"kernel {number}: {job} is {engine.row(job).state}: {engine.failure(job)}"
        for job, done in zip(jobs, ended, strict=True)
        if not done or engine.row(job).state != "STORED"
    ]
    engine.close()
    return faults


def everyone_writes() -> None:
    """A planted defect: the journal lets everybody have the job."""

    def claim(journal: Journal, job_id: str, *_arguments: Any) -> JobRow:
        return journal.get(job_id)

    Journal.claim = claim  # type: ignore[assignment,method-assign]


def one_part() -> None:
    """A planted defect: there is one name for what is on its way, and who comes later writes into it too."""
    everyone_writes()
    Files.incoming = lambda files, suffix: files.folder / "incoming" / f"the.part{suffix}"  # type: ignore[method-assign]
    mock.patch.object(part.os, "O_EXCL", 0).start()


def hoarding() -> None:
    """A planted defect: what arrives stays in memory."""
    write, hoard = Part.write, []

    def keep(part: Part, chunk: bytes) -> None:
        hoard.append(bytes(chunk))
        write(part, chunk)

    Part.write = keep  # type: ignore[method-assign]
