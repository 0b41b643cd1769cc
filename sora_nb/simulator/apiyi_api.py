"""The shape `/sora/v1`, as the second tutorial writes it and as gateways of its family do."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sora_nb.simulator import asking, body, sources
from sora_nb.simulator.clockwork import ACCEPTED, Standing
from sora_nb.simulator.operations import Spoken
from sora_nb.simulator.profiles import APIYI_RANGE
from sora_nb.simulator.records import Ask, Character, Family, Job
from sora_nb.simulator.refusal import Refusal, invalid, shown
from sora_nb.simulator.schemas import STRING, WHOLE, Schema, choice, record, text
from sora_nb.simulator.tutorial_api import ERROR, FILM, SOURCE, asks, film, tells
from sora_nb.simulator.world import World

DEFAULT_SECONDS = 5

RESOLUTIONS = {"720p": "1280x720", "1080p": "1920x1080"}

WAITING = {"queued": "submitted"}
"""States that go by another word here."""


PROFILE = "https://simulator.invalid"
"""Where a character's page would be; nobody answers there."""


class ApiyiShape:
    """Routes of the shape over one world: videos, and characters that are polled for by a task."""

    family: Family = "apiyi"

    def __init__(self, world: World) -> None:
        self.world = world
        videos, characters = "/sora/v1/videos", "/sora/v1/characters"
        wanted = record(
            {"prompt": text(1, asking.PROMPT_MAX)},
            optional={"model": STRING, "duration": WHOLE, "resolution": choice(*RESOLUTIONS)},
        )
        states = choice("submitted", "in_progress", "completed", "failed")
        video = record({"id": STRING, "status": states, "progress": WHOLE}, optional={"error": ERROR})
        self.routes = [
            Spoken(videos, self.create, "POST", asks("Start a video.", wanted, video)),
            Spoken(f"{videos}/{{id}}", self.get, "GET", tells("How a video is going.", video)),
            Spoken(f"{videos}/{{id}}/content", self.get_content, "GET", FILM),
            Spoken(characters, self.create_character, "POST", asks("Make a character.", SOURCE, self._made)),
            *self._polled(characters),
        ]

    _made: Schema = record({"task_id": STRING})

    def _polled(self, characters: str) -> list[Spoken]:
        states = choice("in_progress", "completed", "failed")
        told = record({"status": states}, optional={"error": ERROR, "character_id": STRING})
        return [Spoken(f"{characters}/{{id}}", self.get_character, "GET", tells("A character's task.", told))]

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
        return await film(self.world, await self._job(request))

    async def create_character(self, request: Request) -> Response:
        """`POST /sora/v1/characters`"""
        fields = await body.read_json(request)
        asking.refuse_unknown(fields, ("model", "url", "from_task", "timestamps"))
        character = await run_in_threadpool(sources.create, self.world, fields, APIYI_RANGE)
        return JSONResponse(self._told(character))

    def _told(self, character: Character) -> dict[str, Any]:
        return {"task_id": character.task_id}

    async def get_character(self, request: Request) -> Response:
        """`GET /sora/v1/characters/{task_id}`"""
        character = await run_in_threadpool(self.world.character, request.path_params["id"])
        if not self.world.is_ready(character):
            return JSONResponse({"status": "in_progress"})
        if character.failure is not None:
            return JSONResponse({"status": "failed", "error": character.failure._asdict()})
        return JSONResponse({"status": "completed", "character_id": character.id})

    async def _job(self, request: Request) -> Job:
        return await run_in_threadpool(self.world.job, request.path_params["id"], self.family)

    def _ask(self, fields: body.Fields) -> Ask:
        asking.refuse_unknown(fields, ("model", "prompt", "duration", "resolution"))
        prompt = asking.text(fields, "prompt", asking.PROMPT_MAX)
        model = asking.model(fields, self.world, self.family)
        seconds = asking.seconds_as_number(fields.get("duration", DEFAULT_SECONDS), model)
        resolution = fields.get("resolution", "720p")
        size = RESOLUTIONS.get(resolution) if isinstance(resolution, str) else None
        if size is None:
            message = f"There is no resolution {shown(resolution)}. Choose one of {', '.join(RESOLUTIONS)}."
            raise invalid("resolution", message)
        cast = asking.cast(prompt, [], self.world, model, every_mention=True)
        return Ask(self.family, model.name, prompt, seconds, size, model.usd(seconds, size), cast)


class LaozhangShape(ApiyiShape):
    """The same with characters that are there at once, and that a prompt names by a username."""

    family = "laozhang"

    _made = record(
        {"id": STRING, "username": STRING, "display_name": STRING, "permalink": STRING, "profile_picture_url": STRING}
    )

    def _polled(self, characters: str) -> list[Spoken]:
        return []

    def _told(self, character: Character) -> dict[str, Any]:
        if character.failure is not None:
            raise Refusal(400, character.failure.message, code=character.failure.code)
        page = f"{PROFILE}/{character.username}"
        return {
            "id": f"ch_{character.id.removeprefix('char_')}",
            "username": character.username,
            "display_name": character.username.partition(".")[0].title(),
            "permalink": page,
            "profile_picture_url": f"{page}/picture.webp",
        }


def _video(job: Job, standing: Standing) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": job.id,
        "status": WAITING.get(standing.status, standing.status),
        "progress": standing.progress,
    }
    if standing.status == "failed":
        told["error"] = {"code": standing.error_code, "message": standing.error}
    return told
