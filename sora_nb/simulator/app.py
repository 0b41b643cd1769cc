"""All servers over one world, as one ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount

from sora_nb.errors import ConfigError
from sora_nb.simulator.apiyi_api import ApiyiShape, LaozhangShape
from sora_nb.simulator.envelope import OPENAI as OPENAI_ENVELOPE
from sora_nb.simulator.envelope import Envelope
from sora_nb.simulator.faults import Faults, FaultsDoor
from sora_nb.simulator.faulty import Faulty
from sora_nb.simulator.guard import Guard, Locked
from sora_nb.simulator.hosts import LOOPBACK
from sora_nb.simulator.operations import Operation, Spoken, describe
from sora_nb.simulator.public import Public
from sora_nb.simulator.refusal import Refusal
from sora_nb.simulator.servers import OPENAI, SERVERS, Server
from sora_nb.simulator.tutorial_api import TutorialShape
from sora_nb.simulator.videos_api import VideosShape
from sora_nb.simulator.world import World

LAOZHANG = "laozhang"

PLAYED = (*SERVERS, LAOZHANG)
"""The servers that are played under `/as/<name>`, or at the root if asked to."""

DESCRIPTION = "/openapi.json"


def create_app(
    world: World, *, hosts: frozenset[str] = LOOPBACK, faults: Faults | None = None, played: str | None = None
) -> Starlette:
    """The service over *world*. It answers to *hosts*, and to `simulator`, the name in-process clients use.

    *faults* befall its requests, and `/faults` plans more of them. It holds no state of its own and closes nothing:
    the world is the caller's. *played* is the server, one of `PLAYED`, that stands at the root instead of OpenAI's
    shape and the tutorials'. All of them stand under `/as/<name>`.

    Raises `ConfigError` for a server that is not played.
    """
    if played is not None and played not in PLAYED:
        raise ConfigError(f"The simulator does not play {played!r}. Choose one of {', '.join(PLAYED)}.")
    root = _house(world) if played is None else _play(world, played)
    public = Public(world, [f"{route.method} {route.path}" for route in root.spoken], PLAYED)
    return Starlette(
        routes=[
            *public.routes,
            *(FaultsDoor(faults).routes if faults else ()),
            *(Mount(f"/as/{name}", app=_play(world, name)) for name in PLAYED),
            Mount("/", app=root),
        ],
        middleware=[*([Middleware(Faulty, faults=faults)] if faults else ()), Middleware(Guard, hosts=hosts)],
        exception_handlers={Refusal: _refusing(OPENAI_ENVELOPE)},
    )


class Played(Starlette):
    """The routes of a server, behind its own lock and with its own errors."""

    def __init__(
        self, title: str, about: str, routes: Sequence[Spoken], errors: Envelope, keys: tuple[str, ...]
    ) -> None:
        self.spoken = [Spoken(DESCRIPTION, self.describe, "GET", _DESCRIBES), *routes]
        self._told = (title, about, keys)
        super().__init__(
            routes=self.spoken,
            middleware=[Middleware(Locked, keys=keys, errors=errors)],
            exception_handlers={Refusal: _refusing(errors), HTTPException: _unheard(errors)},
        )

    async def describe(self, request: Request) -> Response:
        """`GET /openapi.json`"""
        title, about, keys = self._told
        where = request.scope.get("root_path") or "/"
        return JSONResponse(describe(f"{title}, simulated", about, self.spoken, keys=keys, server=where))


_DESCRIBES = Operation("This description.", replies={200: {"application/json": {"type": "object"}}}, open=True)


def _house(world: World) -> Played:
    routes = [*VideosShape(world, OPENAI).routes, *TutorialShape(world).routes, *ApiyiShape(world).routes]
    about = "OpenAI's own shape and those of two tutorials, over one world. It draws; it is no model."
    return Played("sora_nb simulator", about, routes, OPENAI_ENVELOPE, OPENAI.keys)


def _play(world: World, name: str) -> Played:
    server: Server | None = SERVERS.get(name)
    if server is None:
        about = "A gateway of the second tutorial's family: characters are there at once and have usernames."
        return Played("laozhang", about, LaozhangShape(world).routes, OPENAI_ENVELOPE, OPENAI.keys)
    return Played(server.title, server.about, VideosShape(world, server).routes, server.errors, server.keys)


Handler = Callable[[Request, Exception], Awaitable[Response]]


def _refusing(errors: Envelope) -> Handler:
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return errors.answer(error)

    return refused


def _unheard(errors: Envelope) -> Handler:
    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        where = f"{request.method} {request.url.path}"
        message = {
            404: f"There is nothing at {where}. GET / lists the paths.",
            405: f"{where} is not something that can be done here. GET / lists the paths.",
        }.get(error.status_code, error.detail)
        return errors.unheard(error.status_code, message)

    return http_error
