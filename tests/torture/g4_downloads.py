"""G4: films from a server that does its worst, and answers that make no sense.

Every file under a final name is the film, whole; what cannot be had is told by an exception of ours, and what was
paid for stays within reach; no call outlasts its deadline; one copy is kept of one film, whoever fetches it; memory
does not grow with the film.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from sora_nb.errors import ServiceError
from sora_nb.jobs import download, transport
from sora_nb.jobs.part import Part
from sora_nb.jobs.transport import Transport
from tests.clips import make_clip
from tests.torture import fetching
from tests.torture.fuzz import run_fuzz
from tests.torture.hostile import Answer, Film, HostileServer, hostile_server
from tests.torture.result import Result
from tests.torture.transfers import CALL, hurried, run_schedules

SCHEDULES, ANSWERS, MEBIBYTES = 2_000, 10_000, 2_048
QUICK_SCHEDULES, QUICK_ANSWERS, QUICK_MEBIBYTES = 60, 500, 128
MOST_GROWTH = 64 * 2**20
SHOWN = 3
"""So many of what went wrong are told; the rest are counted."""


def run(*, quick: bool) -> Result:
    """Run the goal, or a part of it."""
    schedules, answers, mebibytes = (
        (QUICK_SCHEDULES, QUICK_ANSWERS, QUICK_MEBIBYTES) if quick else (SCHEDULES, ANSWERS, MEBIBYTES)
    )
    with tempfile.TemporaryDirectory(prefix="torture-g4-") as home, hostile_server() as server:
        folder = Path(home)
        film = make_clip(folder / "film.mp4").read_bytes()
        tally = run_schedules(range(schedules), folder / "schedules")
        faults = [*tally.faults, *run_fuzz(answers), *fetching.race(server, folder / "race", film)]
        long = fetching.stream(server, folder / "stream", mebibytes)
        if not long.right:
            faults.append(f"a film of {mebibytes} MiB is not what it was")
        if long.growth > MOST_GROWTH:
            faults.append(f"memory grew by {long.growth / 2**20:.0f} MiB")
        controls = {name: caught(folder / name.replace(" ", "-"), server, film) for name, caught in CONTROLS.items()}
    missed = [name for name, caught in controls.items() if not caught]
    return Result(
        goal="G4",
        runs=schedules + answers + fetching.KERNELS + 1,
        failures=len(faults),
        control_caught=not missed,
        baseline={
            "transfer_schedules": schedules,
            "resumed": tally.resumed,
            "taken_up_again": tally.taken_up,
            "odd_answers": answers,
            "kernels_racing": fetching.KERNELS,
            "stream_mib": mebibytes,
            "stream_growth_mib": round(long.growth / 2**20, 1),
            "stream_mib_per_s": round(mebibytes / long.seconds),
            "longest_call_s": round(CALL + tally.longest, 2),
            "longest_call_allowed_s": CALL + 1,
            "controls": controls,
        },
        notes="; ".join([*(fault[:200] for fault in faults[:SHOWN]), *(f"not noticed: {name}" for name in missed)])
        or f"memory +{long.growth / 2**20:.0f} MiB for {mebibytes} MiB",
    )


def _truncating(folder: Path, server: HostileServer, film: bytes) -> bool:
    """Does a client that takes what it gets for the whole store wrong films?"""
    receive = transport._receive

    async def content_with_less(response: httpx.Response, url: str, part: Part, *rest: Any, **options: Any) -> Any:
        try:
            return await receive(response, url, part, *rest, **options)
        except (httpx.HTTPError, ServiceError):
            part.total = None
            part.finish()
            return None

    with (
        mock.patch.object(transport, "_receive", content_with_less),
        mock.patch.object(download, "require_whole", return_value=".mp4"),
    ):
        tally = run_schedules(range(QUICK_SCHEDULES), folder)
    return any("something else than the film" in fault for fault in tally.faults)


def _without_deadline(folder: Path, server: HostileServer, film: bytes) -> bool:
    """Does a client whose limits are for each read alone stay with a server that sends a byte at a time?"""
    server.films["/film/drip"] = Film(film, [Answer(drip=0.05)])

    async def main() -> bool:
        wire = Transport(server.url, None)
        task = asyncio.ensure_future(wire.fetch(f"{server.url}/film/drip", folder.with_suffix(".mp4")))
        done, _ = await asyncio.wait({task}, timeout=CALL + 1)
        await wire.forget_connections()
        await asyncio.gather(task, return_exceptions=True)
        return not done

    with hurried(), mock.patch.object(transport, "_watch"):
        return asyncio.run(main())


def _hoarding(folder: Path, server: HostileServer, film: bytes) -> bool:
    """Does a client that keeps what arrives in memory stand out?"""
    return fetching.stream(server, folder, QUICK_MEBIBYTES, fetching.hoarding).growth > MOST_GROWTH


def _racing_with(plant: fetching.Plant) -> Callable[[Path, HostileServer, bytes], bool]:
    return lambda folder, server, film: bool(fetching.race(server, folder, film, plant))


CONTROLS: dict[str, Callable[[Path, HostileServer, bytes], bool]] = {
    "truncating client": _truncating,
    "no deadline": _without_deadline,
    "hoarding client": _hoarding,
    "no lease": _racing_with(fetching.everyone_writes),
    "one part for all": _racing_with(fetching.one_part),
}
"""Planted defects; True where the bench notices them."""
