"""The bodies of answers: unpacked a little at a time, and never more of one than was bargained for."""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterable, Iterator, Mapping
from typing import Any

from sora_nb.errors import ServerError

MOST_ANSWER = 8 * 2**20
"""No answer in words is as long as this; one that is comes from something else than a service."""

MOST_COMPLAINT = 2**16
"""So much of an error's body is read; the rest says nothing new."""

PIECE = 2**18

NAMES = ("url", "download_url", "video_url", "content_url", "output_url")
"""Where services put the address of a video when they answer with JSON instead of the video."""

DEPTH = 4


class Unpacked:
    """The plain bytes of a packed body, which may be a thousand times as many, in small pieces.

    `ServerError` for packings that are not known.
    """

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise ServerError(f"The service packed its answer as {name[:20]!r}, which it was not asked to.")
        self.plain = name in ("", "identity")
        self._packed = None if self.plain else zlib.decompressobj(32 + zlib.MAX_WBITS)

    def feed(self, raw: bytes) -> Iterator[bytes]:
        """What *raw* holds. `ServerError` where it is not packed as was said."""
        if self._packed is None:
            yield raw
            return
        try:
            while raw:
                if self._packed.eof:
                    raise ServerError("The service's packed answer goes on after its own end.")
                yield self._packed.decompress(raw, PIECE)
                raw = self._packed.unconsumed_tail or self._packed.unused_data
        except zlib.error:
            raise ServerError("The service's answer is not packed as it says it is.") from None

    def finish(self) -> None:
        """`ServerError` where the packed body broke off."""
        if self._packed is not None and not self._packed.eof:
            raise ServerError("The service's packed answer broke off.", code="broken_off")


async def read_body(chunks: AsyncIterable[bytes], encoding: str, *, complaint: bool = False) -> bytes:
    """A whole body; of a *complaint* only as much as is worth reading. `ServerError` where it is too long."""
    unpacked, body = Unpacked(encoding), bytearray()
    async for raw in chunks:
        for piece in unpacked.feed(raw):
            body += piece
            if complaint and len(body) >= MOST_COMPLAINT:
                return bytes(body[:MOST_COMPLAINT])
            if len(body) > MOST_ANSWER:
                raise ServerError(f"The service's answer is over {MOST_ANSWER // 2**20} MiB; given up.")
    if body:
        unpacked.finish()
    return bytes(body)


def named_url(body: bytes) -> str | None:
    """The address of a video that a JSON answer names, None where it names none."""
    try:
        return _search(json.loads(body), DEPTH)
    except (ValueError, RecursionError):
        return None


def _search(value: Any, depth: int) -> str | None:
    if isinstance(value, list):
        value = dict(enumerate(value[:1]))
    if not isinstance(value, Mapping) or depth == 0:
        return None
    for name in NAMES:
        if isinstance(told := value.get(name), str) and told:
            return told
    return next((found for inner in value.values() if (found := _search(inner, depth - 1))), None)
