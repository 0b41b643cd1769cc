"""Kernels in virtual time: the real engine, library and HTTP client, without threads, sockets or waiting.

What is real: every coroutine of `jobs`, the journal in SQLite or PostgreSQL, the ledger, the files, and the client's
own errors. What is not: the thread, the socket, a server's clock, and `synchronous=EXTRA`, which only costs time here.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import httpx
import sqlalchemy as sa
from starlette.types import ASGIApp, Message

from sora_nb.dialects.base import Service
from sora_nb.errors import LibraryError
from sora_nb.jobs import Engine, desk, engine, transport
from sora_nb.library import JobRow, Library, sqlite
from sora_nb.library.journal import Change
from sora_nb.library.postgres import Postgres
from sora_nb.simulator.faulty import Dropped
from tests.shelves import Shelf, by_our_clock, library_at


class Killed(BaseException):
    """The process is gone: nothing after this line was ever run."""


class Wire(httpx.AsyncBaseTransport):
    """From the client to the service, which goes on with a request whatever becomes of who asked."""

    def __init__(self, app: ASGIApp, unreachable: Callable[[], bool] = lambda: False) -> None:
        self._app = app
        self._unreachable = unreachable
        self._serving: set[asyncio.Task[httpx.Response]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._unreachable():
            raise httpx.ConnectError("nobody listens")
        body = await request.aread()
        task = asyncio.get_running_loop().create_task(self._serve(request, body))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        done, _ = await asyncio.wait({task}, timeout=request.extensions["timeout"]["read"])
        if not done:
            raise httpx.ReadTimeout("no answer came")
        try:
            return task.result()
        except Dropped as error:
            raise httpx.RemoteProtocolError("the server disconnected") from error

    async def _serve(self, request: httpx.Request, body: bytes) -> httpx.Response:
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(dict(message))

        scope = {
            "type": "http",
            "method": request.method,
            "path": request.url.path,
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
        }
        await self._app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in messages)
        # A stream, as a socket's answer is one.
        return httpx.Response(messages[0]["status"], headers=messages[0]["headers"], stream=httpx.ByteStream(content))


class WireTransport(transport.Transport):
    """The product's transport over a `Wire`, which it is given where it is otherwise given an app."""

    def _client(self, purpose: str) -> httpx.AsyncClient:
        if purpose not in self._clients:
            timeout = transport.PAID_TIMEOUT if purpose == "paid" else transport.FREE_TIMEOUT
            self._clients[purpose] = httpx.AsyncClient(transport=self.app, timeout=timeout, trust_env=False)
        return self._clients[purpose]


class _NoThread:
    """Says that it runs, until it is killed."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        self.alive = True

    def start(self) -> None:
        """The loop runs already."""

    def join(self, timeout: float | None = None) -> None:
        """There is nothing to wait for."""

    def is_alive(self) -> bool:
        return self.alive


@contextmanager
def no_threads() -> Iterator[None]:
    """Engines that are made inside live on the loop that runs."""

    async def look(*_arguments: object) -> dict[str, Any]:
        return {}

    def configure(connection: Any, record: Any) -> None:
        durable(connection, record)
        for pragma in ("synchronous=OFF", "journal_mode=MEMORY"):
            connection.execute(f"PRAGMA {pragma}").close()

    durable = sqlite._configure
    with ExitStack() as stack:
        for where, name, stand_in in (
            (engine, "threading", SimpleNamespace(**{**vars(threading), "Thread": _NoThread})),
            (engine, "asyncio", SimpleNamespace(**{**vars(asyncio), "new_event_loop": asyncio.get_running_loop})),
            (engine, "Transport", WireTransport),
            (engine, "HEARTBEAT_SECONDS", 20.0),  # still well within a lease, and a quarter of the writing
            (desk.Desk, "look", look),
            (sqlite, "_configure", configure),
            (Postgres, "clock", by_our_clock),  # a server's own would not follow a time that is not there
        ):
            stack.enter_context(patch.object(where, name, stand_in))
        yield


class Kernel:
    """One process with one engine on a library. With *dice* it may be killed around any commit."""

    def __init__(
        self,
        where: Path | Shelf,
        service: Service,
        wire: Wire,
        now: Callable[[], float],
        seen: Callable[[JobRow], None] = lambda _row: None,
        dice: Random | None = None,
        risk: float = 0.0,
    ) -> None:
        self.dead = asyncio.Event()
        self._seen = seen
        self._dice, self._risk = dice, risk
        self.engine = Engine(library_at(where), now)
        self.library = self.engine.library
        self.engine.connect(service, None, wire)
        self._advance_all = self.library.jobs.advance_all
        self.library.jobs.advance_all = self._risky_advance_all  # type: ignore[method-assign]
        self._heart = asyncio.get_running_loop().create_task(self.engine._beat())
        self.engine._heart = self._heart

    async def submit(self, row: JobRow) -> None:
        """Run the cell that asks for *row*."""
        if not self.dead.is_set():
            await self.engine._submit(row)

    async def resume(self) -> None:
        """Take up what is unfinished."""
        for row in self.library.jobs.unfinished():
            await self.engine._start(row.id)

    async def start(self, job_id: str) -> None:
        """Take one job up."""
        await self.engine._start(job_id)

    async def kill(self) -> None:
        """End the process between two steps of its loop: nothing is written from now on."""
        self._die()
        transports = [connection.transport for connection in self.engine._connections.values()]
        flying = [task for one in transports for task in one._in_flight]
        tasks = [self._heart, *self.engine._tasks.values(), *flying]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in transports:
            for client in one._clients.values():
                await client.aclose()
        self.library.close()

    async def close(self) -> None:
        """End it as `Engine.close` does."""
        await self.engine._close()
        self._die()
        self.library.close()

    def _die(self) -> None:
        if self.dead.is_set():
            return
        self.dead.set()
        self.engine._ended = True

        def gone(*_arguments: object, **_options: object) -> Any:
            raise Killed

        for name in ("advance_all", "intend", "claim", "renew", "annotate"):
            setattr(self.library.jobs, name, gone)
        self.library.ledger.append_all = self.library.ledger.note_all = gone  # type: ignore[method-assign]

    def _risky_advance_all(self, changes: Sequence[Change]) -> list[JobRow | LibraryError]:
        moment = self._dice.random() if self._dice is not None else 1.0
        if moment < self._risk:
            if moment < self._risk / 3:
                # The ledger is told first; the database never heard of it.
                self.library.jobs._tell_ledger(changes, [row for row, _ in changes])
            elif moment < self._risk * 2 / 3:
                self._advance_all(changes)
            self._die()
            raise Killed
        came = self._advance_all(changes)
        for row in came:
            if isinstance(row, JobRow):
                self._seen(row)
        return came


def rows_of(library: Library) -> list[JobRow]:
    """Every job of a library."""
    return library.jobs.select(sa.true())
