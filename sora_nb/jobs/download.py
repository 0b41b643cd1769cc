"""Fetching what was paid for: whole, and only whole, files reach the library.

The address is made from the job's id each time, so one that has run out is never asked twice. What arrived
before a break is kept and added to, where the service can say that it is still the same video.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from sora_nb.errors import LibraryError, ServerError, ServiceError
from sora_nb.jobs import pacing, quota
from sora_nb.jobs.films import require_whole
from sora_nb.jobs.part import DiskFull, Part
from sora_nb.jobs.transport import Downloaded
from sora_nb.library import JobRow, LeaseLost, Library
from sora_nb.library.files import Files

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk

AT_ONCE = 4

MISSES_TO_EXPIRE = 3

GONE = frozenset({403, 404, 410})
"""How services, and the stores they send us to, say that there is nothing any more; or not yet."""

KEPT_ELSEWHERE = frozenset({400, 404})
"""How a server answers that has put the film into a store of its own and says where in the job's own answer."""

HOPELESS = frozenset({"refused_address", "too_large"})
"""Codes of our own refusals, which asking again does not change."""

WARN_SECONDS, WARN_AFTER_SECONDS = 15 * 60.0, 60.0

STEADY_BYTES = 2**20
"""An attempt that brought this much more than any before it is not counted as a failed one."""


async def download(desk: Desk, row: JobRow) -> JobRow:
    """Bring a finished job's video into the library; the row has its `file` then, or says why it never will.

    Raises `ServerError`, or `LibraryError` such as `DiskFull`, where it could not be had this time. The job is then
    `READY` as before, and taking it up again tries again.
    """
    async with _warning(desk, row), _turn(desk, row):
        part = Part(desk.library.files.incoming(".mp4"))
        try:
            return await _attempts(desk, row, part)
        except LeaseLost:
            raise
        except (ServerError, LibraryError) as error:
            desk.advance(row, state="READY", error_code=_code(error), error=_warned(desk, row, str(error)))
            raise
        finally:
            part.discard()


async def _attempts(desk: Desk, row: JobRow, part: Part) -> JobRow:
    failures = misses = most = 0
    while True:
        wait: float | None = None
        try:
            # The address is derived from the id each time: one that has run out is not asked for again.
            got = await desk.connection.transport.download(desk.dialect.get_content(row.remote_id or ""), part)
            if got.reply.status in KEPT_ELSEWHERE and not misses:
                got = await _from_elsewhere(desk, row, part) or got
            if got.reply.status < 300:
                # Beside the loop, for the disk takes its time, and other jobs have something to say meanwhile.
                name = await asyncio.get_running_loop().run_in_executor(None, _kept, desk.library.files, part)
                desk.quota.give_back()
                return await desk.commit(row, file=name, error_code=None, error=None)
            misses += got.reply.status in GONE
            error = desk.service.read_error(got.reply)
            if misses >= MISSES_TO_EXPIRE and _is_gone(got, row, desk.now(), failures):
                end = {"state": "EXPIRED", "completed_at": desk.now()}
                return desk.advance(row, **end, error_code=error.code or "expired", error=str(error))
            again = got.reply.status in GONE or pacing.may_change(got.reply.status, got.reply.headers)
            wait = pacing.told_wait(got.reply.headers, desk.now())
        except ServiceError as trouble:
            error, again = trouble, trouble.code not in HOPELESS
        failures = 1 if part.count >= most + STEADY_BYTES else failures + 1
        most = max(most, part.count)
        if not again or failures == pacing.RETRY_ATTEMPTS or not desk.quota.take(quota.COST):
            text = f"{row.id} is finished and could not be downloaded: {error} resume() tries again."
            raise ServerError(text, status=error.status, code=_code(error)) from error
        row = desk.advance(row, error_code=_code(error), error=_warned(desk, row, str(error)))
        await desk.pause(pacing.retry_wait(failures - 1) if wait is None else min(wait, pacing.LONGEST_INLINE_WAIT))


