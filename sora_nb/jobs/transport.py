"""The one home of the HTTP client, and the only place that touches it.

Paid requests go through a client of their own that keeps no connection open, so a broken
connection can never be an old one and "it surely never arrived" stays provable. Redirects are
never followed by the client: credentials stay with the origin they were given to. What is in
flight is never cancelled; it ends by itself, at its deadline at the latest.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Hashable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from sora_nb.dialects.base import Call, KeyHeader, Reply
from sora_nb.dialects.reading import plain_words
from sora_nb.errors import ConfigError, NotSentError, ServerError, ServiceError
from sora_nb.jobs.bodies import MOST_COMPLAINT, Unpacked, named_url, read_body
from sora_nb.jobs.crowds import Crowd
from sora_nb.jobs.films import film_suffix
from sora_nb.jobs.inlining import inlined
from sora_nb.jobs.keys import Key
from sora_nb.jobs.origins import Reach, path_under, place
from sora_nb.jobs.part import Part
from sora_nb.jobs.turns import MOST, Turns
from sora_nb.jobs.wire import Deadline, Wire

PAID_TIMEOUT = httpx.Timeout(180.0, connect=10.0, pool=10.0)
FREE_TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=10.0)

PAID_SECONDS = 900.0
"""The answer to a paid request is waited for this long after its last byte left, and never cut short before."""

FREE_SECONDS = 60.0

STRIDE_SECONDS, STRIDE_BYTES = 30.0, 2**15
"""A download that brings fewer bytes in this time is broken off, and goes on where it was."""

DOWNLOAD_SECONDS = 3600.0
"""One attempt at a download takes no longer, however much it brings."""

MOST_REDIRECTS = 3

MOST_ASKING, MOST_LOADING = 16, 16
"""Questions and downloads at a time. Together as many as a client has connections: it waits for one only so long."""

SHORTEST_KEY = 12
"""A key of fewer letters may be a word of any answer."""

CLOSE_SECONDS = 5.0

Result = TypeVar("Result")

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
    away: bool = False
    """Did someone else than the service answer, to whom the service had sent us?"""


class Transport:
    """The wire to one service. All of it runs on the loop that first used it."""

    def __init__(
        self, base_url: str, key: Key | None, app: Any = None, key_header: KeyHeader = "authorization"
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self.app = app
        self.use(key, key_header)
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._in_flight: set[asyncio.Task[Any]] = set()
        self.turns = Turns()
        """Whose turn it is to send a paid request."""
        self.crowds: defaultdict[Hashable, Crowd] = defaultdict(Crowd)
        """Whom to ask about next, by the kind of the job."""
        self._asking, self._loading = asyncio.Semaphore(MOST_ASKING), asyncio.Semaphore(MOST_LOADING)
        _keep_logs_quiet()

    def use(self, key: Key | None, key_header: KeyHeader) -> None:
        """From now on present this key."""
        self._key = key
        self._key_header = key_header

    async def pay(self, call: Call, idempotency_key: str) -> Reply:
        """Send a request that may cost money, once.

        Raises `NotSentError` where it surely never arrived, `AnswerLost` where no one can tell.
        """
        return await self._to_its_end(self._exchange("paid", call, {"Idempotency-Key": idempotency_key}))

    async def ask(self, call: Call) -> Reply:
        """Send a request that costs nothing, once. Raises as `pay` does."""
        async with self._asking:
            return await self._to_its_end(self._exchange("free", call, {}))

    async def download(self, call: Call, target: Part | Path) -> Downloaded:
        """Add a video's bytes to *target*, from where it stands where that can be, redirects followed by hand.

        Raises `AnswerLost` where the bytes broke off and asking again may go on from there.
        """
        reach = Reach(self._base_url, at_home=self.app is not None)
        params = f"?{httpx.QueryParams(dict(call.params))}" if call.params else ""
        return await self._into(target, f"{self._base_url}{call.path}{params}", reach, self._headers())

    async def fetch(self, url: str, target: Path) -> Downloaded:
        """Write what a public address holds to *target*. No credentials are sent."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise ConfigError(f"A video's address begins with https:// or http://, not {url.split(':')[0][:20]!r}.")
        return await self._into(target, url, Reach(url, at_home=self.app is not None), None)

    def path_of(self, told: str) -> str | None:
        """The path under the service's address that an address in an answer means; None where it is none of it."""
        return path_under(self._base_url, told)

    async def forget_connections(self) -> None:
        """Close what was open, since the machine slept: reads that wait on dead connections fail and are repeated.

        Paid requests keep no connection for later, so theirs are left to end by themselves.
        """
        for purpose in ("free", "abroad"):
            if (client := self._clients.pop(purpose, None)) is not None:
                await client.aclose()

    async def close(self) -> None:
        """Let what is in flight end, for a few seconds, and close the rest."""
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=CLOSE_SECONDS)
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    async def _to_its_end(self, work: Coroutine[Any, Any, Result]) -> Result:
        task = asyncio.get_running_loop().create_task(work)
        self._in_flight.add(task)
        task.add_done_callback(self._in_flight.discard)
        return await asyncio.shield(task)

    def _client(self, purpose: str) -> httpx.AsyncClient:
        if purpose not in self._clients:
            here = self.app is not None and purpose != "abroad"
            client = self._clients[purpose] = httpx.AsyncClient(
                transport=httpx.ASGITransport(self.app, raise_app_exceptions=False) if here else None,
                timeout=PAID_TIMEOUT if purpose == "paid" else FREE_TIMEOUT,
                limits=httpx.Limits(max_connections=MOST, max_keepalive_connections=8 if purpose == "free" else 0),
                follow_redirects=False,
                headers={"User-Agent": "sora-nb", "Accept-Encoding": "gzip, deflate"},
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            )
            _watch(client)
        return self._clients[purpose]

    def _headers(self) -> dict[str, str]:
        key = self._key.reveal() if self._key else None
        if key and not (key.isascii() and key.isprintable()):
            raise NotSentError("The key holds letters that no key has, perhaps from copying. Nothing was sent.")
        if not key:
            return {}
        return {"api-key": key} if self._key_header == "api-key" else {"Authorization": f"Bearer {key}"}

    async def _exchange(self, purpose: str, call: Call, headers: dict[str, str]) -> Reply:
        seconds = PAID_SECONDS if purpose == "paid" else FREE_SECONDS
        credentials = self._headers()
        async with AsyncExitStack() as stack, _told_apart(f"{call.method} {call.path}"):
            stack.enter_context(Deadline(seconds))
            response = await stack.enter_async_context(
                self._client(purpose).stream(
                    call.method,
                    f"{self._base_url}{call.path}",
                    params=dict(call.params) or None,
                    json=inlined(call.json) if call.json is not None else None,
                    data=dict(call.form) if call.form and call.files else None,
                    files=_opened(call, stack) or None,
                    headers={**headers, **credentials},
                )
            )
            return _veiled(await _whole_reply(response), credentials)

    async def _into(
        self, target: Part | Path, url: str, reach: Reach, credentials: dict[str, str] | None
    ) -> Downloaded:
        if isinstance(target, Part):
            async with self._loading:
                return await self._to_its_end(self._transfer(url, reach, credentials, target))
        part, got = Part(target), None
        try:
            async with self._loading:
                got = await self._to_its_end(self._transfer(url, reach, credentials, part))
        finally:
            if got is None or got.reply.status != 200:
                part.discard()
            part.close()
        return got

    async def _transfer(self, url: str, reach: Reach, credentials: dict[str, str] | None, part: Part) -> Downloaded:
        service, may_name = Reach(self._base_url), credentials is not None
        end = asyncio.get_running_loop().time() + DOWNLOAD_SECONDS
        for _ in range(MOST_REDIRECTS + 1):
            home = reach.is_home(url)
            headers = {"Accept-Encoding": "identity", **part.wanted(), **((credentials or {}) if home else {})}
            client = self._client("free" if service.is_home(url) else "abroad")
            deadline = Deadline(STRIDE_SECONDS, end, None if home else reach.admit)
            with deadline:
                async with _told_apart("The download"), client.stream("GET", url, headers=headers) as response:
                    if response.is_redirect:
                        url = reach.follow(url, response.headers.get("location", ""))
                        continue
                    if response.status_code not in (200, 206, 416):
                        told = _veiled(await _whole_reply(response), credentials or {})
                        return Downloaded(told, "", part.count, not home)
                    named = await _receive(response, url, part, deadline, films=credentials is not None)
                    if named is None:
                        return Downloaded(_reply(response, b""), part.sha256, part.count, not home)
            if not may_name:
                raise ServerError("The address that the service named leads to another one, not to a video; given up.")
            url, may_name = reach.follow(url, named), False
        raise ServiceError(f"The download was redirected more than {MOST_REDIRECTS} times; given up.")


