"""Gives out files: whole or in parts, as browsers and downloaders ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from sora_nb.simulator.gallery import FILES
from sora_nb.simulator.records import Job
from sora_nb.simulator.refusal import Refusal
from sora_nb.simulator.world import World


async def content(world: World, job: Job, variant: str, *, unready: Mapping[str, int]) -> Response:
    """A file of a job, one of `gallery.FILES`; *unready* has the statuses, by the job's own, where there is none."""
    path: Path | None = await run_in_threadpool(world.content, job, variant)
    if path is None:
        status = (await run_in_threadpool(world.standing, job)).status
        message = f"{job.id} is {status} and has no content; ask again once it is completed."
        code = "video_failed" if status == "failed" else "video_not_ready"
        raise Refusal(unready.get(status, 404), message, code=code)
    etag = {"etag": world.etag(job)} if variant == "video" else {}
    return FileResponse(path, media_type=FILES[variant].media_type, headers=etag)
