"""A service over a real socket that writes down every sale. It never spots a repeated request: each one is charged.

Many libraries may be served at once, each under a path of its own, so that one run cannot be taken for another.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sora_nb.simulator.serve import _listen


@dataclass(frozen=True)
class Sale:
    """Something that was charged: what for, under which id, and when by the monotonic clock."""

    intent: str
    remote_id: str
    at: float


@dataclass
class Book:
    """What one library bought and asked about."""

    sales: list[Sale] = field(default_factory=list)
    polls: list[tuple[str, float]] = field(default_factory=list)

    def charged_twice(self) -> list[str]:
        """What was charged more than once."""
        intents = [sale.intent for sale in self.sales]
        return sorted({intent for intent in intents if intents.count(intent) > 1})

    def first_poll(self, remote_id: str, after: float) -> float | None:
        """When the job was first asked about after a moment."""
        return min((at for asked, at in self.polls if asked == remote_id and at >= after), default=None)


class Till:
    """The service. `books` are by the path each library is served under."""

    def __init__(self, film: bytes) -> None:
        self._film = film
        self.film_name = f"{sha256(film).hexdigest()}.mp4"
        self.books: dict[str, Book] = {}
        self.address = ""

    def open(self, name: str, sales: Sequence[Sale] = ()) -> str:
        """Begin a book, with *sales* already in it, and return the address that writes into it."""
        self.books[name] = Book([*sales])
        return f"{self.address}/{name}"

    def app(self) -> Starlette:
        routes = [
            Route("/make", self._make, methods=["POST"]),
            Route("/job/{id}", self._job),
            Route("/film/{id}", self._content),
        ]
        return Starlette(routes=[Mount("/{book}", routes=routes)])

    def _book(self, request: Request) -> Book:
        return self.books[request.path_params["book"]]

    async def _make(self, request: Request) -> Response:
        asked = await request.json()
        sales = self._book(request).sales
        sale = Sale(asked.get("prompt") or asked["name"], f"r{len(sales) + 1}", time.monotonic())
        sales.append(sale)
        return JSONResponse({"id": sale.remote_id, "status": "queued"})

    async def _job(self, request: Request) -> Response:
        polls, id_ = self._book(request).polls, request.path_params["id"]
        polls.append((id_, time.monotonic()))
        done = sum(asked == id_ for asked, _ in polls) > 1
        told = {"id": id_, "status": "completed" if done else "in_progress"}
        return JSONResponse(told, headers={"openai-poll-after-ms": "5"})

    async def _content(self, _request: Request) -> Response:
        return Response(self._film, media_type="video/mp4")


@contextmanager
def serving(film: bytes) -> Iterator[Till]:
    """A till on a free port of this machine, in a thread."""
    till = Till(film)
    with _listen("127.0.0.1", 0) as listener:
        till.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(till.app(), log_level="critical", access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield till
        finally:
            server.should_exit = True
            thread.join(10)
