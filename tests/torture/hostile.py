"""A server of films that does to each request what it is told, down to the byte at which it hangs up.

It writes to the socket by itself: no HTTP library would send what some of these answers are.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HOUR = 3600.0
MEBIBYTE = bytes(2**20)


@dataclass(frozen=True)
class Answer:
    """What is done to one request for a film. The defaults are a good server's."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    """Beside or instead of its own; an empty value leaves one out."""
    body: bytes | None = None
    """Instead of the film."""
    raw: bytes | None = None
    """Instead of an answer: these bytes as they are."""
    etag: str = '"one"'
    ranges: bool = True
    """Does it heed `Range`, where `If-Range` allows?"""
    heedless: bool = False
    """It heeds `Range` whatever `If-Range` says."""
    shift: int = 0
    """Added to the start of a range: in what it says and in what it sends."""
    framing: str = "length"
    """`length`, `chunked` or `close`, which tells no end."""
    lie: int = 0
    """Added to the length that is told."""
    cut: float = 1.0
    """The share of the body that is sent."""
    end: str = "close"
    """After a cut: `close`, `reset` or `stall`."""
    drip: float = 0.0
    """Seconds between one grain of the answer and the next."""
    grain: int = 1
    """Bytes of a grain."""
    mebibytes: int = 0
    """Zeros after the body, which are counted in its length."""
    endless: bool = False
    """The body begins again and again."""


@dataclass
class Film:
    """A film, and what is done to those who ask for it, one after the other; the last answer stays."""

    content: bytes
    answers: list[Answer]
    asked: list[dict[str, str]] = field(default_factory=list)

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class HostileServer:
    """Films by path. It runs in a thread of its own, on the port that is free."""

    def __init__(self) -> None:
        self.films: dict[str, Film] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; True where the connection stays open."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1].partition("?")[0]
        told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
        film = self.films.get(path)
        if film is None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return True
        film.asked.append(told)
        answer = film.next()
        head, body = _spoken(answer, film.content, told)
        shown = body[: round(len(body) * answer.cut)]
        if answer.drip:
            for at in range(0, len(head) + len(shown), answer.grain):
                writer.write((head + shown)[at : at + answer.grain])
                await writer.drain()
                await asyncio.sleep(answer.drip)
        else:
            writer.write(head + shown)
            await writer.drain()
        for _ in range(answer.mebibytes):
            writer.write(MEBIBYTE)
            await writer.drain()
        while answer.endless:
            writer.write(body)
            await writer.drain()
        if answer.cut >= 1 and answer.framing != "close" and answer.raw is None and answer.lie <= 0:
            return answer.lie == 0
        if answer.end == "stall":
            await asyncio.sleep(HOUR)
        if answer.end == "reset":
            # A reset may overtake what was sent, so that is given a moment to arrive.
            await asyncio.sleep(0.02)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        return False


def _spoken(answer: Answer, content: bytes, told: dict[str, str]) -> tuple[bytes, bytes]:
    """The head and the body of an answer as bytes."""
    if answer.raw is not None:
        return b"", answer.raw
    body, status, headers = content if answer.body is None else answer.body, answer.status, {}
    span = re.fullmatch(r"bytes=(\d+)-", told.get("range", ""))
    fresh = answer.heedless or told.get("if-range") == answer.etag
    if answer.etag:
        headers["ETag"] = answer.etag
    if span and answer.ranges and fresh and answer.body is None and status == 200:
        start = int(span[1]) + answer.shift
        if start >= len(body):
            status, headers["Content-Range"], body = 416, f"bytes */{len(body)}", b""
        else:
            status, headers["Content-Range"] = 206, f"bytes {start}-{len(body) - 1}/{len(body)}"
            body = body[start:]
    if answer.framing == "chunked":
        headers["Transfer-Encoding"] = "chunked"
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in _pieces(body)) + b"0\r\n\r\n"
    elif answer.framing == "length":
        headers["Content-Length"] = str(len(body) + answer.mebibytes * 2**20 + answer.lie)
    headers = {name: value for name, value in {**headers, **answer.headers}.items() if value}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode("latin-1"), body


def _pieces(body: bytes) -> Iterator[bytes]:
    for at in range(0, len(body), 5000):
        yield body[at : at + 5000]


@contextmanager
def hostile_server() -> Iterator[HostileServer]:
    """A server for the length of a block."""
    server = HostileServer()
    try:
        yield server
    finally:
        server.close()
