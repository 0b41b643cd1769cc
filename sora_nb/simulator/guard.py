"""Stands before every path: who may ask, from where, how much."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sora_nb.simulator.envelope import envelope
from sora_nb.simulator.hosts import IN_PROCESS, LOOPBACK
from sora_nb.simulator.refusal import Refusal

BODY_MAX = 128 * 2**20
"""More than any clip of a few seconds weighs."""

LOCKED = ("/v1/", "/sora/v1/")
"""Paths that want a key, as those of the services do."""

PROTECTION = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
    "cache-control": "private, no-cache",
}


class Guard:
    """Lets a request through to *app*, or refuses it.

    A web page must not be able to use what runs on the reader's machine, so the Host has to be this machine
    (a foreign name may be made to point here) and the Origin, where there is one, this very address.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] = LOOPBACK) -> None:
        self.app = app
        self.hosts = hosts | {IN_PROCESS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = f"req_{secrets.token_hex(16)}"
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > BODY_MAX:
                raise _too_large()
            return message

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in PROTECTION.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._check(scope["path"], Headers(scope=scope))
        except Refusal as refusal:
            answer: Response = envelope(refusal)
            await answer(scope, receive, marked)
            return
        await self.app(scope, counted, marked)

    def _check(self, path: str, headers: Headers) -> None:
        host = headers.get("host", "")
        if _hostname(host) not in self.hosts:
            raise Refusal(403, "This Host is not served here; use 127.0.0.1 or localhost.", code="host_not_allowed")
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in (f"http://{host}".lower(), f"https://{host}".lower()):
            raise Refusal(403, "Pages of another origin may not ask here.", code="origin_not_allowed")
        if path.startswith(LOCKED) and not _has_key(headers):
            message = "There is no key. Send 'Authorization: Bearer <key>'; any key will do here."
            raise Refusal(401, message, code="invalid_api_key")
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > BODY_MAX:
            raise _too_large()


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _has_key(headers: Headers) -> bool:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and bool(key.strip())


def _too_large() -> Refusal:
    return Refusal(413, f"The body is larger than {BODY_MAX // 2**20} MB.", code="body_too_large")
