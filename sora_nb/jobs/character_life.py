"""The life of a character on one service: pixels, range, clip, send, poll, done.

The clip and a poster are kept in the library whichever way the service takes its source, so that
the character can be made again somewhere else. Where a service makes none, that is all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.dialects.base import Call, CharacterAsk, CharacterWay, RemoteCharacter, Reply, Service
from sora_nb.errors import ConfigError, JobError, RangeError, ServiceError, VideoFileError
from sora_nb.jobs.fetching import fetch
from sora_nb.jobs.paid import pay, recall
from sora_nb.jobs.polling import UNDERWAY, poll
from sora_nb.jobs.reconcile import reconcile
from sora_nb.library import CharacterRow, JobRow, told
from sora_nb.models import FromTask, FromURL
from sora_nb.timerange import Finding, TimeRange, require, within

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
    if row.state in UNDERWAY:
        await _poll(desk, row)


async def _send(desk: Desk, row: JobRow) -> JobRow:
    character = desk.library.characters.get(row.character_id or "")
    span = TimeRange.from_ms(character.start_ms, character.end_ms)
    try:
        source_job = await _source_job(desk, character)
        character, seen = await _keep_pixels(desk, character, span, source_job)
        if seen:
            row = desk.advance(row, findings=(*row.findings, *map(told, seen)))
        if not desk.service.capabilities.native:
            return _stored_here(desk, row)
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


def _stored_here(desk: Desk, row: JobRow) -> JobRow:
    """Nothing is sent where a service makes no characters: what the library holds goes with each video."""
    return desk.advance(row, state="STORED", progress=1.0, completed_at=desk.now(), cost_usd=0.0)


async def _source_job(desk: Desk, character: CharacterRow) -> JobRow | None:
    if character.source_kind != "task":
        return None
    found = desk.library.jobs.find(character.source)
    return await desk.finished(found.id) if found is not None else None


async def _keep_pixels(
    desk: Desk, character: CharacterRow, span: TimeRange, source_job: JobRow | None
) -> tuple[CharacterRow, list[Finding]]:
    """The character with its clip, and what the pictures of its range say that was not known before."""
    if character.clip is not None:
        return character, []
    files = desk.library.files
    fetched: Path | None = None
    try:
        if source_job is not None and source_job.file is not None:
            path = files.path(source_job.file)
        elif character.source_kind == "file":
            path = Path(character.source)
        else:
            at_url = character.source_kind == "url"
            source = FromURL(desk.address(character)) if at_url else FromTask(character.source)
            path = fetched = await fetch(desk, source)
        duration = await desk.duration(path)
        span = within(span, duration)
        require(span, desk.service.capabilities.limits, duration)
        clip, poster = await desk.cut(path, span)
        seen = [one for one in await desk.seen(path, span, character.box) if one.code not in character.findings]
    except ServiceError:
        if "url" in desk.service.capabilities.character_ways and character.source_kind == "url":
            # The service may reach an address that this machine cannot; it then judges the range itself.
            findings = (*character.findings, "no_clip")
            return desk.library.characters.update(character.id, findings=findings), []
        raise
    finally:
        if fetched is not None:
            fetched.unlink(missing_ok=True)
    # It was measured by now, and judged again by what it was found to last.
    findings = (*(code for code in character.findings if code != "unknown_length"), *(one.code for one in seen))
    return desk.library.characters.update(character.id, clip=clip, poster=poster, findings=findings), seen


async def request_of(desk: Desk, row: JobRow) -> Call:
    """The request that makes it, to be shown: an address is without its query, which may be a signature.

    Raises `ConfigError` where there is none.
    """
    character = desk.library.characters.get(row.character_id or "")
    if not desk.service.capabilities.native:
        raise ConfigError(
            f"{desk.service.title} makes no characters, so nothing was sent for @{character.handle}. "
            "The request() of a video shows what goes along with it."
        )
    span = TimeRange.from_ms(character.start_ms, character.end_ms)
    return desk.dialect.create_character(_ask(desk, character, span, await _source_job(desk, character), shown=True))


def _ask(
    desk: Desk, character: CharacterRow, span: TimeRange, source_job: JobRow | None, *, shown: bool = False
) -> CharacterAsk:
    at_home = source_job is None or source_job.base_url == desk.service.base_url
    way = choose_way(desk.service, character, at_home=at_home, has_clip=character.clip is not None)
    name = character.name
    if way == "task":
        return CharacterAsk(name, span, task_id=source_job.remote_id if source_job else character.source)
    if way == "url":
        return CharacterAsk(name, span, url=character.source if shown else desk.address(character))
    can = desk.service.capabilities
    model = can.models[0] if can.routes_characters else ""
    return CharacterAsk(name, span, clip=desk.library.files.path(character.clip or ""), model=model)


def choose_way(service: Service, character: CharacterRow, *, at_home: bool, has_clip: bool) -> CharacterWay:
    """How *service* will take this source; `VideoFileError` where it cannot. *at_home*: was its task done there?"""
    ways = service.capabilities.character_ways
    if character.source_kind == "task" and "task" in ways and at_home:
        return "task"
    if character.source_kind == "url" and "url" in ways:
        return "url"
    if "clip" in ways and has_clip:
        return "clip"
    raise VideoFileError(
        f"{service.title} takes only {' or '.join(ways)}, and this character's source is a "
        f"{character.source_kind}. Put the clip at a public address and use that, or use a service that takes clips."
    )


async def _poll(desk: Desk, row: JobRow) -> None:
    async def note(row: JobRow, reply: Reply) -> JobRow:
        return _note(desk, row, desk.dialect.read_character(reply))

    call = desk.dialect.get_character(row.task_id or row.remote_id or "")
    if call is not None:
        await poll(desk, row, call, note, at_once=True)


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
