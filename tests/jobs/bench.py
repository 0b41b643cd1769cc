"""A service as small as can be, which misbehaves on request, and the dialect that speaks to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sora_nb.dialects.base import (
    Call,
    Capabilities,
    CharacterAsk,
    Dialect,
    RemoteCharacter,
    RemoteVideo,
    Reply,
    Service,
    VideoAsk,
)
from sora_nb.dialects.reading import status_of
from sora_nb.errors import ServerError, ServiceError, for_status
from sora_nb.library import JobRow
from sora_nb.timerange import Limits


@dataclass
class BenchService:
    """What it was sent, and what it answers. `script` holds answers that come before its own, by path."""

    film: bytes
    polls_to_finish: int = 1
    posts: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    polls: dict[str, int] = field(default_factory=dict)
    script: dict[str, list[Response | Callable[[], Response]]] = field(default_factory=dict)
    delay: float = 0.0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/make", self._make, methods=["POST"]),
                Route("/job/{id}", self._poll),
                Route("/film/{id}", self._film),
            ]
        )

    async def _make(self, request: Request) -> Response:
        body = await request.json()
        self.posts.append(body)
        self.keys.append(request.headers.get("idempotency-key", ""))
        await asyncio.sleep(self.delay)
        if (answer := self._scripted("make")) is not None:
            return answer
        job_id = f"r{len(self.posts)}"
        self.polls[job_id] = 0
        return JSONResponse({"id": job_id, "status": "queued"})

    async def _poll(self, request: Request) -> Response:
        if (answer := self._scripted("job")) is not None:
            return answer
        job_id = request.path_params["id"]
        if job_id not in self.polls:
            return JSONResponse({"error": "no such job"}, 404)
        self.polls[job_id] += 1
        done = self.polls[job_id] >= self.polls_to_finish
        status = {"id": job_id, "status": "completed" if done else "in_progress", "progress": self.polls[job_id]}
        return JSONResponse(status, headers={"openai-poll-after-ms": "10"})

    async def _film(self, _request: Request) -> Response:
        if (answer := self._scripted("film")) is not None:
            return answer
        return Response(self.film, media_type="video/mp4")

    def _scripted(self, name: str) -> Response | None:
        if not self.script.get(name):
            return None
        answer = self.script[name].pop(0)
        return answer() if callable(answer) and not isinstance(answer, Response) else answer  # type: ignore[return-value]


class BenchDialect(Dialect):
    """JSON in, JSON out."""

    name = "bench"
    prefix = ""
    capabilities = Capabilities(limits=Limits("bench"), character_ways=("clip",), models=("m",), needs_key=False)

    def create_video(self, ask: VideoAsk) -> Call:
        return Call(
            "POST", "/make", json={"prompt": ask.prompt, "cast": [one.remote_id for one in ask.cast]}, paid=True
        )

    def get_video(self, remote_id: str) -> Call:
        return Call("GET", f"/job/{remote_id}")

    def read_video(self, reply: Reply) -> RemoteVideo:
        told = reply.json()
        if "id" not in told:
            raise ServerError("The answer names no id.")
        return RemoteVideo(told["id"], status_of(told["status"]), told["status"], error=told.get("error"))

    def get_content(self, remote_id: str, variant: str = "video") -> Call:
        return Call("GET", f"/film/{remote_id}")

    def create_character(self, ask: CharacterAsk) -> Call:
        return Call("POST", "/make", json={"name": ask.name, "clip": ask.clip is not None}, paid=True)

    def read_character(self, reply: Reply) -> RemoteCharacter:
        return RemoteCharacter("completed", id=reply.json()["id"])

    def read_error(self, reply: Reply) -> ServiceError:
        return for_status(reply.status)(f"The bench says {reply.status}.", status=reply.status, code=self._code(reply))

    @staticmethod
    def _code(reply: Reply) -> str | None:
        try:
            return str(reply.json()["code"])
        except (ServerError, KeyError):
            return None


def service(base_url: str = "simulator:") -> Service:
    dialect = BenchDialect()
    return Service("bench", dialect, base_url, dialect.capabilities)


def video_job(job_id: str = "vid_1", **facts: Any) -> JobRow:
    request = {"prompt": "a cat", "seconds": 1, "size": "64x64", "model": "m", "characters": [], "take": 1}
    given: dict[str, Any] = {
        "id": job_id,
        "kind": "video",
        "service": "bench",
        "dialect": "bench",
        "base_url": "simulator:",
        "request": request,
        "key": f"key-{job_id}",
        "created_at": time.time(),
        "est_cost_usd": 0.5,
    }
    return JobRow(**{**given, **facts})
