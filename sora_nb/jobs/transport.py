"""The network, and the only place that touches it.

Paid requests go through a client of their own that keeps no connection open, so a broken
connection can never be an old one and "it surely never arrived" stays provable. Redirects are
never followed by the client: credentials stay with the origin they were given to.
"""

from __future__ import annotations

import contextvars
import hashlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from sora_nb.dialects.base import Call, Reply
from sora_nb.errors import ConfigError, NotSentError, ServerError, ServiceError
from sora_nb.jobs.keys import Key

PAID_TIMEOUT = httpx.Timeout(180.0, connect=10.0)
FREE_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
MOST_REDIRECTS = 3
MOST_BYTES = 8 * 2**30

NEVER_ARRIVED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)
"""What breaks before the first byte of a request leaves."""


class AnswerLost(ServerError):
    """The request left and no readable answer came back."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A body that was written to a file."""

    reply: Reply
    """Status and headers; the body only where it was an error."""
    sha256: str
    bytes: int


class Transport:
    """The wire to one service. All of it runs on the loop that first used it."""

    def __init__(self, base_url: str, key: Key | None, app: Any = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._app = app
        self._clients: dict[str, httpx.AsyncClient] = {}
        _keep_logs_quiet()

    async def pay(self, call: Call, idempotency_key: str) -> Reply:
        """Send a request that may cost money, once.

        Raises `NotSentError` where it surely never arrived, `AnswerLost` where no one can tell.
        """
        return await self._send(self._client("paid"), call, {"Idempotency-Key": idempotency_key})

    async def ask(self, call: Call) -> Reply:
        """Send a request that costs nothing, once. Raises as `pay` does."""
        return await self._send(self._client("free"), call, {})

    async def download(self, call: Call, target: Path, *, progress: Callable[[int], None] | None = None) -> Downloaded:
        """Write the answer's body to *target*, hashed on the way, redirects followed without credentials."""
        url = self._url(call)
        return await self._fetch(url, dict(call.params), self._headers(), target, progress)

    async def fetch(self, url: str, target: Path) -> Downloaded:
        """Write what a public address holds to *target*. No credentials are sent."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise ConfigError(f"A video's address begins with https:// or http://, not {url.split(':')[0][:20]!r}.")
        return await self._fetch(url, {}, {}, target, None)

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def _client(self, purpose: str) -> httpx.AsyncClient:
        if purpose not in self._clients:
            paid, here = purpose == "paid", self._app is not None and purpose != "abroad"
            self._clients[purpose] = httpx.AsyncClient(
                transport=httpx.ASGITransport(self._app, raise_app_exceptions=False) if here else None,
                timeout=PAID_TIMEOUT if paid else FREE_TIMEOUT,
                limits=httpx.Limits(max_connections=32, max_keepalive_connections=0 if paid else 8),
                follow_redirects=False,
                headers={"User-Agent": "sora-nb"},
            )
        return self._clients[purpose]

    def _url(self, call: Call) -> str:
        return f"{self._base_url}{call.path}"

    def _headers(self) -> dict[str, str]:
        key = self._key.reveal() if self._key else None
        return {"Authorization": f"Bearer {key}"} if key else {}

    async def _send(self, client: httpx.AsyncClient, call: Call, headers: dict[str, str]) -> Reply:
        async with AsyncExitStack() as stack, _told_apart(call):
            files = {
                upload.field: (upload.filename, stack.enter_context(upload.path.open("rb")), upload.content_type)
                for upload in call.files
            }
            response = await client.request(
                call.method,
                self._url(call),
                params=dict(call.params) or None,
                json=dict(call.json) if call.json is not None else None,
                data=dict(call.form) if call.form else None,
                files=files or None,
                headers={**headers, **self._headers()},
            )
        return _reply(response)

    async def _fetch(
        self,
        url: str,
        params: dict[str, str],
        credentials: dict[str, str],
        target: Path,
        progress: Callable[[int], None] | None,
    ) -> Downloaded:
        home = _origin(url)
        for _ in range(MOST_REDIRECTS + 1):
            client = self._client("free" if _origin(url) == _origin(self._base_url) else "abroad")
            headers = {"Accept-Encoding": "identity", **(credentials if _origin(url) == home else {})}
            async with (
                _told_apart(Call("GET", urlsplit(url).path)),
                client.stream("GET", url, params=params or None, headers=headers) as response,
            ):
                if response.is_redirect:
                    url, params = urljoin(url, response.headers.get("location", "")), {}
                    if _origin(url) != home and not url.startswith("https://"):
                        raise ServiceError("The service sent the download to an address that is not https; refused.")
                    continue
                if response.status_code != 200:
                    return Downloaded(_reply(response, await response.aread()), "", 0)
                return await _write(response, target, progress)
        raise ServiceError(f"The download was redirected more than {MOST_REDIRECTS} times; given up.")


async def _write(response: httpx.Response, target: Path, progress: Callable[[int], None] | None) -> Downloaded:
    digest, count = hashlib.sha256(), 0
    with target.open("xb") as stream:
        async for chunk in response.aiter_raw(2**18):
            count += len(chunk)
            if count > MOST_BYTES:
                raise ServiceError(f"The download is over {MOST_BYTES // 2**30} GiB; given up.")
            digest.update(chunk)
            stream.write(chunk)
            if progress is not None:
                progress(count)
    told = response.headers.get("content-length")
    if told is not None and told.isdigit() and int(told) != count:
        raise AnswerLost(f"The download broke off after {count} of {told} bytes.")
    return Downloaded(_reply(response, b""), digest.hexdigest(), count)


@asynccontextmanager
async def _told_apart(call: Call) -> AsyncIterator[None]:
    """Turn what the client raises into what can be known, without the address in it."""
    token = _ours.set(True)
    try:
        yield
    except NEVER_ARRIVED as error:
        raise NotSentError(
            f"{call.method} {call.path} was not sent: no connection to the service ({type(error).__name__}). "
            "Is its address right, and is it running?"
        ) from None
    except httpx.InvalidURL:
        raise ConfigError("The service's address is not a valid URL; check base_url.") from None
    except httpx.HTTPError as error:
        what = f"{call.method} {call.path} was sent and no answer came back"
        raise AnswerLost(f"{what}: {type(error).__name__}.") from None
    finally:
        _ours.reset(token)


def _reply(response: httpx.Response, body: bytes | None = None) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, response.content if body is None else body)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


_ours: contextvars.ContextVar[bool] = contextvars.ContextVar("sora_nb_request", default=False)


def _not_ours(_record: logging.LogRecord) -> bool:
    return not _ours.get()


def _keep_logs_quiet() -> None:
    # httpx logs whole addresses, and a download's may be signed. Other people's requests go on being logged.
    for name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy"):
        logging.getLogger(name).addFilter(_not_ours)
