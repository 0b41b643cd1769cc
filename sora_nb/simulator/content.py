"""Gives out files: whole or in parts, as browsers and downloaders ask for them."""

from __future__ import annotations

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sora_nb.simulator.gallery import VARIANTS
from sora_nb.simulator.records import Job
from sora_nb.simulator.refusal import Refusal, invalid, shown
from sora_nb.simulator.world import World


async def content(request: Request, world: World, job: Job, *, not_ready: int) -> Response:
    """The video, thumbnail or sheet of a job; *not_ready* is the shape's status while there is none."""
    variant = request.query_params.get("variant", "video")
    if variant not in VARIANTS:
        raise invalid("variant", f"There is no variant {shown(variant)}. Choose one of {', '.join(VARIANTS)}.")
    path: Path | None = await run_in_threadpool(world.content, job, variant)
    if path is None:
        status = (await run_in_threadpool(world.standing, job)).status
        message = f"{job.id} is {status} and has no content; ask again once it is completed."
        raise Refusal(not_ready, message, code="video_not_ready")
    etag = {"etag": world.etag(job)} if variant == "video" else {}
    return FileResponse(path, media_type=VARIANTS[variant].media_type, headers=etag)
