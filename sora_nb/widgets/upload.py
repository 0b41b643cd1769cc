"""The kernel's half of a file that a person sends from the browser: `upload.js` has the other.

It comes in slices of at most 1 MB, each a message of its own that is answered before the next one leaves: the
websocket's limit never matters, progress is what has arrived, and no byte passes through a trait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from sora_nb.errors import ConfigError, SoraError
from sora_nb.video.guarded import probe
from sora_nb.widgets.beside import beside
from sora_nb.widgets.feed import Send

SLICE = 1 << 20
"""Bytes in one message; the websocket's limit is ten times that."""

MOST = 2 << 30
"""A larger file is better given by its path: so much is copied into the library, whose disk it fills."""


class Arriving(Protocol):
    """A file on its way: the library's `Incoming`."""

    size: int

    @property
    def part(self) -> Path: ...
    def write(self, piece: bytes | memoryview) -> int: ...
    def close(self) -> None: ...
    def keep(self) -> Path: ...
    def discard(self) -> None: ...


class Uploads:
    """The files that come to one widget, one at a time.

    `begin(name, size)` opens a place for one, `done(path, name)` hears of it as soon as it is a video of the library.
    """

    def __init__(
        self, send: Send, begin: Callable[[str, int], Arriving], done: Callable[[Path, str], object], most: int = MOST
    ) -> None:
        self._send = send
        self._begin = begin
        self._done = done
        self._most = most
        self._lock = threading.Lock()
        self._open: dict[str, tuple[str, Arriving]] = {}

    def answer(self, content: Any, buffers: Any) -> bool:
        """Answer a message of the page; False where it was not about a file that is sent."""
        kind = content.get("kind", "") if isinstance(content, dict) else ""
        work = {"upload:begin": self._start, "upload:slice": self._take, "upload:cancel": self._cancel}.get(kind)
        if work is None:
            return False
        with self._lock:
            self._guarded(work, content, buffers or [])
        return True

    def close(self) -> None:
        """Let go of what came in part."""
        with self._lock:
            for _, arriving in self._open.values():
                arriving.discard()
            self._open.clear()

    def _guarded(self, work: Callable[..., None], content: dict[str, Any], *more: Any) -> None:
        upload = str(content.get("upload"))
        try:
            work(upload, content, *more)
        except SoraError as error:
            self._refuse(upload, str(error))
        except Exception as error:  # a callback's error is shown nowhere else
            self._refuse(upload, f"The file could not be taken: {type(error).__name__}: {error}")

    def _start(self, upload: str, content: dict[str, Any], _buffers: Any) -> None:
        name, size = str(content["name"]), int(content["bytes"])
        if size <= 0:
            raise ConfigError(f"{name} is empty. Choose a video.")
        if size > self._most:
            raise ConfigError(f"{name} is too large to send. Put it where the kernel can read it, and give its path.")
        self._open[upload] = (name, self._begin(name, size))
        self._tell(upload, "go", offset=0)

    def _take(self, upload: str, content: dict[str, Any], buffers: Any) -> None:
        if upload not in self._open:
            raise ConfigError("The kernel no longer knows this file. Choose it again.")
        name, arriving = self._open[upload]
        received = arriving.write(memoryview(buffers[0]).cast("B"))
        if received < arriving.size:
            self._tell(upload, "go", offset=received)
            return
        del self._open[upload]
        self._tell(upload, "checking")
        # Looking into it takes a while, and a callback that blocks would hold up every other message.
        beside(self._guarded, self._finish, {"upload": upload}, name, arriving)

    def _finish(self, upload: str, _content: dict[str, Any], name: str, arriving: Arriving) -> None:
        try:
            arriving.close()
            probe(arriving.part)
            path = arriving.keep()
        finally:
            arriving.discard()
        self._done(path, name)
        self._tell(upload, "done")

    def _cancel(self, upload: str, _content: dict[str, Any], _buffers: Any) -> None:
        if upload in self._open:
            self._open.pop(upload)[1].discard()

    def _refuse(self, upload: str, words: str) -> None:
        if upload in self._open:
            self._open.pop(upload)[1].discard()
        self._tell(upload, "refused", words=words)

    def _tell(self, upload: str, what: str, **more: Any) -> None:
        self._send({"kind": f"upload:{what}", "upload": upload, **more})
