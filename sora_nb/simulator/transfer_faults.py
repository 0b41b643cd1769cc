"""What may befall the bytes of a film on their way, as data, and the layer that does it."""

from __future__ import annotations

import asyncio
import gzip
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sora_nb.errors import ConfigError

PIECE = 2**14


@dataclass(frozen=True, slots=True)
class Transfer:
    """How one film is sent. Whatever is not said is as the service does it."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Sent instead of the film."""
    share: float = 1.0
    """So much of the body is sent; then the connection is closed."""
    stalls: bool = False
    """It is not closed then: nothing more comes."""
    pause: float = 0.0
    """Seconds between two pieces."""
    length: float = 1.0
    """The length that is told, by what it is in truth."""
    heedless: bool = False
    """The whole is sent, whatever part was asked for."""
    renamed: bool = False
    """It has a new `ETag`, as another film would."""
    packed: bool = False
    """It is sent gzipped, though nobody asked for that."""


def _gone(status: int) -> Transfer:
    return Transfer(status, {"content-type": "application/json"}, b'{"error": {"message": "This link has expired."}}')


def _elsewhere(url: str) -> Transfer:
    return Transfer(302, {"location": url}, b"")


TRANSFERS: dict[str, Transfer] = {
    "truncated": Transfer(share=0.5),
    "stalled": Transfer(share=0.5, stalls=True),
    "slow": Transfer(pause=0.05),
    "too long a length": Transfer(length=1.5),
    "too short a length": Transfer(length=0.5),
    "200 for 206": Transfer(heedless=True),
    "changed etag": Transfer(renamed=True),
    "gzip": Transfer(packed=True),
    "json": Transfer(200, {"content-type": "application/json"}, b'{"status": "completed"}'),
    "page": Transfer(200, {"content-type": "text/html"}, b"<html><title>Sign in</title></html>"),
    "expired 403": _gone(403),
    "expired 404": _gone(404),
    "expired 410": _gone(410),
    "redirect loop": _elsewhere(""),
    "redirect inside": _elsewhere("http://169.254.169.254/latest/meta-data/"),
    "redirect away": _elsewhere("http://films.example/film.mp4"),
    "oversize": Transfer(headers={"content-length": str(2**40)}, share=0.5),
}
"""Faults by name. An empty address in a redirect is the one that was asked."""


class TransferFaults:
    """Lets what is planned befall the films that *app* gives out: the first name the next film, and so on.

    It has to stand nearest to the socket. Raises `ConfigError` for a name that is not in `TRANSFERS`.
    """

    def __init__(self, app: ASGIApp, plan: Iterable[str]) -> None:
        self.app = app
        self.plan = list(plan)
        """What is still to come."""
        if unknown := [name for name in self.plan if name not in TRANSFERS]:
            raise ConfigError(f"There is no transfer fault {unknown[0]!r}. Choose of {', '.join(TRANSFERS)}.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/content") or not self.plan:
            await self.app(scope, receive, send)
            return
        transfer = TRANSFERS[self.plan.pop(0)]
        if transfer.heedless:
            kept = [(name, value) for name, value in scope["headers"] if name not in (b"range", b"if-range")]
            scope = {**scope, "headers": kept}
        start, film = await self._film(scope, receive)
        await _send(transfer, start, film, scope, receive, send)

    async def _film(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        return messages[0], b"".join(message.get("body", b"") for message in messages)


async def _send(transfer: Transfer, start: Message, film: bytes, scope: Scope, receive: Receive, send: Send) -> None:
    body = film if transfer.body is None else transfer.body
    start = {**start, "status": transfer.status or start["status"], "headers": list(start["headers"])}
    headers = MutableHeaders(scope=start)
    if transfer.packed:
        body = gzip.compress(body)
        headers["content-encoding"] = "gzip"
    if transfer.renamed:
        headers["etag"] = f'"{secrets.token_hex(8)}"'
    headers["content-length"] = str(round(len(body) * transfer.length))
    for name, value in transfer.headers.items():
        headers[name] = value or scope["path"]
    told = int(headers["content-length"])
    sent = body[: min(told, round(len(body) * transfer.share))]
    await send(start)
    for at in range(0, len(sent), PIECE):
        await send({"type": "http.response.body", "body": sent[at : at + PIECE], "more_body": True})
        await asyncio.sleep(transfer.pause)
    if transfer.stalls:
        while (await receive())["type"] != "http.disconnect":
            pass
    elif len(sent) < told:
        await _hang_up(receive)
    else:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _hang_up(receive: Receive) -> None:
    # ASGI has no word for this. uvicorn's `receive` is a method of what holds the socket.
    wire = getattr(getattr(receive, "__self__", None), "transport", None)
    if wire is None:
        raise ConnectionError("the connection was closed on purpose")
    wire.close()
    await asyncio.sleep(0)
