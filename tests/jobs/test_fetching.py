"""A source that is fetched to be looked at: whoever lets go of it is free, and the request ends by itself."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from sora_nb.errors import VideoFileError
from sora_nb.jobs import Engine
from sora_nb.jobs.transport import Transport
from sora_nb.library import Library
from sora_nb.models import FromTask
from sora_nb.video.guarded import Stop
from tests.jobs.bench import service
from tests.jobs.test_download import FILM
from tests.torture.hostile import Answer, Film, HostileServer, hostile_server

SLOW = Answer(drip=0.05, grain=2**10)
"""A second for the film."""


class Watched:
    """An engine at a slow server, and what becomes of the requests."""

    def __init__(self, engine: Engine, server: HostileServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine = engine
        self.service = service(server.url)
        engine.connect(self.service, None)
        server.films["/film/slow"] = Film(FILM, [SLOW])
        self.begun, self.ended, self.cancelled = threading.Event(), threading.Event(), False
        transfer = Transport._transfer

        async def watched(*given: Any) -> Any:
            self.begun.set()
            try:
                return await transfer(*given)
            except asyncio.CancelledError:
                self.cancelled = True
                raise
            finally:
                self.ended.set()

        monkeypatch.setattr(Transport, "_transfer", watched)

    def fetch(self, stop: Stop) -> Path:
        return self.engine.fetch(self.service, FromTask("slow"), stop)

    def let_go(self) -> None:
        """Fetch, and let go of it half way."""
        stop = Stop()
        threading.Thread(target=lambda: (self.begun.wait(10), time.sleep(0.2), stop())).start()
        began = time.monotonic()
        with pytest.raises(VideoFileError, match="stopped"):
            self.fetch(stop)
        assert time.monotonic() - began < 10
        assert self.ended.wait(10)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    engine = Engine(Library(tmp_path / "library"))
    with hostile_server() as server:
        yield Watched(engine, server, monkeypatch)
        engine.close()


def test_whoever_lets_go_cancels_nothing_that_is_in_flight(watched: Watched) -> None:
    watched.let_go()
    assert not watched.cancelled
    assert not list((watched.engine.library.folder / "files" / "incoming").iterdir()), "what came is taken away"
    path = watched.fetch(Stop())
    assert path.read_bytes() == FILM
    path.unlink()


def test_without_its_shield_it_would(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    async def bare(_self: Transport, work: Coroutine[Any, Any, Any]) -> Any:
        return await work

    monkeypatch.setattr(Transport, "_to_its_end", bare)
    watched.let_go()
    assert watched.cancelled
