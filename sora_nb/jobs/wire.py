"""Below HTTP: how long an answer may take in all, and which machines may be reached.

A client's own time limits are for each read, so a service that sends one byte a minute keeps it for ever.
Here every read knows the deadline of the call it belongs to. The deadline ends a read as a timeout does, so
nothing in flight is ever cancelled from outside.
"""

from __future__ import annotations

import asyncio
import contextvars
import math
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any

from sora_nb.errors import ServerError


class Deadline:
    """Seconds in which an answer has to be there, counted from the last byte that was sent.

    A long answer may *earn* more of them as it arrives, until the loop's time is *end*. *admit* raises for the
    address of a machine that the call may not reach.
    """

    def __init__(self, seconds: float, end: float = math.inf, admit: Callable[[str], None] | None = None) -> None:
        self.seconds = seconds
        self.admit = admit
        self._end = end
        self._earned = 0
        self.restart()

    def restart(self) -> None:
        """Count anew."""
        self._at = min(asyncio.get_running_loop().time() + self.seconds, self._end)

    def earn(self, count: int, stride: int) -> None:
        """So many bytes have arrived; each *stride* of them is worth counting anew."""
        self._earned += count
        if self._earned >= stride:
            self._earned = 0
            self.restart()

    def left(self) -> float:
        return max(0.0, self._at - asyncio.get_running_loop().time())

    def __enter__(self) -> Deadline:
        self._token = _deadline.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _deadline.reset(self._token)


_deadline: contextvars.ContextVar[Deadline | None] = contextvars.ContextVar("sora_nb_deadline", default=None)


class Wire:
    """Opens sockets as the client's own backend does, with the deadline and the admission of the call."""

    def __init__(self, inner: Any, *, through_proxy: bool) -> None:
        self._inner = inner
        self._through_proxy = through_proxy
        """A proxy is the user's, wherever it stands, and it does the looking up."""

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> Any:
        deadline = _deadline.get()
        # The addresses that were judged are those connected to: a name may mean another machine next time.
        judged = deadline is not None and deadline.admit is not None and not self._through_proxy
        hosts = await _judged(host, port, deadline) if judged and deadline else [host]
        for number, one in enumerate(hosts, 1):
            try:
                return _Stream(await self._inner.connect_tcp(one, port, timeout=_shorter(timeout, deadline), **options))
            except Exception:
                if number == len(hosts):
                    raise
        raise AssertionError("a name always has an address here")

    async def connect_unix_socket(self, path: str, **options: Any) -> Any:
        return _Stream(await self._inner.connect_unix_socket(path, **options))

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class _Stream:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        got: bytes = await self._inner.read(max_bytes, timeout=_shorter(timeout, _deadline.get()))
        return got

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout=timeout)
        if (deadline := _deadline.get()) is not None:
            deadline.restart()

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(self, ssl_context: Any, server_hostname: Any = None, timeout: float | None = None) -> Any:
        timeout = _shorter(timeout, _deadline.get())
        return _Stream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


async def _judged(host: str, port: int, deadline: Deadline) -> list[str]:
    """The addresses of *host*, after every one of them was admitted."""
    try:
        looking = asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = await asyncio.wait_for(looking, deadline.left())
    except (OSError, UnicodeError):
        # Not left to the client's own lookup, which would not be judged.
        raise ServerError("The name of the machine that the download is on could not be looked up.") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if deadline.admit is not None:
            deadline.admit(address)
    return addresses


def _shorter(timeout: float | None, deadline: Deadline | None) -> float | None:
    if deadline is None:
        return timeout
    return deadline.left() if timeout is None else min(timeout, deadline.left())
