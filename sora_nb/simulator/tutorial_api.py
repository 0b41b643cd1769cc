"""The shape `/v1/sora`, as the first tutorial writes it: generations, and characters that are there at once."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sora_nb.simulator import asking, body, sources
from sora_nb.simulator.clockwork import Standing
from sora_nb.simulator.content import content
from sora_nb.simulator.envelope import OPENAI
from sora_nb.simulator.operations import JSON, Operation, Spoken
from sora_nb.simulator.profiles import TUTORIAL_RANGE
from sora_nb.simulator.records import Ask, Job
from sora_nb.simulator.refusal import Refusal
from sora_nb.simulator.schemas import FILE, STRING, WHOLE, Schema, choice, record, text
from sora_nb.simulator.world import World

DEFAULT_SECONDS = 5

SOURCE: Schema = record(
    {"timestamps": STRING}, optional={"model": choice(*sources.CHARACTER_MODELS), "url": STRING, "from_task": STRING}
)
"""What a character is asked for with, in both tutorials."""

NOT_READY = dict.fromkeys(("queued", "in_progress", "failed"), 409)
"""The tutorials show no download, so that this is a conflict is our own choice."""

ERROR: Schema = record({"code": STRING, "message": STRING})


class TutorialShape:
    """Routes of the shape over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        wanted = record(
            {"prompt": text(1, asking.PROMPT_MAX)}, optional={"model": STRING, "size": STRING, "duration": WHOLE}
        )
        states = choice("queued", "in_progress", "completed", "failed")
        video = record({"id": STRING, "status": states}, optional={"error": ERROR})
        made = record({"character_id": STRING})
        videos = "/v1/sora/generations"
        self.routes = [
            Spoken(videos, self.create, "POST", asks("Start a video.", wanted, record({"id": STRING}))),
            Spoken(f"{videos}/{{id}}", self.get, "GET", tells("How a video is going.", video)),
            Spoken(f"{videos}/{{id}}/content", self.get_content, "GET", FILM),
            Spoken("/v1/sora/characters", self.create_character, "POST", asks("Make a character.", SOURCE, made)),
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
        return await film(self.world, await self._job(request))

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


def asks(says: str, sent: Schema, reply: Schema) -> Operation:
    """An operation that is sent JSON and makes something."""
    errors = (400, 404, 410, 413, 415, 429)
    return Operation(says, body={JSON: sent}, replies={200: {JSON: reply}}, errors=errors, error=OPENAI.schema)


def tells(says: str, reply: Schema) -> Operation:
    """An operation that looks at something by its id."""
    return Operation(says, replies={200: {JSON: reply}}, errors=(404,), error=OPENAI.schema)


FILM = Operation(
    "The file of a finished video.",
    replies={200: {"video/mp4": FILE}, 206: {"video/mp4": FILE}},
    errors=(404, 409, 410, 416),
    error=OPENAI.schema,
)


async def film(world: World, job: Job) -> Response:
    """The video of a job."""
    return await content(world, job, "video", unready=NOT_READY)
