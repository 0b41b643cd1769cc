"""A video service with a ledger that cannot be fooled: what was made, for whom, and how often it was paid for."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, unquote

from starlette.types import Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Made:
    """A job that was accepted, which is when it is charged."""

    id: str
    prompt: str
    seconds: str
    size: str
    model: str
    key: str
    created_at: float
    ready_at: float
    stranger: bool = False
    """Somebody else's, on the same account."""


@dataclass
class LedgerService:
    """The shape `/v1/videos`, without threads, files or waiting. *clock* gives seconds since 1970."""

    clock: Callable[[], float]
    takes: Callable[[], float] = lambda: 30.0
    """How long the next job takes."""
    made: dict[str, Made] = field(default_factory=dict)

    def make(self, asked: dict[str, Any], key: str, *, stranger: bool = False, age: float = 0.0) -> Made:
        """Accept a job, and charge for it."""
        now = self.clock() - age
        id_ = f"video_{len(self.made):04d}"
        told = (str(asked.get(name, "")) for name in ("prompt", "seconds", "size", "model"))
        self.made[id_] = Made(id_, *told, key, now, now + self.takes(), stranger)
        return self.made[id_]

    def read(self, body: bytes) -> dict[str, Any]:
        """What a request asks for."""
        asked: dict[str, Any] = json.loads(body)
        return asked

    def shown(self, one: Made) -> dict[str, Any]:
        """A job as it is told."""
        done = self.clock() >= one.ready_at
        return {
            "id": one.id,
            "object": "video",
            "status": "completed" if done else "in_progress",
            "progress": 100 if done else 50,
            "created_at": int(one.created_at),
            "prompt": one.prompt,
            "seconds": one.seconds,
            "size": one.size,
            "model": one.model,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path, headers = scope["path"], dict(scope["headers"])
        if scope["method"] == "POST":
            asked = self.read(await _whole(receive))
            await self._tell(send, self.shown(self.make(asked, headers.get(b"idempotency-key", b"").decode())))
            return
        tail = path.removeprefix("/v1/videos").strip("/")
        if not tail:
            await self._tell(send, self._page(parse_qs(scope["query_string"].decode())))
            return
        id_, _, rest = tail.partition("/")
        one = self.made.get(unquote(id_))
        if one is None:
            await self._tell(send, {"error": {"code": "not_found", "message": "no such video"}}, 404)
        elif rest == "content":
            await _send(send, 200, b"video/mp4", film(one.id), self.clock())
        else:
            await self._tell(send, self.shown(one))

    def _page(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        rows = sorted(self.made.values(), key=lambda one: (one.created_at, one.id), reverse=True)
        if "after" in asked:
            ids = [one.id for one in rows]
            rows = rows[ids.index(asked["after"][0]) + 1 :] if asked["after"][0] in ids else []
        limit = int(asked.get("limit", ["20"])[0])
        return {"object": "list", "data": [self.shown(one) for one in rows[:limit]], "has_more": len(rows) > limit}

    async def _tell(self, send: Send, told: dict[str, Any], status: int = 200) -> None:
        await _send(send, status, b"application/json", json.dumps(told).encode(), self.clock())


def film(id_: str) -> bytes:
    """The smallest thing that is framed like a film, and different for each id."""
    boxes = ((b"ftyp", b"isom\0\0\0\0isom"), (b"moov", b"\0" * 8), (b"mdat", hashlib.sha256(id_.encode()).digest()))
    return b"".join(struct.pack(">I4s", 8 + len(body), kind) + body for kind, body in boxes)


async def _send(send: Send, status: int, kind: bytes, body: bytes, now: float) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"date", formatdate(now, usegmt=True).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _whole(receive: Receive) -> bytes:
    body = b""
    while True:
        message: Message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body