async def _receive(response: httpx.Response, url: str, part: Part, deadline: Deadline, *, films: bool) -> str | None:
    """Write a body to *part*; the address that it names instead where it is JSON, not one of the *films* wanted."""
    headers = _reply(response, b"").headers
    part.accept(response.status_code, headers, place(url))
    unpacked = Unpacked(headers.get("content-encoding", ""))
    judged, head = part.count > 0 or not films, b""
    async for raw in response.aiter_raw():
        deadline.earn(len(raw), STRIDE_BYTES)
        for piece in unpacked.feed(raw):
            head = piece if judged else head + piece
            judged = judged or film_suffix(head) is not None
            if judged:
                part.write(head)
            elif len(head) > MOST_COMPLAINT:
                raise _not_a_video(headers)
    if not judged:
        if (named := named_url(head)) is not None:
            return named
        raise _not_a_video(headers)
    unpacked.finish()
    part.finish()
    return None


def _not_a_video(headers: Mapping[str, str]) -> ServerError:
    kind = headers.get("content-type") or "no content type"
    return ServerError(f"The service sent something that is not a video ({plain_words(kind)}).", code="not_a_video")


def _opened(call: Call, stack: AsyncExitStack) -> Mapping[str, Any]:
    if not call.files:
        # Without a file the client would write a form in another encoding, which some services do not read.
        return {name: (None, value) for name, value in (call.form or {}).items()}
    try:
        return {
            upload.field: (upload.filename, stack.enter_context(upload.path.open("rb")), upload.content_type)
            for upload in call.files
        }
    except OSError as error:
        raise NotSentError(f"A file to send cannot be read: {error.strerror}. Nothing was sent.") from error


