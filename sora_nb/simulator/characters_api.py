"""Characters under `/v1/videos/characters`, for the servers that make them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sora_nb.errors import VideoFileError
from sora_nb.simulator import asking, body
from sora_nb.simulator.operations import FORM, JSON, Operation, Spoken
from sora_nb.simulator.records import Character
from sora_nb.simulator.refusal import invalid
from sora_nb.simulator.schemas import FILE, record, text
from sora_nb.simulator.servers import Server
from sora_nb.simulator.world import World

NAME_MAX = 80


class CharactersShape:
    """Routes of the shape as one server has it, over one world."""

    def __init__(self, world: World, server: Server) -> None:
        self.world = world
        self.server = server
        path = f"{server.prefix}/videos/characters"
        error, made = server.errors.schema, {200: {JSON: server.character_schema}}
        sent = {FORM: record({"name": text(1, NAME_MAX), "video": FILE}, more=not server.refuses_unknown)}
        create = Operation(
            "Make a character of a clip.", body=sent, replies=made, errors=(400, 413, 415, 429), error=error
        )
        get = Operation("A character.", replies=made, errors=(404,), error=error)
        self.routes = [
            Spoken(path, self.create, "POST", create),
            Spoken(f"{path}/{{id}}", self.get, "GET", get),
        ]

    async def create(self, request: Request) -> Response:
        """`POST /videos/characters`"""
        async with body.read(request, ("json", "form")) as fields:
            if self.server.refuses_unknown:
                asking.refuse_unknown(fields, ("name", "video"))
            name = asking.text(fields, "name", NAME_MAX)
            clip = fields.get("video")
            if not isinstance(clip, Path):
                raise invalid("video", "Missing required file: 'video'. Send the clip in a multipart form.")
            return JSONResponse(self._told(await run_in_threadpool(self._cut, clip, name)))

    async def get(self, request: Request) -> Response:
        """`GET /videos/characters/{id}`"""
        id_ = self.server.character_ids.back(request.path_params["id"])
        return JSONResponse(self._told(await run_in_threadpool(self.world.character, id_)))

    def _told(self, character: Character) -> dict[str, object]:
        return {
            "id": self.server.character_ids.out(character.id),
            "name": character.name,
            "created_at": int(character.created_at),
            **self.server.character,
        }

    def _cut(self, clip: Path, name: str) -> Character:
        with clip.open("rb") as file:
            origin = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            return self.world.add_character(clip, None, origin=origin, name=name)
        except VideoFileError as error:
            raise invalid("video", f"The clip cannot be read as a video: {error}", "invalid_video") from error
