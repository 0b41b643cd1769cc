"""Getting a source that is elsewhere, to look at it or to cut it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.models import FromTask, FromURL

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk


async def fetch(desk: Desk, source: FromURL | FromTask) -> Path:
    """A source as a file that is the caller's to take away: from its address, or from the service that made it.

    Raises `ServiceError` where it cannot be had.
    """
    part = desk.library.files.incoming(".mp4")
    transport = desk.connection.transport
    if isinstance(source, FromURL):
        got = await transport.fetch(source.url, part)
    else:
        got = await transport.download(desk.dialect.get_content(source.task_id), part)
    if got.reply.status != 200:
        raise desk.service.read_error(got.reply)
    return part
