"""All shapes over one world, as one ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from sora_nb.simulator.apiyi_api import ApiyiShape
from sora_nb.simulator.envelope import envelope
from sora_nb.simulator.faults import Faults, FaultsDoor
from sora_nb.simulator.faulty import Faulty
from sora_nb.simulator.guard import Guard
from sora_nb.simulator.hosts import LOOPBACK
from sora_nb.simulator.openai_api import OpenAIShape
from sora_nb.simulator.public import Public
from sora_nb.simulator.refusal import Refusal
from sora_nb.simulator.tutorial_api import TutorialShape
from sora_nb.simulator.world import World


def create_app(world: World, *, hosts: frozenset[str] = LOOPBACK, faults: Faults | None = None) -> Starlette:
    """The service over *world*. It answers to *hosts*, and to `simulator`, the name in-process clients use.

    *faults* befall its requests, and `/faults` plans more of them. It holds no state of its own and closes nothing:
    the world is the caller's.
    """
    shapes = [*OpenAIShape(world).routes, *TutorialShape(world).routes, *ApiyiShape(world).routes]
    paths = sorted(f"{method} {route.path}" for route in shapes for method in (route.methods or ()) if method != "HEAD")
    return Starlette(
        routes=[*Public(world, paths).routes, *(FaultsDoor(faults).routes if faults else ()), *shapes],
        middleware=[*([Middleware(Faulty, faults=faults)] if faults else ()), Middleware(Guard, hosts=hosts)],
        exception_handlers={Refusal: _refused, HTTPException: _http_error},
    )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return envelope(error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    where = f"{request.method} {request.url.path}"
    message = {
        404: f"There is nothing at {where}. GET / lists the paths.",
        405: f"{where} is not something that can be done here. GET / lists the paths.",
    }.get(error.status_code, error.detail)
    return envelope(Refusal(error.status_code, message))
