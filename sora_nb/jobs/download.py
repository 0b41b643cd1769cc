"""Fetching what was paid for: whole, and only whole, files reach the library."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.errors import ServerError, ServiceError, SoraError
from sora_nb.jobs import pacing
from sora_nb.jobs.transport import AnswerLost
from sora_nb.library import JobRow

if TYPE_CHECKING:
    from sora_nb.jobs.desk import Desk

MISSES_TO_EXPIRE = 3


async def download(desk: Desk, row: JobRow) -> JobRow:
    trouble: SoraError = ServiceError("The download was not tried.")
    call = desk.dialect.get_content(row.remote_id or "")
    for attempt in range(pacing.RETRY_ATTEMPTS):
        part = desk.library.files.incoming(".mp4")
        try:
            got = await desk.connection.transport.download(call, part)
            if got.reply.status in (404, 410) and attempt + 1 >= MISSES_TO_EXPIRE:
                error = desk.dialect.read_error(got.reply)
                return desk.advance(row, state="EXPIRED", error_code=error.code or "expired", error=str(error))
            if got.reply.status != 200:
                raise desk.dialect.read_error(got.reply)
            _expect_video(part, got.reply.headers.get("content-type", ""))
            return desk.advance(row, file=desk.library.files.keep(part, ".mp4", got.sha256))
        except (ServiceError, AnswerLost) as error:
            trouble = error
            row = desk.advance(row, error_code=error.code or "download_failed", error=str(error))
            await asyncio.sleep(pacing.retry_wait(attempt))
        finally:
            part.unlink(missing_ok=True)
    raise ServerError(f"{row.id} is finished and could not be downloaded: {trouble} resume() tries again.")


def _expect_video(part: Path, content_type: str) -> None:
    with part.open("rb") as stream:
        head = stream.read(12)
    if not (head[4:8] == b"ftyp" or head[:4] in (b"\x1aE\xdf\xa3", b"RIFF")):
        raise ServerError(f"The service sent something that is not a video ({content_type or 'no content type'}).")
