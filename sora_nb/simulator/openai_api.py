"""The shape `/v1/videos`, as OpenAI's own service spoke it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sora_nb.errors import VideoFileError
from sora_nb.simulator import asking, body
from sora_nb.simulator.clockwork import ACCEPTED, Standing
from sora_nb.simulator.content import content
from sora_nb.simulator.profiles import SIM
from sora_nb.simulator.records import Ask, Character, Job
from sora_nb.simulator.refusal import Refusal, invalid, shown
from sora_nb.simulator.world import World
from sora_nb.timerange import plain

NAME_MAX = 80
PAGE_MAX, PAGE = 100, 20

_LISTED_ID = re.compile(r"characters\[\d*\]\[id\]")


class OpenAIShape:
    """Routes of the shape over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.routes = [
            Route("/v1/videos", self.create, methods=["POST"]),
            Route("/v1/videos", self.list, methods=["GET"]),
            Route("/v1/videos/characters", self.create_character, methods=["POST"]),
            Route("/v1/videos/characters/{id}", self.get_character, methods=["GET"]),
            Route("/v1/videos/{id}", self.get, methods=["GET"]),
            Route("/v1/videos/{id}", self.delete, methods=["DELETE"]),
            Route("/v1/videos/{id}/content", self.get_content, methods=["GET"]),
            Route("/v1/videos/{id}/remix", self.remix, methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        """`POST /v1/videos`"""
        async with body.read(request) as fields:
            ask = await run_in_threadpool(self._ask, _with_characters(fields))
            job = await run_in_threadpool(self.world.submit, ask)
        return JSONResponse(_video(job, ACCEPTED))

    async def list(self, request: Request) -> Response:
        """`GET /v1/videos`"""
        limit, order, after = _paging(request)
        jobs = await run_in_threadpool(self.world.jobs, "openai")
        if order == "desc":
            jobs.reverse()
        if after is not None:
            places = [place for place, job in enumerate(jobs) if job.id == after]
            if not places:
                raise invalid("after", f"There is no video {shown(after)} to go on from.")
            jobs = jobs[places[0] + 1 :]
        page = [_video(job, await run_in_threadpool(self.world.standing, job)) for job in jobs[:limit]]
        ends = {"first_id": page[0]["id"] if page else None, "last_id": page[-1]["id"] if page else None}
        return JSONResponse({"object": "list", "data": page, **ends, "has_more": len(jobs) > limit})

    async def get(self, request: Request) -> Response:
        """`GET /v1/videos/{id}`"""
        job = await self._job(request)
        standing = await run_in_threadpool(self.world.standing, job)
        pace = round(min(1000, max(50, 1000 / self.world.speed)))
        return JSONResponse(_video(job, standing), headers={"openai-poll-after-ms": str(pace)})

    async def delete(self, request: Request) -> Response:
        """`DELETE /v1/videos/{id}`"""
        job = await self._job(request)
        await run_in_threadpool(self.world.delete, job)
        return JSONResponse({"id": job.id, "object": "video.deleted", "deleted": True})

    async def get_content(self, request: Request) -> Response:
        """`GET /v1/videos/{id}/content`. The service was seen to answer 404, not 409, while a video was not ready."""
        return await content(request, self.world, await self._job(request), not_ready=404)

    async def remix(self, request: Request) -> Response:
        """`POST /v1/videos/{id}/remix`"""
        source = await self._job(request)
        async with body.read(request) as fields:
            ask = await run_in_threadpool(self._remix, source, fields)
            job = await run_in_threadpool(self.world.submit, ask)
        return JSONResponse(_video(job, ACCEPTED))

    async def create_character(self, request: Request) -> Response:
        """`POST /v1/videos/characters`"""
        async with body.read(request) as fields:
            asking.refuse_unknown(fields, ("name", "video"))
            name = asking.text(fields, "name", NAME_MAX)
            clip = fields.get("video")
            if not isinstance(clip, Path):
                raise invalid("video", "Missing required file: 'video'. Send the clip in a multipart form.")
            return JSONResponse(_character(await run_in_threadpool(self._cut, clip, name)))

    async def get_character(self, request: Request) -> Response:
        """`GET /v1/videos/characters/{id}`"""
        return JSONResponse(_character(await run_in_threadpool(self.world.character, request.path_params["id"])))

    async def _job(self, request: Request) -> Job:
        return await run_in_threadpool(self.world.job, request.path_params["id"], "openai")

    def _ask(self, fields: body.Fields) -> Ask:
        asking.refuse_unknown(fields, ("prompt", "model", "seconds", "size", "characters", "input_reference"))
        if fields.get("input_reference") is not None:
            message = "The simulator draws no input_reference and would rather say so. Make a character of the clip."
            raise invalid("input_reference", message)
        prompt = asking.text(fields, "prompt", asking.PROMPT_MAX)
        model = asking.model(fields, self.world, "openai")
        seconds = asking.seconds_as_text(fields.get("seconds", "4"), model)
        size = asking.size(fields.get("size", model.default_size), model)
        ids = _ids(fields.get("characters") or [])
        cast = asking.cast(prompt, ids, self.world, model, every_mention=False)
        return Ask("openai", model.name, prompt, seconds, size, model.usd(seconds, size), cast)

    def _remix(self, source: Job, fields: body.Fields) -> Ask:
        asking.refuse_unknown(fields, ("prompt",))
        if self.world.standing(source).status != "completed":
            raise Refusal(400, f"{source.id} is not completed, so it cannot be remixed yet.", param="video_id")
        old = source.ask
        model = asking.model({"model": old.model}, self.world, "openai")
        prompt = asking.text(fields, "prompt", asking.PROMPT_MAX)
        cast = asking.cast(prompt, [*old.characters], self.world, model, every_mention=False)
        return Ask("openai", old.model, prompt, old.seconds, old.size, old.usd, cast, remixed_from=source.id)

    def _cut(self, clip: Path, name: str) -> Character:
        with clip.open("rb") as file:
            origin = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            return self.world.add_character(clip, None, origin=origin, name=name)
        except VideoFileError as error:
            raise invalid("video", f"The clip cannot be read as a video: {error}", "invalid_video") from error


def _video(job: Job, standing: Standing) -> dict[str, Any]:
    error = {"code": standing.error_code, "message": standing.error} if standing.status == "failed" else None
    # The shape has no price in it. The simulator's own model adds one, as routers of today do.
    told = job.ask.model == SIM.name and standing.status == "completed"
    usage = {"usage": {"cost": job.ask.usd}} if told else {}
    return {
        "id": job.id,
        "object": "video",
        "model": job.ask.model,
        "status": standing.status,
        "progress": standing.progress,
        "created_at": int(job.created_at),
        "completed_at": _whole(standing.ended_at if standing.status == "completed" else None),
        "expires_at": _whole(standing.expires_at),
        "prompt": job.ask.prompt,
        "size": job.ask.size,
        "seconds": plain(job.ask.seconds),
        "remixed_from_video_id": job.ask.remixed_from,
        "error": error,
        **usage,
    }


def _character(character: Character) -> dict[str, Any]:
    return {"id": character.id, "name": character.name, "created_at": int(character.created_at)}


def _whole(at: float | None) -> int | None:
    return None if at is None else int(at)


def _with_characters(fields: body.Fields) -> body.Fields:
    """Undo the two ways a form writes the list: as JSON text, or as `characters[][id]` fields."""
    plain_fields = {name: value for name, value in fields.items() if not _LISTED_ID.fullmatch(name)}
    listed = [value for name, value in fields.items() if name not in plain_fields]
    if listed:
        flat = [id_ for value in listed for id_ in (value if isinstance(value, list) else [value])]
        return {**plain_fields, "characters": [{"id": id_} for id_ in flat]}
    if isinstance(fields.get("characters"), str):
        try:
            return {**fields, "characters": json.loads(fields["characters"])}
        except ValueError as error:
            raise invalid("characters", 'characters is not a JSON list such as [{"id": "char_123"}].') from error
    return fields


def _ids(characters: object) -> list[str]:
    if isinstance(characters, list) and all(
        isinstance(item, dict) and item.keys() == {"id"} and isinstance(item["id"], str) for item in characters
    ):
        return [item["id"] for item in characters]
    raise invalid("characters", 'characters must be a list such as [{"id": "char_123"}].', "invalid_type")


def _paging(request: Request) -> tuple[int, str, str | None]:
    query = request.query_params
    limit, order = query.get("limit", str(PAGE)), query.get("order", "desc")
    if not re.fullmatch(r"[0-9]{1,3}", limit) or int(limit) > PAGE_MAX:
        raise invalid("limit", f"limit must be a whole number from 0 to {PAGE_MAX}, not {shown(limit)}.")
    if order not in ("asc", "desc"):
        raise invalid("order", f"order must be asc or desc, not {shown(order)}.")
    return int(limit), order, query.get("after")
