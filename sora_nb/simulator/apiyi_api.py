"""The shape `/sora/v1`, as the second tutorial writes it: videos, and characters that are polled for."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sora_nb.simulator import asking, body, sources
from sora_nb.simulator.clockwork import ACCEPTED, Standing
from sora_nb.simulator.content import content
from sora_nb.simulator.profiles import APIYI_RANGE
from sora_nb.simulator.records import Ask, Job
from sora_nb.simulator.refusal import invalid, shown
from sora_nb.simulator.world import World

DEFAULT_SECONDS = 5

RESOLUTIONS = {"720p": "1280x720", "1080p": "1920x1080"}

WAITING = {"queued": "submitted"}
"""States that go by another word here."""


class ApiyiShape:
    """Routes of the shape over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.routes = [
            Route("/sora/v1/videos", self.create, methods=["POST"]),
            Route("/sora/v1/videos/{id}", self.get, methods=["GET"]),
            Route("/sora/v1/videos/{id}/content", self.get_content, methods=["GET"]),
            Route("/sora/v1/characters", self.create_character, methods=["POST"]),
            Route("/sora/v1/characters/{id}", self.get_character, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """`POST /sora/v1/videos`"""
        ask = await run_in_threadpool(self._ask, await body.read_json(request))
        return JSONResponse(_video(await run_in_threadpool(self.world.submit, ask), ACCEPTED))

    async def get(self, request: Request) -> Response:
        """`GET /sora/v1/videos/{id}`. The tutorial shows no polling of videos; this is where one would look."""
        job = await self._job(request)
        return JSONResponse(_video(job, await run_in_threadpool(self.world.standing, job)))

    async def get_content(self, request: Request) -> Response:
        """`GET /sora/v1/videos/{id}/content`"""
        return await content(request, self.world, await self._job(request), not_ready=409)

    async def create_character(self, request: Request) -> Response:
        """`POST /sora/v1/characters`"""
        fields = await body.read_json(request)
        asking.refuse_unknown(fields, ("model", "url", "from_task", "timestamps"))
        character = await run_in_threadpool(sources.create, self.world, fields, APIYI_RANGE)
        return JSONResponse({"task_id": character.task_id})

    async def get_character(self, request: Request) -> Response:
        """`GET /sora/v1/characters/{task_id}`"""
        character = await run_in_threadpool(self.world.character, request.path_params["id"])
        if not self.world.is_ready(character):
            return JSONResponse({"status": "in_progress"})
        if character.failure is not None:
            return JSONResponse({"status": "failed", "error": character.failure._asdict()})
        return JSONResponse({"status": "completed", "character_id": character.id})

    async def _job(self, request: Request) -> Job:
        return await run_in_threadpool(self.world.job, request.path_params["id"], "apiyi")

    def _ask(self, fields: body.Fields) -> Ask:
        asking.refuse_unknown(fields, ("model", "prompt", "duration", "resolution"))
        prompt = asking.text(fields, "prompt", asking.PROMPT_MAX)
        model = asking.model(fields, self.world, "apiyi")
        seconds = asking.seconds_as_number(fields.get("duration", DEFAULT_SECONDS), model)
        resolution = fields.get("resolution", "720p")
        size = RESOLUTIONS.get(resolution) if isinstance(resolution, str) else None
        if size is None:
            message = f"There is no resolution {shown(resolution)}. Choose one of {', '.join(RESOLUTIONS)}."
            raise invalid("resolution", message)
        cast = asking.cast(prompt, [], self.world, model, every_mention=True)
        return Ask("apiyi", model.name, prompt, seconds, size, model.usd(seconds, size), cast)


def _video(job: Job, standing: Standing) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": job.id,
        "status": WAITING.get(standing.status, standing.status),
        "progress": standing.progress,
    }
    if standing.status == "failed":
        told["error"] = {"code": standing.error_code, "message": standing.error}
    return told
