"""The life of a generation: cast, send, poll, download, look, done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sora_nb.dialects.base import Call, RemoteVideo, Reply, VideoAsk
from sora_nb.dialects.reading import knows_status, plain_words
from sora_nb.dialects.references import fitting
from sora_nb.errors import ConfigError, JobError, ServerError, VideoFileError
from sora_nb.jobs.download import download
from sora_nb.jobs.paid import pay, recall
from sora_nb.jobs.polling import UNDERWAY, poll
from sora_nb.jobs.reconcile import reconcile
from sora_nb.library import JobRow

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk

PENDING = frozenset({"queued", "in_progress"})


async def live_video(desk: Desk, row: JobRow) -> None:
    """Take the job from wherever it stands to its end."""
    known = row.state in UNDERWAY
    if row.state == "SENDING":
        row = recall(desk, row)
    if row.state in ("INTENT", "RECONCILING"):
        row = await _send(desk, row)
    if row.state in UNDERWAY:
        row = await _poll(desk, row, at_once=known)
    if row.state in ("READY", "FETCHING"):
        await _fetch(desk, row)


async def _send(desk: Desk, row: JobRow) -> JobRow:
    try:
        call = await request_of(desk, row)
    except (JobError, VideoFileError, ConfigError) as error:
        if row.state == "RECONCILING":
            raise
        return desk.advance(row, state="REJECTED", error_code="character_failed", error=f"Nothing was sent. {error}")
    remote, read = None, desk.dialect.read_video
    if row.state == "INTENT":
        row, remote = await pay(desk, row, call, read)
    if row.state == "RECONCILING":
        row, remote = await reconcile(desk, row, call, read)
    return row if remote is None else await _note(desk, row, remote)


async def request_of(desk: Desk, row: JobRow) -> Call:
    """The request that asks for it, once its characters are there. Raises as `Desk.cast` does."""
    asked = row.request
    people = [await desk.cast(character_id, asked["size"]) for character_id in asked["characters"]]
    cast = fitting(tuple(people), desk.service.capabilities)
    return desk.dialect.create_video(VideoAsk(asked["prompt"], asked["seconds"], asked["size"], asked["model"], cast))


async def _poll(desk: Desk, row: JobRow, *, at_once: bool) -> JobRow:
    if row.remote_id is None:
        raise ServerError(f"{row.id} was accepted without an id, which cannot be polled.")
    call = _question(desk, row, row.remote_id)

    async def note(row: JobRow, reply: Reply) -> JobRow:
        return await _note(desk, row, desk.dialect.read_video(reply))

    return await poll(desk, row, call, note, at_once=at_once)


def _question(desk: Desk, row: JobRow, remote_id: str) -> Call:
    """How is it going? Asked where the service said, if that is its own server, else where its shape says."""
    return Call("GET", row.task_id) if row.task_id else desk.dialect.get_video(remote_id)


async def _note(desk: Desk, row: JobRow, remote: RemoteVideo) -> JobRow:
    facts: dict[str, Any] = {"raw_status": remote.raw_status, "error_code": None, "error": None}
    if remote.progress is not None:
        facts["progress"] = remote.progress
    if remote.expires_at is not None:
        facts["expires_at"] = remote.expires_at.timestamp()
    if remote.cost_usd is not None:
        facts["cost_usd"] = remote.cost_usd
    if remote.est_cost_usd is not None:
        facts["est_cost_usd"] = remote.est_cost_usd
    if remote.polling_url is not None:
        facts["task_id"] = desk.connection.transport.path_of(remote.polling_url)
    if remote.status == "completed":
        facts |= {"state": "READY", "progress": 1.0}
    elif remote.status in PENDING:
        facts["state"] = "ACCEPTED" if remote.status == "queued" else "RUNNING"
        if not knows_status(remote.raw_status):
            # It may be an end that is called by another name, and then nothing would ever come of the wait.
            words = f"The service says {plain_words(remote.raw_status)}, which is no state known here; still asking."
            facts |= {"error_code": "odd_status", "error": words}
    else:
        states = {"cancelled": "CANCELLED", "expired": "EXPIRED", "lost": "LOST"}
        facts |= {
            "state": states.get(remote.status, "FAILED"),
            "completed_at": desk.now(),
            "error_code": remote.error_code or remote.status,
            "error": remote.error or f"The service says {remote.raw_status or remote.status} and nothing else.",
        }
    unchanged = all(getattr(row, name) == value for name, value in facts.items())
    return row if unchanged else await desk.commit(row, **facts)


async def _fetch(desk: Desk, row: JobRow) -> None:
    row = await desk.commit(row, state="FETCHING")
    if row.file is None:
        row = await download(desk, row)
    if row.file is not None and row.state == "FETCHING":
        facts = await desk.look(desk.library.files.path(row.file))
        await desk.commit(row, state="STORED", completed_at=desk.now(), **facts)
