"""The shape `/v1/sora`, as the first tutorial writes it: generations, and characters that are there at once."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sora_nb.simulator import asking, body, sources
from sora_nb.simulator.clockwork import Standing
from sora_nb.simulator.content import content
from sora_nb.simulator.profiles import TUTORIAL_RANGE
from sora_nb.simulator.records import Ask, Job
from sora_nb.simulator.refusal import Refusal
from sora_nb.simulator.world import World

DEFAULT_SECONDS = 5


class TutorialShape:
    """Routes of the shape over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.routes = [
            Route("/v1/sora/generations", self.create, methods=["POST"]),
            Route("/v1/sora/generations/{id}", self.get, methods=["GET"]),
            Route("/v1/sora/generations/{id}/content", self.get_content, methods=["GET"]),
            Route("/v1/sora/characters", self.create_character, methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        """`POST /v1/sora/generations`, answered with the id alone."""
        ask = await run_in_threadpool(self._ask, await body.read_json(request))
        return JSONResponse({"id": (await run_in_threadpool(self.world.submit, ask)).id})

    async def get(self, request: Request) -> Response:
        """`GET /v1/sora/generations/{id}`"""
        job = await self._job(request)
        return JSONResponse(_generation(job, await run_in_threadpool(self.world.standing, job)))

    async def get_content(self, request: Request) -> Response:
        """`GET /v1/sora/generations/{id}/content`. The tutorial shows no download; this is where one would look."""
        return await content(request, self.world, await self._job(request), not_ready=409)

    async def create_character(self, request: Request) -> Response:
        """`POST /v1/sora/characters`"""
        fields = await body.read_json(request)
        asking.refuse_unknown(fields, ("model", "url", "from_task", "timestamps"))
        character = await run_in_threadpool(sources.create, self.world, fields, TUTORIAL_RANGE)
        if character.failure is not None:
            raise Refusal(400, character.failure.message, code=character.failure.code)
        return JSONResponse({"character_id": character.id})

    async def _job(self, request: Request) -> Job:
        return await run_in_threadpool(self.world.job, request.path_params["id"], "tutorial")

    def _ask(self, fields: body.Fields) -> Ask:
        asking.refuse_unknown(fields, ("model", "prompt", "size", "duration"))
        prompt = asking.text(fields, "prompt", asking.PROMPT_MAX)
        model = asking.model(fields, self.world, "tutorial")
        seconds = asking.seconds_as_number(fields.get("duration", DEFAULT_SECONDS), model)
        size = asking.size(fields.get("size", model.default_size), model)
        cast = asking.cast(prompt, [], self.world, model, every_mention=True)
        return Ask("tutorial", model.name, prompt, seconds, size, model.usd(seconds, size), cast)


def _generation(job: Job, standing: Standing) -> dict[str, Any]:
    told: dict[str, Any] = {"id": job.id, "status": standing.status}
    if standing.status == "failed":
        told["error"] = {"code": standing.error_code, "message": standing.error}
    return told
