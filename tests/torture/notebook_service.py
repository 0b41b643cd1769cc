"""The simulator behind a real socket, with pictures that cost nothing and POSTs that take their time.

    python -m tests.torture.notebook_service FOLDER

prints its address and serves until it is ended. `GET /bench/jobs` lists the jobs it created, `GET /bench/polls?id=`
counts the looks at one.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import socket
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from sora_nb.simulator import World, create_app
from tests.clips import make_clip

POST_SECONDS = 0.5
"""How long a POST takes; the job is created at a random moment of it."""

POLL_AFTER_MS = 50

SEED = 7


class Service:
    """The simulator's application, with what the bench wants to know and to slow down."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._app = create_app(world)
        self._polls: Counter[str] = Counter()
        self._random = random.Random(SEED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.startswith("/bench/"):
            await self._tell(scope, receive, send)
        elif scope.get("method") == "POST":
            before = POST_SECONDS * self._random.random()
            await asyncio.sleep(before)
            await self._app(scope, receive, _late(send, POST_SECONDS - before))
        else:
            self._polls[path.rsplit("/", 1)[-1]] += 1
            await self._app(scope, receive, _paced(send))

    async def _tell(self, scope: Scope, receive: Receive, send: Send) -> None:
        told: Any
        if scope["path"] == "/bench/jobs":
            told = [{"id": job.id, "prompt": job.ask.prompt} for job in self._world.jobs("openai")]
        else:
            told = self._polls[parse_qs(scope["query_string"].decode())["id"][0]]
        await JSONResponse(told)(scope, receive, send)


def _late(send: Send, seconds: float) -> Send:
    async def later(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return later


def _paced(send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["openai-poll-after-ms"] = str(POLL_AFTER_MS)
        await send(message)

    return marked


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    film = make_clip(folder / "film.mp4", frames=8, size=(64, 64))

    def draw(path: Path, _prompt: str, **_asked: Any) -> None:
        shutil.copyfile(film, path)

    with World(folder / "world", speed=2, draw=draw) as world, socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        config = uvicorn.Config(Service(world), log_level="warning", access_log=False, lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
