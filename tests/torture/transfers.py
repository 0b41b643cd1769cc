"""Schedules of transfers: what goes wrong, one fault after the other, and what has to come of it in the end."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import random
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from sora_nb.errors import ServerError, SoraError
from sora_nb.jobs import download as downloading
from sora_nb.jobs import pacing, part, transport
from sora_nb.jobs.clock import Clock
from sora_nb.jobs.committing import Committer
from sora_nb.jobs.desk import Connection, Desk
from sora_nb.jobs.keys import Key
from sora_nb.jobs.quota import Quota
from sora_nb.jobs.transport import Transport
from sora_nb.library import JobRow, Library
from tests.jobs.bench import service, video_job
from tests.torture.hostile import Answer, Film, HostileServer, hostile_server

STRIDE, CALL = 0.6, 3.0
"""Seconds, instead of the product's half minute and hour."""

TAKEN_UP = 2
"""So often a job that should have come through is taken up again, as `resume` does: on a busy machine these hurried
limits end attempts that no schedule meant to end. How many were is told, and more than one in fifty is a fault."""

MOST = 4 * 2**20
SECRET = "torture-key"

Make = Callable[[random.Random, bytes], Answer]


def _location(told: str) -> Make:
    return lambda rng, film: Answer(302, {"Location": told}, b"")


def _status(status: int, **headers: str) -> Make:
    return lambda rng, film: Answer(status, dict(headers), b'{"error": {"message": "no"}}')


def _cut(**how: Any) -> Make:
    return lambda rng, film: Answer(cut=rng.uniform(0, 0.98), **how)


def _raw(raw: bytes) -> Make:
    return lambda rng, film: Answer(raw=raw)