async def _from_elsewhere(desk: Desk, row: JobRow, part: Part) -> Downloaded | None:
    """The film from where the job's own answer says it is, None where it says nothing or that fails, too."""
    asked = desk.dialect.get_video(row.remote_id or "")
    try:
        if desk.dialect.read_video(await desk.ask(asked)).content_url is None:
            return None
        # The address may be signed, so it is not taken out of the answer: the transport follows it.
        got = await desk.connection.transport.download(asked, part)
    except ServiceError as trouble:
        if trouble.code in HOPELESS:
            raise
        return None
    return got if got.reply.status < 300 else None


def _kept(files: Files, part: Part) -> str:
    try:
        suffix = require_whole(part.path, framed=part.framed)
    except ServerError:
        part.restart()  # what is wrong with these bytes stays wrong, whatever is added to them
        raise
    part.close()
    return files.keep(part.path, suffix, part.sha256)


def _is_gone(got: Downloaded, row: JobRow, now: float, failures: int) -> bool:
    """Is it gone for good? Where the service told when it would be, that counts; a 404 may also mean "not yet"."""
    if got.reply.status == 410:
        return True
    if row.expires_at is not None:
        # By the clock of who said when: the one here may be set wrong.
        told_now = pacing.date_of(got.reply.headers.get("date"))
        return row.expires_at <= (now if told_now is None else told_now)
    # Nothing is known of an end: a refusal by the service may be the key's, and a 404 is asked about to the last.
    return got.away or (got.reply.status == 404 and failures + 1 >= pacing.RETRY_ATTEMPTS)


def _code(error: ServiceError | LibraryError) -> str:
    if isinstance(error, DiskFull):
        return "disk_full"
    return (error.code if isinstance(error, ServiceError) else None) or "download_failed"


def _warned(desk: Desk, row: JobRow, text: str) -> str:
    """The words, and how long there is left where that is not long."""
    left = math.inf if row.expires_at is None else row.expires_at - desk.now()
    if not 0 < left <= WARN_SECONDS:
        return text
    return f"{text} It is deleted at the service in {max(1, round(left / 60))} min and is not here yet.".lstrip()


@asynccontextmanager
async def _warning(desk: Desk, row: JobRow) -> AsyncIterator[None]:
    """Say it in the job's error where the end of its time comes near while nothing fails: it waits, or is slow."""
    task = asyncio.create_task(_warn(desk, row))
    try:
        yield
    finally:
        task.cancel()


async def _warn(desk: Desk, row: JobRow) -> None:
    if row.expires_at is None:
        return
    # Not at once: most videos are here before anyone could read it.
    await asyncio.sleep(max(WARN_AFTER_SECONDS, row.expires_at - WARN_SECONDS - desk.now()))
    if text := _warned(desk, row, ""):
        with suppress(LeaseLost):  # the download itself will find out, and say so
            desk.advance(row, error_code="expires_soon", error=text)


class _Gate:
    """Lets a few through at once; of those who wait, the one whose video is deleted first."""

    def __init__(self) -> None:
        self.free = AT_ONCE
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    async def enter(self, expires_at: float) -> None:
        if self.free:
            self.free -= 1
            return
        mine = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (expires_at, next(self._order), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        while self._waiting:
            _, _, first = heapq.heappop(self._waiting)
            if not first.done():
                first.set_result(None)
                return
        self.free += 1


_GATES: weakref.WeakKeyDictionary[Library, _Gate] = weakref.WeakKeyDictionary()


@asynccontextmanager
async def _turn(desk: Desk, row: JobRow) -> AsyncIterator[None]:
    gate = _GATES.setdefault(desk.library, _Gate())
    await gate.enter(math.inf if row.expires_at is None else row.expires_at)
    try:
        yield
    finally:
        gate.leave()