def _watch(client: httpx.AsyncClient) -> None:
    # The client has no door for a backend of its own, so the pools are given theirs from behind; that a call ends
    # at its deadline is held by a test over a real socket.
    for place_, transport in [(None, client._transport), *client._mounts.items()]:
        if isinstance(transport, httpx.AsyncHTTPTransport):
            pool: Any = transport._pool
            pool._network_backend = Wire(pool._network_backend, through_proxy=place_ is not None)


async def _whole_reply(response: httpx.Response) -> Reply:
    encoding = response.headers.get("content-encoding", "")
    try:
        body = await read_body(response.aiter_raw(), encoding, complaint=response.status_code >= 300)
    except ServerError as error:
        raise AnswerLost(str(error)) from None
    return _reply(response, body)


def _veiled(reply: Reply, credentials: Mapping[str, str]) -> Reply:
    """The answer without the key, where a service repeats it; what it answers is kept and shown."""
    for value in credentials.values():
        key = value.rpartition(" ")[2]
        if len(key) >= SHORTEST_KEY:
            headers = {name: told.replace(key, "***") for name, told in reply.headers.items()}
            reply = Reply(reply.status, headers, reply.body.replace(key.encode(), b"***"))
    return reply


@asynccontextmanager
async def _told_apart(what: str) -> AsyncIterator[None]:
    """Turn what the client raises into what can be known, without the address in it."""
    token = _ours.set(True)
    try:
        yield
    except NEVER_ARRIVED as error:
        raise NotSentError(
            f"{what} was not sent: no connection to the service ({type(error).__name__}). "
            "Is its address right, and is it running?"
        ) from None
    except httpx.InvalidURL:
        raise NotSentError("The service's address is not a valid URL; check base_url. Nothing was sent.") from None
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise AnswerLost(f"{what} was sent and no answer came back: {type(error).__name__}.") from None
    finally:
        _ours.reset(token)


def _reply(response: httpx.Response, body: bytes) -> Reply:
    return Reply(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)


_ours: contextvars.ContextVar[bool] = contextvars.ContextVar("sora_nb_request", default=False)


def _not_ours(_record: logging.LogRecord) -> bool:
    return not _ours.get()


def _keep_logs_quiet() -> None:
    # httpx logs whole addresses, and a download's may be signed. Other people's requests go on being logged.
    for name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy"):
        logging.getLogger(name).addFilter(_not_ours)
