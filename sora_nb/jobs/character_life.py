"""The life of a character on one service: pixels, range, clip, send, poll, done.

The clip and a poster are kept in the library whichever way the service takes its source, so that
the character can be made again somewhere else.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.dialects.base import CharacterAsk, CharacterWay, RemoteCharacter, Reply
from sora_nb.errors import JobError, NotFoundError, RangeError, ServiceError, VideoFileError
from sora_nb.jobs import pacing
from sora_nb.jobs.asking import Postponed, rest
from sora_nb.jobs.paid import pay, recall
from sora_nb.jobs.reconcile import reconcile
from sora_nb.library import CharacterRow, JobRow
from sora_nb.timerange import TimeRange, require

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk


async def live_character(desk: Desk, row: JobRow) -> None:
    """Take the job from wherever it stands to its end."""
    if row.state == "SENDING":
        row = recall(desk, row)
    if row.state in ("INTENT", "RECONCILING"):
        row = await _send(desk, row)
    if row.state == "ACCEPTED" and row.task_id is None:
        # Where creation answers at once there is nothing to poll: what was accepted is ready.
        ready = desk.dialect.get_character(row.remote_id or "") is None
        row = desk.advance(row, task_id=row.remote_id, state="STORED" if ready else "ACCEPTED")
    if row.state in ("ACCEPTED", "RUNNING"):
        await _poll(desk, row)


async def _send(desk: Desk, row: JobRow) -> JobRow:
    character = desk.library.characters.get(row.character_id or "")
    span = TimeRange.from_ms(character.start_ms, character.end_ms)
    try:
        source_job = await _source_job(desk, character)
        character = await _keep_pixels(desk, character, span, source_job)
        ask = _ask(desk, character, span, source_job)
    except (RangeError, JobError, VideoFileError, ServiceError) as error:
        if row.state == "RECONCILING":
            raise
        findings = error.findings if isinstance(error, RangeError) else ()
        code = findings[0].code if findings else "no_source"
        return desk.advance(row, state="REJECTED", error_code=code, error=f"Nothing was sent. {error}")
    call = desk.dialect.create_character(ask)

    def read(reply: Reply) -> _Named:
        return _Named(desk.dialect.read_character(reply))

    remote: _Named | None = None
    if row.state == "INTENT":
        row, remote = await pay(desk, row, call, read)
    if row.state == "RECONCILING":
        row, remote = await reconcile(desk, row, call, read)
    return row if remote is None else _note(desk, row, remote.answer)


async def _source_job(desk: Desk, character: CharacterRow) -> JobRow | None:
    if character.source_kind != "task":
        return None
    found = desk.library.jobs.find(character.source)
    return await desk.finished(found.id) if found is not None else None


async def _keep_pixels(desk: Desk, character: CharacterRow, span: TimeRange, source_job: JobRow | None) -> CharacterRow:
    if character.clip is not None:
        return character
    files = desk.library.files
    fetched: Path | None = None
    try:
        if source_job is not None and source_job.file is not None:
            path = files.path(source_job.file)
        elif character.source_kind == "file":
            path = Path(character.source)
        else:
            path = fetched = await _fetch(desk, character)
        duration = await desk.duration(path)
        require(span, desk.connection.service.capabilities.limits, duration)
        clip, poster = await desk.cut(path, span)
    except ServiceError:
        if "url" in desk.connection.service.capabilities.character_ways and character.source_kind == "url":
            # The service may reach an address that this machine cannot; it then judges the range itself.
            return desk.library.characters.update(character.id, findings=(*character.findings, "no_clip"))
        raise
    finally:
        if fetched is not None:
            fetched.unlink(missing_ok=True)
    return desk.library.characters.update(character.id, clip=clip, poster=poster)


async def _fetch(desk: Desk, character: CharacterRow) -> Path:
    part = desk.library.files.incoming(".mp4")
    if character.source_kind == "url":
        got = await desk.connection.transport.fetch(desk.address(character), part)
    else:
        got = await desk.connection.transport.download(desk.dialect.get_content(character.source), part)
    if got.reply.status != 200:
        raise desk.dialect.read_error(got.reply)
    return part


def _ask(desk: Desk, character: CharacterRow, span: TimeRange, source_job: JobRow | None) -> CharacterAsk:
    way = choose_way(desk, character, source_job)
    name = character.name
    if way == "task":
        return CharacterAsk(name, span, task_id=source_job.remote_id if source_job else character.source)
    if way == "url":
        return CharacterAsk(name, span, url=desk.address(character))
    return CharacterAsk(name, span, clip=desk.library.files.path(character.clip or ""))


def choose_way(desk: Desk, character: CharacterRow, source_job: JobRow | None) -> CharacterWay:
    """How this service will take this source; `VideoFileError` where it cannot."""
    ways = desk.connection.service.capabilities.character_ways
    at_home = source_job is None or source_job.base_url == desk.connection.service.base_url
    if character.source_kind == "task" and "task" in ways and at_home:
        return "task"
    if character.source_kind == "url" and "url" in ways:
        return "url"
    if "clip" in ways and character.clip is not None:
        return "clip"
    raise VideoFileError(
        f"{desk.connection.service.name} takes only {' or '.join(ways)}, and this character's source is a "
        f"{character.source_kind}. Put the clip at a public address and use that, or use a service that takes clips."
    )


async def _poll(desk: Desk, row: JobRow) -> None:
    task_id = row.task_id or row.remote_id or ""
    call = desk.dialect.get_character(task_id)
    waits, misses = pacing.poll_waits(), pacing.Misses()
    wait = 0.0
    while call is not None and row.state in ("ACCEPTED", "RUNNING"):
        row = await rest(desk, row, wait)
        wait = next(waits)
        try:
            reply = await desk.ask(call)
            row = _note(desk, row, desk.dialect.read_character(reply))
            misses.clear()
            wait = pacing.told_wait(reply.headers, desk.now()) or wait
        except Postponed as error:
            wait = error.seconds
        except NotFoundError as error:
            if misses.enough(asyncio.get_running_loop().time()):
                row = desk.advance(row, state="LOST", error_code=error.code or "not_found", error=str(error))
        except ServiceError as error:
            row = desk.advance(row, error_code=error.code or "poll_failed", error=str(error))


def _note(desk: Desk, row: JobRow, remote: RemoteCharacter) -> JobRow:
    if remote.status == "completed":
        return desk.advance(
            row,
            state="STORED",
            remote_id=remote.id or row.remote_id,
            remote_handle=remote.handle,
            progress=1.0,
            completed_at=desk.now(),
            cost_usd=row.est_cost_usd if row.simulated else None,
            error_code=None,
            error=None,
        )
    if remote.status in ("queued", "in_progress"):
        return desk.advance(row, state="RUNNING", task_id=remote.task_id or row.task_id)
    return desk.advance(
        row,
        state="FAILED",
        completed_at=desk.now(),
        error_code=remote.error_code or remote.status,
        error=remote.error or f"The service says {remote.status} and nothing else.",
    )


class _Named:
    """The answer to a creation, with the id that a crash must not lose: the character's, or its task's."""

    def __init__(self, answer: RemoteCharacter) -> None:
        self.answer = answer

    @property
    def id(self) -> str | None:
        return self.answer.id or self.answer.task_id
