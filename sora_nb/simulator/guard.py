"""Stands before every path: who may ask, from where, how much."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sora_nb.simulator.envelope import Envelope, envelope
from sora_nb.simulator.hosts import IN_PROCESS, LOOPBACK
from sora_nb.simulator.refusal import Refusal

BODY_MAX = 128 * 2**20
"""More than any clip of a few seconds weighs."""

LOCKED = ("/v1/", "/sora/v1/", "/openai/v1/", "/api/v1/")
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
            self._check(Headers(scope=scope))
        except Refusal as refusal:
            answer: Response = envelope(refusal)
            await answer(scope, receive, marked)
            return
        await self.app(scope, counted, marked)

    def _check(self, headers: Headers) -> None:
        host = headers.get("host", "")
        if _hostname(host) not in self.hosts:
            raise Refusal(403, "This Host is not served here; use 127.0.0.1 or localhost.", code="host_not_allowed")
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in (f"http://{host}".lower(), f"https://{host}".lower()):
            raise Refusal(403, "Pages of another origin may not ask here.", code="origin_not_allowed")
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > BODY_MAX:
            raise _too_large()


class Locked:
    """Lets nobody to *app* without a key, where its server asks for one in any of the headers *keys*."""

    def __init__(self, app: ASGIApp, keys: tuple[str, ...], errors: Envelope) -> None:
        self.app = app
        self.keys = keys
        self.errors = errors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", "")) if scope["type"] == "http" else ""
        if not self.keys or not path.startswith(LOCKED) or _has_key(Headers(scope=scope), self.keys):
            await self.app(scope, receive, send)
            return
        message = f"There is no key. Send '{_EXAMPLES[self.keys[0]]}'; any key will do here."
        refusal = Refusal(401, message, code="invalid_api_key")
        await self.errors.answer(refusal)(scope, receive, send)


_EXAMPLES = {"authorization": "Authorization: Bearer <key>", "api-key": "api-key: <key>"}


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _has_key(headers: Headers, names: tuple[str, ...]) -> bool:
    for name in names:
        if name != "authorization" and headers.get(name, "").strip():
            return True
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return "authorization" in names and scheme.lower() == "bearer" and bool(key.strip())


def _too_large() -> Refusal:
    return Refusal(413, f"The body is larger than {BODY_MAX // 2**20} MB.", code="body_too_large")