PASSING: dict[str, Make] = {
    "closed": _cut(),
    "reset": _cut(end="reset"),
    "stalled": _cut(end="stall"),
    "closed, chunked": _cut(framing="chunked"),
    "closed, no length": _cut(framing="close"),
    "no answer": _raw(b""),
    "silence": lambda rng, film: Answer(raw=b"HTTP/1.1 200", end="stall"),
    "slow loris, head": lambda rng, film: Answer(drip=0.05),
    "slow loris, body": lambda rng, film: Answer(drip=0.05, grain=150),
    "not http": _raw(b"\x00\xffnothing of the kind\r\n\r\n"),
    "endless head": _raw(b"HTTP/1.1 200 OK\r\n" + b"X-More: more\r\n" * 20_000 + b"\r\n"),
    "endless patience": _raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000),
    "two lengths": _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
    "negative length": _raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"),
    "broken chunks": _raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello"),
    "long length": lambda rng, film: Answer(lie=rng.randrange(1, 5000)),
    "short length": lambda rng, film: Answer(lie=-rng.randrange(1, len(film) // 2)),
    "other version": lambda rng, film: Answer(etag=f'"{rng.random()}"', cut=0.5),
    "other version, in pieces": lambda rng, film: Answer(etag=f'"{rng.random()}"', heedless=True, cut=0.6),
    "wrong piece": lambda rng, film: Answer(heedless=True, shift=rng.randrange(1, 500), cut=0.6),
    "a piece unasked": lambda rng, film: Answer(206, {"Content-Range": f"bytes 9-{len(film) - 1}/{len(film)}"}),
    "416": _status(416),
    "half packed": lambda rng, film: Answer(headers={"Content-Encoding": "gzip"}, body=gzip.compress(film)[:-9]),
    "not packed": lambda rng, film: Answer(headers={"Content-Encoding": "gzip"}),
    "packed oddly": lambda rng, film: Answer(headers={"Content-Encoding": "br"}),
    "bomb": lambda rng, film: Answer(headers={"Content-Encoding": "gzip"}, body=BOMB),
    "json": lambda rng, film: Answer(body=b'{"status": "completed"}'),
    "page": lambda rng, film: Answer(
        headers={"Content-Type": "text/html"}, body=b"<html>" + b" " * rng.randrange(9**6)
    ),
    "empty": lambda rng, film: Answer(body=b""),
    "tail": lambda rng, film: Answer(body=film + bytes(rng.randrange(1, 99))),
    "nowhere": _location(""),
    "500": _status(500),
    "502": _status(502),
    "503": _status(503, **{"Retry-After": "1"}),
    "429": _status(429, **{"Retry-After": "inf"}),
    "409": _status(409),
}
"""Faults that the next attempt may not meet."""

MISSES: dict[str, Make] = {"403": _status(403), "404": _status(404), "410": _status(410)}
"""Looks like the end and may be none, twice."""

FATAL: dict[str, Make] = {
    "loop": _location("?again"),
    "inside": _location("https://169.254.169.254/latest"),
    "inside, mapped": _location("https://[::ffff:10.0.0.1]/film"),
    "carrier": _location("https://100.64.0.1/film"),
    "file": _location("file:///etc/passwd"),
    "not https": _location("http://example.com/film"),
    "disguised": _location("https://me@example.com/film"),
    "json, inside": lambda rng, film: Answer(body=b'{"url": "https://192.168.0.1/film"}'),
    "json, for ever": lambda rng, film: Answer(body=b'{"data": [{"url": "?again"}]}'),
    "oversize": lambda rng, film: Answer(lie=MOST),
    "endless": lambda rng, film: Answer(framing="close", endless=True),
    "401": _status(401),
    "400": _status(400),
    "500 for ever": _status(500),
    "stalled for ever": lambda rng, film: Answer(cut=0.0, end="stall"),
    "page for ever": lambda rng, film: Answer(body=b"<html>"),
}
"""What stays so: the job must say it and keep what was paid for within reach."""

BOMB = gzip.compress(bytes(32 * 2**20), 9)


@dataclass
class Schedule:
    """One film, its faults in order, and what must come of it."""

    seed: int
    names: list[str]
    film: bytes
    suffix: str
    answers: list[Answer]
    expires_in: float | None
    state: str
    """`STORED` stands for a file that is the film; the others are the job's."""
    abroad: bool = False


def schedule(seed: int) -> Schedule:
    """The schedule of a seed."""
    rng = random.Random(seed)
    suffix = ".webm" if rng.random() < 0.1 else ".mp4"
    film = _film(rng, suffix)
    # Where neither the transfer nor the film tells an end, no one can know it; such a service is not among these.
    framings = ("length", "chunked") if suffix == ".webm" else ("length", "length", "chunked", "close")
    manners = Answer(
        etag=rng.choice(('"one"', '"one"', 'W/"one"', "")), ranges=rng.random() < 0.8, framing=rng.choice(framings)
    )
    harmful = ("closed, no length", "short length", "tail")
    choices = [name for name in PASSING if suffix == ".mp4" or name not in harmful]
    names = rng.choices(choices, k=rng.choice((0, 1, 1, 2, 3, 4)))
    names += rng.sample(list(MISSES), rng.choice((0, 0, 1)))
    rng.shuffle(names)
    answers = [_with_manners((PASSING | MISSES)[name](rng, film), manners) for name in names]
    expires_in = rng.choice((None, -60.0, 600.0, 7200.0))
    state, abroad, last = "STORED", False, manners
    match rng.random():
        case dice if dice < 0.15:
            name = rng.choice(list(FATAL))
            last, state = _with_manners(FATAL[name](rng, film), manners), "READY"
            names.append(name)
        case dice if dice < 0.25:
            name = rng.choice(list(MISSES))
            last, answers = MISSES[name](rng, film), []
            ended = expires_in is not None and expires_in < 0
            state = "EXPIRED" if name == "410" or ended or (name == "404" and expires_in is None) else "READY"
            names = [f"{name} for ever"]
        case dice if dice < 0.45:
            names.append("abroad")
            abroad = True
        case dice if dice < 0.5:
            last = replace(manners, headers={"Content-Encoding": "gzip"}, body=gzip.compress(film), etag="")
        case dice if dice < 0.55:
            last = replace(manners, drip=0.02, grain=2**14)
    return Schedule(seed, names, film, suffix, [*answers, last], expires_in, state, abroad)


def _with_manners(answer: Answer, manners: Answer) -> Answer:
    good = Answer()
    keep = {name: getattr(manners, name) for name in ("etag", "ranges", "framing")}
    if answer.lie:
        del keep["framing"]  # only a length that is told can be a wrong one
    return replace(answer, **{name: new for name, new in keep.items() if getattr(answer, name) == getattr(good, name)})


def _film(rng: random.Random, suffix: str) -> bytes:
    picture = rng.randbytes(rng.choice((2_000, 20_000, 200_000)))
    if suffix == ".webm":
        return b"\x1aE\xdf\xa3" + picture
    moov, mdat = box(b"moov", rng.randbytes(500)), box(b"mdat", picture, wide=rng.random() < 0.2)
    return box(b"ftyp", b"isom" + bytes(12)) + rng.choice((moov + mdat, box(b"free", b"") + mdat + moov))


def box(kind: bytes, content: bytes, *, wide: bool = False) -> bytes:
    """A box of an MP4 file; a *wide* one has the longer form of its length."""
    if wide:
        return struct.pack(">I4sQ", 1, kind, len(content) + 16) + content
    return struct.pack(">I4s", len(content) + 8, kind) + content


@dataclass
class Tally:
    """What a run has shown."""

    runs: int = 0
    faults: list[str] = field(default_factory=list)
    longest: float = -CALL
    """Seconds of the longest call beyond its deadline; negative where none was."""
    resumed: int = 0
    """Transfers that went on where they had broken off."""
    taken_up: int = 0


@contextmanager
def hurried(most: int = MOST) -> Iterator[None]:
    """The product with its waits and limits cut short, so that thousands of schedules fit into minutes."""
    with ExitStack() as stack:
        for module, name, value in (
            (transport, "STRIDE_SECONDS", STRIDE),
            (transport, "DOWNLOAD_SECONDS", CALL),
            (part, "MOST_BYTES", most),
            (pacing, "retry_wait", lambda attempt: 0.002),
            (pacing, "LONGEST_INLINE_WAIT", 0.01),
            (downloading, "AT_ONCE", 12),
        ):
            stack.enter_context(mock.patch.object(module, name, value))
        yield


def desk_for(library: Library, wire: Transport, url: str) -> Desk:
    """What the life of a job may use, without the engine."""
    engine = SimpleNamespace(library=library, now=time.time, clock=Clock(time.time), publish=lambda row: None)
    engine.quota = Quota(10**9)
    engine.committer = Committer(library.jobs, engine.publish)
    return Desk(engine, Connection(service(url), wire))  # type: ignore[arg-type]


def run_schedules(seeds: range, folder: Path) -> Tally:
    """Run the schedule of each seed through the product over real sockets, and judge what came of it."""
    with hostile_server() as server, hostile_server() as other, hurried():
        library = Library(folder)
        try:
            return asyncio.run(_run(seeds, library, server, other))
        finally:
            library.close()


async def _run(seeds: range, library: Library, server: HostileServer, other: HostileServer) -> Tally:
    tally, room = Tally(), asyncio.Semaphore(8)
    wire = Transport(server.url, Key(lambda: SECRET, "the bench"))
    desk = desk_for(library, wire, server.url)

    async def one(seed: int) -> None:
        async with room:
            tally.faults += [
                f"seed {seed}: {fault}" for fault in await _judge(schedule(seed), desk, server, other, tally)
            ]
            tally.runs += 1

    original = Transport.download

    async def timed(self: Transport, *arguments: Any) -> Any:
        began = time.monotonic()
        try:
            return await original(self, *arguments)
        finally:
            tally.longest = max(tally.longest, time.monotonic() - began - CALL)

    with mock.patch.object(Transport, "download", timed):
        await asyncio.gather(*map(one, seeds))
    await wire.close()
    left = [path.name for path in (library.files.folder / "incoming").iterdir()]
    tally.faults += [f"a part was left behind: {name}" for name in left]
    if tally.longest > 1.0:
        tally.faults.append(f"a call went on for {tally.longest:.1f} s after its deadline")
    if tally.taken_up > max(2, tally.runs // 50):
        tally.faults.append(f"{tally.taken_up} jobs had to be taken up again")
    for path in library.files.folder.glob("??/*"):
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem:
            tally.faults.append(f"{path.name} is not what its name says")
    return tally


async def _judge(plan: Schedule, desk: Desk, server: HostileServer, other: HostileServer, tally: Tally) -> list[str]:
    job_id = f"vid_{plan.seed}"
    film = server.films[f"/film/{job_id}"] = Film(plan.film, plan.answers)
    if plan.abroad:
        there = other.films[f"/there/{job_id}"] = Film(plan.film, plan.answers)
        film.answers = [Answer(302, {"Location": f"{other.url}/there/{job_id}?signature=1"}, b"")]
    expires_at = None if plan.expires_in is None else time.time() + plan.expires_in
    row, _ = desk.library.jobs.intend(
        video_job(job_id, state="READY", remote_id=job_id, base_url=server.url, expires_at=expires_at)
    )
    faults: list[str] = []
    for again in range(1 + TAKEN_UP):
        try:
            row = await downloading.download(desk, row)
        except SoraError as error:
            if not isinstance(error, ServerError):
                faults.append(f"{plan.names} ended with {type(error).__name__}: {error}")
        except Exception as error:  # the very thing that must not come out
            faults.append(f"{plan.names} ended with an untyped {type(error).__name__}: {error}")
        row = desk.library.jobs.get(job_id)
        if row.state != "READY" or row.file or plan.state != "STORED" or again == TAKEN_UP:
            break
        tally.taken_up += 1
    tally.resumed += any("range" in asked for asked in film.asked)
    faults += _verdict(plan, row, desk)
    if plan.abroad and any(SECRET in str(asked) for asked in there.asked):
        faults.append("the key was sent to another origin")
    return faults


def _verdict(plan: Schedule, row: JobRow, desk: Desk) -> list[str]:
    state = "STORED" if row.file else row.state
    if state != plan.state:
        return [f"{plan.names} came to {state}, not {plan.state}: {row.error}"]
    if row.file and desk.library.files.path(row.file).read_bytes() != plan.film:
        return [f"{plan.names} stored something else than the film"]
    warned = "deleted at the service" in (row.error or "")
    if state == "READY" and warned != (plan.expires_in == 600.0):
        return [f"{plan.names} was {'' if warned else 'not '}warned about"]
    return []
