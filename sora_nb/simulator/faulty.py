"""Between a service and its clients: carries out the planned `Faults`, and keeps keys."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sora_nb.simulator.envelope import envelope
from sora_nb.simulator.faults import Fault, Faults, Kind
from sora_nb.simulator.guard import LOCKED
from sora_nb.simulator.refusal import Refusal

_PLAYED = re.compile(r"^/as/[^/]+")


class Dropped(ConnectionError):
    """The connection was closed without an answer. Raised only in process, where there is none to close."""


@dataclass(slots=True)
class _Answer:
    """What the service said, kept back until it is known what becomes of it."""

    messages: list[Message] = field(default_factory=list)

    async def keep(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    async def tell(self, send: Send, body: bytes | None = None) -> None:
        if body is None:
            for message in self.messages:
                await send(message)
            return
        start = self.messages[0]
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})


class Faulty:
    """Lets the planned faults befall requests to *app*. It has to stand nearest to the socket."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self.app = app
        self.faults = faults
        self._answers: dict[str, _Answer | None] = {}
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (kind := kind_of(scope["method"], scope["path"])) is None:
            await self.app(scope, receive, send)
        else:
            await self._befall(kind, scope, receive, send)

    async def _befall(self, kind: Kind, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self.faults.take(kind) or Fault("delay")
        if fault.does == "delay" and not fault.after:
            await asyncio.sleep(fault.seconds)
        if fault.does == "drop" and not fault.after:
            await _close(receive)
            return
        if fault.does == "status" and not fault.after:
            await _say(fault, scope, receive, send)
            return
        if kind == "content":
            # A film is passed on as it comes; what may befall its bytes is another module's.
            await self.app(scope, receive, send)
            return
        body = await _whole(receive)
        if fault.does == "drop" and fault.seconds:
            late = asyncio.create_task(self._later(fault.seconds, kind, scope, body))
            self._late.add(late)
            late.add_done_callback(self._late.discard)
            await _close(receive)
            return
        answer = await self._carry_out(kind, scope, body)
        if fault.does == "delay" and fault.after:
            await asyncio.sleep(fault.seconds)
        match fault.does:
            case "drop":
                await _close(receive)
            case "status":
                await _say(fault, scope, receive, send)
            case "garble":
                await answer.tell(send, answer.body[: len(answer.body) // 2])
            case "lag" | "repeat" if kind == "list":
                await answer.tell(send, self._doctored(answer.body, fault))
            case _:
                await answer.tell(send)

    async def _later(self, seconds: float, kind: Kind, scope: Scope, body: bytes) -> None:
        await asyncio.sleep(seconds)
        await self._carry_out(kind, scope, body)

    async def _carry_out(self, kind: Kind, scope: Scope, body: bytes) -> _Answer:
        if kind == "list" and self.faults.keys == "none":
            return await _refusal(Refusal(404, "This service does not list videos."), scope)
        key = Headers(scope=scope).get("idempotency-key", "") if kind == "create" else ""
        if not key or self.faults.keys not in ("replay", "single_use"):
            return await self._ask(scope, body)
        if key in self._answers:
            kept = self._answers[key]
            if self.faults.keys == "single_use":
                return await _refusal(Refusal(422, "This key has been used.", code="idempotency_key_reused"), scope)
            if kept is None:
                message = "A request with this key is being carried out."
                return await _refusal(Refusal(409, message, code="idempotency_key_in_use", retry_after=1), scope)
            return kept
        self._answers[key] = None
        answer = await self._ask(scope, body)
        if answer.messages[0]["status"] >= 400:
            # Nothing was made, so the key is free again.
            del self._answers[key]
        else:
            self._answers[key] = answer
        return answer

    async def _ask(self, scope: Scope, body: bytes) -> _Answer:
        answer, told = _Answer(), False

        async def receive() -> Message:
            nonlocal told
            if told:
                await asyncio.Event().wait()
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, receive, answer.keep)
        return answer

    def _doctored(self, body: bytes, fault: Fault) -> bytes:
        try:
            told = json.loads(body)
            rows = told["data"]
        except (ValueError, KeyError, TypeError):
            return body  # a refusal, which has no rows
        if fault.does == "repeat":
            rows = [row for row in rows for _ in range(2)]
        else:
            rows = [row for row in rows if row["created_at"] <= self.faults.clock() - fault.seconds]
        return json.dumps({**told, "data": rows}).encode()


def kind_of(method: str, path: str) -> Kind | None:
    """What a request to one of the shapes is for, None where it is for something else."""
    path = _PLAYED.sub("", path)
    if not path.startswith(LOCKED) or method not in ("GET", "POST"):
        return None
    if method == "POST":
        return "create"
    if path.endswith("/content"):
        return "content"
    return "list" if path.endswith("v1/videos") else "poll"


async def _whole(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Dropped("the client went away while it was asking")
        body += bytes(message.get("body", b""))
        if not message.get("more_body", False):
            return body


async def _say(fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    refusal = Refusal(fault.status, f"The simulator was told to answer {fault.status}.")
    answer = envelope(refusal)
    answer.headers.update(fault.headers)
    await answer(scope, receive, send)


async def _refusal(refusal: Refusal, scope: Scope) -> _Answer:
    answer = _Answer()
    await envelope(refusal)(scope, asyncio.Event().wait, answer.keep)  # type: ignore[arg-type]
    return answer


async def _close(receive: Receive) -> None:
    """Break the connection a request came by, as a cable that is pulled does."""
    # ASGI has no word for this. uvicorn's `receive` is a method of what holds the socket.
    wire = getattr(getattr(receive, "__self__", None), "transport", None)
    if wire is None:
        raise Dropped("the connection was closed on purpose")
    wire.abort()
    await asyncio.sleep(0)  # uvicorn hears of it now, and does not answer in our place
