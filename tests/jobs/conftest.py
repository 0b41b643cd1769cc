from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sora_nb.jobs import Engine, pacing
from sora_nb.library import Library
from tests.clips import make_clip
from tests.jobs.bench import BenchService, service


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("film") / "film.mp4").read_bytes()


@pytest.fixture
def bench(film: bytes) -> BenchService:
    return BenchService(film)


@pytest.fixture
def engine(tmp_path: Path, bench: BenchService, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    # Waits that a test would only sit through; what is tested is what follows them.
    monkeypatch.setattr(pacing, "retry_wait", lambda _attempt: 0.01)
    monkeypatch.setattr(pacing, "POLL_FIRST", 0.01)
    engine = Engine(Library(tmp_path / "library"))
    engine.connect(service(), None, bench.app())
    yield engine
    engine.close()
