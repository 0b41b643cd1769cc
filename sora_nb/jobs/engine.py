"""One daemon thread with its own loop: it owns HTTP, the journal, and every paid request.

The kernel's loop and the callbacks of widgets never do. Waiting is a view: it may be interrupted,
and the job goes on.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
import weakref
from collections.abc import Callable, Coroutine
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sora_nb.dialects.base import Call, Service
from sora_nb.errors import ConfigError, JobFailed, LibraryError, SoraError
from sora_nb.jobs import character_life, crossing, reconcile, video_life
from sora_nb.jobs.clock import Clock
from sora_nb.jobs.committing import Committer
from sora_nb.jobs.desk import Connection, Desk
from sora_nb.jobs.fetching import fetch
from sora_nb.jobs.keys import Key
from sora_nb.jobs.notices import Notices
from sora_nb.jobs.owner import is_here, may_live, new_name
from sora_nb.jobs.quota import Quota
from sora_nb.jobs.transport import Transport
from sora_nb.library import Away, CharacterRow, JobRow, LeaseLost, Library, Limit
from sora_nb.library.interrupts import kept_back
from sora_nb.models import FromTask, FromURL

if TYPE_CHECKING:
    from sora_nb.video.guarded import Stop

HEARTBEAT_SECONDS = 5.0
FOLLOW_SECONDS = 1.0
AWAY_SECONDS = 5.0
"""A library whose database cannot be reached is asked again after this."""

SLICE_SECONDS = 0.1
"""Waits are cut this short, so that an interrupt is felt at once."""


Result = TypeVar("Result")


class Engine:
    """The jobs of one library, going on."""

    def __init__(self, library: Library, now: Callable[[], float] = time.time) -> None:
        self.library = library
        self.now = now
        self.clock = Clock(now)
        self.quota = Quota()
        self.notices = Notices()
        self.owner = new_name()
        self._process = os.getpid()
        self._ended = False
        self._connections: dict[tuple[str, str], Connection] = {}
        self._addresses: dict[str, Key] = {}
        self.at_close: set[Callable[[], object]] = set()
        """What is called when it stops working: it ends the looks at files that go on beside it."""
        self.stills: dict[tuple[str, str], Path] = {}
        """Pictures that were made to go along, by clip and size: a sweep asks for the same one again and again."""
        self._rows: dict[str, JobRow] = {}
        self._unasked: dict[str, JobRow] = {}
        self._failures: dict[str, Exception] = {}
        self.committer = Committer(library.jobs, lambda row: self.publish(row))
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # Two workers: a long cut must not hold up the look at a finished video.
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="sora-nb-video")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run_loop, name="sora-nb-jobs", daemon=True)
        with kept_back():  # half way into being, it may wait for ever
            self._thread.start()
        _LIVE.add(self)

    def connect(self, service: Service, key: Key | None, app: Any = None) -> Connection:
        """Learn the way to a service. A second connection to the same address replaces the first's key."""
        place = _place(service.base_url or "", service.dialect.name)
        known = self._connections.get(place)
        if known is not None and known.transport.app is app:
            transport = known.transport  # what it has open stays open, for the jobs that are under way
            transport.use(key, service.key_header)
        else:
            base = service.base_url or ""
            address = "http://simulator" + base.removeprefix("simulator:") if app else base
            transport = Transport(address, key, app, service.key_header)
        self._connections[place] = connection = Connection(service, transport)
        return connection

    def knows(self, row: JobRow) -> bool:
        """Is there a connection to where the job was sent?"""
        return _place(row.base_url, row.dialect) in self._connections

    def submit(self, row: JobRow, limit: Limit | None = None) -> JobRow:
        """Commit the intent and start the job, or find the one that an equal request made.

        Raises `Withheld` where there is none and the *limit* does not allow it.
        """
        return self._on_loop(self._submit, row, limit)

    def start(self, job_id: str) -> None:
        """Take the job on, where it is not already."""
        self._on_loop(self._start, job_id)

    def resend(self, job_id: str) -> JobRow:
        """Send a job whose answer was lost once more, with a new key. Only the user may ask for this.

        Raises `ConfigError` where the job is not one whose answer is lost for good.
        """
        return self._on_loop(self._decide, job_id, reconcile.reopen)

    def adopt(self, job_id: str, remote_id: str) -> JobRow:
        """Take *remote_id* as what became of a job whose answer was lost. Raises `ConfigError` as `resend` does."""
        return self._on_loop(self._decide, job_id, reconcile.take, remote_id)

    def stop(self, job_id: str) -> JobRow:
        """Take a job back that was not sent yet; one that was goes on, since it is paid for.

        Raises `ConfigError` where it is in the hands of another kernel.
        """
        return self._on_loop(self._stop, job_id)

    def request(self, job_id: str) -> tuple[Call, Service]:
        """The request that asks for the job, and where it goes. Raises `ConfigError` where it cannot be told yet."""
        return self._on_loop(self._request, job_id)

    def fetch(self, service: Service, source: FromURL | FromTask, stop: Stop) -> Path:
        """A source that is elsewhere as a file, which is the caller's to take away. Not for the main thread.

        Raises `ServiceError` where it cannot be had, and `VideoFileError` once *stop* was called.
        """
        connection = self._connections[_place(service.base_url or "", service.dialect.name)]
        getting = asyncio.run_coroutine_threadsafe(fetch(Desk(self, connection), source), self._loop)
        while not futures.wait([getting], SLICE_SECONDS).done:
            if stop.called:
                getting.cancel()
            elif self.closed:
                raise ConfigError("This studio was closed. Make one anew.")
        stop.heed()
        return getting.result()

    def remember_address(self, character_id: str, url: str) -> None:
        """Keep a source's whole address in memory alone: its query may be a signature."""
        self._addresses[character_id] = Key(lambda: url, "the source's address")

    def row(self, job_id: str) -> JobRow:
        """The newest that is known of the job."""
        known = self._rows.get(job_id)
        if known is None and job_id in self._unasked:
            return self.library.jobs.find(job_id) or self._unasked[job_id]
        return known or self.library.jobs.get(job_id)

    def foretell(self, row: JobRow) -> None:
        """Show *row* for a job that nobody has asked for, until somebody does. It is kept in memory alone."""
        self._unasked[row.id] = row

    def failure(self, job_id: str) -> Exception | None:
        """What stopped the work on a job that is not at its end, where something did."""
        return self._failures.get(job_id)

    def fail(self, job_id: str, error: Exception) -> None:
        """Let everyone who waits for the job know why it does not go on here."""
        self._failures[job_id] = error
        self.publish(self.row(job_id))

    def settled(self, job_id: str) -> bool:
        """Has nothing more to happen by itself?"""
        return not self.row(job_id).unfinished or job_id in self._failures

    def wait(self, job_id: str, timeout: float | None = None) -> bool:
        """Block until the job is settled; False where *timeout* seconds passed first."""
        return crossing.until(lambda: self.settled(job_id), timeout)

    def annotate(self, job_id: str, **facts: Any) -> JobRow:
        """Keep a fact that is the user's, such as a rating."""
        return self._on_loop(self._annotate, job_id, facts)

    def rate(self, job_id: str, stars: float | None, person: str) -> JobRow:
        """Keep what *person* thinks of a take, 1 to 5 stars, or take it back with None."""
        return self._on_loop(self._rate, job_id, stars, person)

    def watch(self, job_id: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Call *callback* when the job changes, on a background thread; returns how to stop that."""
        return self.notices.watch(job_id, callback)

    @property
    def closed(self) -> bool:
        """Has it stopped working?"""
        # Not whether its thread is alive: asking that, interrupted half way, makes a thread say no ever after.
        return self._ended or self._process != os.getpid()

    def close(self) -> None:
        """Stop working; what is under way at services goes on there, and `resume` finds it again."""
        if self.closed:
            return
        for end in tuple(self.at_close):
            end()
        self._on_loop(self._close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.library.close()

    def _on_loop(self, work: Callable[..., Coroutine[Any, Any, Result]], *given: Any) -> Result:
        if self.closed:
            raise ConfigError("This studio was closed, or its process was forked. Make one anew, then call resume().")
        return crossing.ask(self._loop, work, *given)

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._heart = self._loop.create_task(self._beat())
        self._loop.run_forever()
        self._loop.close()
        self._ended = True

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if any(not task.done() for task in self._tasks.values()):
                # A disk that is full now may have room at the next beat, and without a lease fencing still guards.
                with suppress(LibraryError):
                    self.library.jobs.renew(self.owner, self.now())

    async def _submit(self, row: JobRow, limit: Limit | None = None) -> JobRow:
        row, new = self.library.jobs.intend(row, limit, owner=self.owner, now=self.now())
        self.publish(row)
        if new:
            self._begin(row.id, row)
        else:
            await self._start(row.id)
        return row

    async def _start(self, job_id: str) -> None:
        task = self._tasks.get(job_id)
        if task is not None and not task.done():
            return
        # What was seen last may be old: another kernel may have taken the job on since, and died.
        row = self.library.jobs.get(job_id)
        self.publish(row)
        if row.unfinished:
            self._begin(job_id)

    def _begin(self, job_id: str, row: JobRow | None = None) -> None:
        self._failures.pop(job_id, None)
        self._tasks[job_id] = self._loop.create_task(self._live(job_id, row))

    async def _decide(self, job_id: str, decide: Callable[..., Coroutine[Any, Any, JobRow]], *said: str) -> JobRow:
        row = self.library.jobs.claim(job_id, self.owner, self.now(), _alive)
        if row is None:
            raise ConfigError(f"{job_id} is in the hands of another kernel; decide there.")
        row = await decide(Desk(self, self._connection(row)), row, *said)
        await self._start(job_id)
        return row

    async def _stop(self, job_id: str) -> JobRow:
        if (row := self.library.jobs.get(job_id)).state != "INTENT":
            return row
        # Whoever is about to send it loses the lease to this, and finds it at its end.
        claimed = self.library.jobs.claim(job_id, self.owner, self.now(), _alive)
        if claimed is None:
            raise ConfigError(f"{job_id} is in the hands of another kernel; stop it there.")
        if claimed.state == "INTENT":
            words = "Stopped before it was sent, so it cost nothing. Ask for it again, and it is made."
            told = {"completed_at": self.now(), "error_code": "stopped", "error": words}
            claimed = self.library.jobs.advance(claimed, state="CANCELLED", **told)
        self.publish(claimed)
        return claimed

    async def _annotate(self, job_id: str, facts: dict[str, Any]) -> JobRow:
        row = self.library.jobs.annotate(job_id, **facts)
        self.publish(row)
        return row

    async def _rate(self, job_id: str, stars: float | None, person: str) -> JobRow:
        self.library.opinions.rate(job_id, stars, person)
        row = self.library.jobs.get(job_id)
        self.publish(row)
        return row

    async def _request(self, job_id: str) -> tuple[Call, Service]:
        row = self.row(job_id) if job_id in self._unasked else self.library.jobs.get(job_id)
        desk = Desk(self, self._connection(row))
        for character_id in row.request.get("characters", [row.character_id]):
            made = desk.projection(character_id)
            if made is None or made.state != "STORED":
                handle = self.library.characters.get(character_id).handle
                raise ConfigError(f"@{handle} is not on {desk.service.title} yet. Wait for it, then ask again.")
        request_of = video_life.request_of if row.kind == "video" else character_life.request_of
        return await request_of(desk, row), desk.service

    async def _live(self, job_id: str, row: JobRow | None = None) -> None:
        """Take the job to its end; *row* is the job where it is claimed already."""
        try:
            while row is None and (row := self.library.jobs.claim(job_id, self.owner, self.now(), _alive)) is None:
                seen = self.library.jobs.get(job_id)
                self.publish(seen)
                if not seen.unfinished:
                    return
                await asyncio.sleep(FOLLOW_SECONDS)
            self.publish(row)
            if row.unfinished:
                desk = Desk(self, self._connection(row))
                await (video_life.live_video if row.kind == "video" else character_life.live_character)(desk, row)
        except LeaseLost:
            self._tasks[job_id] = self._loop.create_task(self._live(job_id))
        except Away:
            # A server that is started anew is back in seconds. What happened meanwhile the ledger tells.
            await asyncio.sleep(AWAY_SECONDS)
            self._tasks[job_id] = self._loop.create_task(self._live(job_id))
        except Exception as error:  # told by wait() and by the handle; the job stays where it was
            self.fail(job_id, error)

    def _connection(self, row: JobRow) -> Connection:
        try:
            return self._connections[_place(row.base_url, row.dialect)]
        except KeyError:
            raise SoraError(
                f"{row.id} was sent to {row.service}, which no Studio here is connected to. "
                f"Make one for it, then call its resume()."
            ) from None

    def publish(self, row: JobRow) -> None:
        """Let everyone see the newest row of a job."""
        self._rows[row.id] = row
        self.notices.post(row.id)

    async def finished(self, job_id: str) -> JobRow:
        """The job at its end, on this loop; `JobFailed` where it ended without its result."""
        await self._start(job_id)
        while not self.settled(job_id):
            await asyncio.sleep(SLICE_SECONDS)
        row = self.row(job_id)
        if row.state != "STORED":
            raise JobFailed(f"{row.id} ended as {row.status}: {self._failures.get(job_id) or row.error}")
        return row

    async def in_pool(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Run what takes time beside the loop."""
        return await self._loop.run_in_executor(self._pool, work, *arguments)

    async def _close(self) -> None:
        tasks = [self._heart, *self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.committer.flush()
        for connection in self._connections.values():
            await connection.transport.close()

    def address_of(self, character: CharacterRow) -> str:
        """The whole address of a character's source."""
        known = self._addresses.get(character.id)
        return (known.reveal() if known else None) or character.source


def _place(base_url: str, dialect: str) -> tuple[str, str]:
    return base_url.rstrip("/"), dialect


_LIVE: weakref.WeakSet[Engine] = weakref.WeakSet()
_ENGINES: dict[tuple[str, Path], Engine] = {}
_LOCK = threading.Lock()


def engine_for(location: str | Path | None, folder: str | Path | None = None) -> Engine:
    """The one engine of this process for a library; *folder* is where one that is shared has its files."""
    with _LOCK:
        library = Library(location, folder)
        place = (library.name, library.folder)
        engine = _ENGINES.get(place)
        if engine is None or engine.closed:
            engine = _ENGINES[place] = Engine(library)
        else:
            library.close()
        return engine


def _alive(owner: str) -> bool:
    """Is whoever holds a lease still at work? Unknown, so yes, where it is on another machine."""
    if is_here(owner):
        return any(engine.owner == owner and not engine.closed for engine in _LIVE)
    return may_live(owner)
