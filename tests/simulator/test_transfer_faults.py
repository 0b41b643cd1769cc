"""Each fault of a transfer over a real socket, and what the product makes of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from sora_nb.dialects import DIALECTS, Service
from sora_nb.errors import ConfigError, ServerError
from sora_nb.jobs.desk import Connection
from sora_nb.jobs.download import download
from sora_nb.jobs.keys import Key
from sora_nb.jobs.transport import Transport
from sora_nb.library import JobRow, Library
from sora_nb.simulator import World, create_app
from sora_nb.simulator.records import Ask
from sora_nb.simulator.transfer_faults import TRANSFERS, TransferFaults
from tests.jobs.bench import video_job
from tests.simulator.conftest import Open
from tests.simulator.stand_in import until
from tests.torture.transfers import box, desk_for, hurried

FILM = box(b"ftyp", bytes(16)) + box(b"moov", bytes(500)) + box(b"mdat", bytes(range(256)) * 200)

FATAL = {"redirect inside", "redirect away", "oversize"}
"""What asking again does not change."""


@dataclass
class Films:
    """A service with one finished film, and a library to fetch it into."""

    faults: TransferFaults
    url: str
    job_id: str
    library: Library

    def fetch(self, *plan: str) -> JobRow:
        """Fetch it, with the planned faults on the way; the job as the library then has it."""
        self.faults.plan[:] = plan

        async def main() -> None:
            wire = Transport(f"{self.url}/v1", Key(lambda: "any", "the test"))
            desk = desk_for(self.library, wire, self.url)
            dialect = DIALECTS["openai"]
            desk.connection = Connection(Service("simulator", dialect, self.url, dialect.capabilities), wire)
            try:
                await download(desk, self.library.jobs.intend(video_job(state="READY", remote_id=self.job_id))[0])
            finally:
                await wire.close()

        asyncio.run(main())
        return self.library.jobs.get("vid_1")


@pytest.fixture
def films(open_world: Open, tmp_path: Path) -> Iterator[Films]:
    def draw(path: Path, prompt: str, **_asked: object) -> None:
        path.write_bytes(FILM)

    world: World = open_world(draw=draw, speed=1e9)
    job = world.submit(Ask("openai", "sim-1", "a fox", 1, "64x64", 0.01))
    world.clock.now += 1000
    until(lambda: world.standing(job).status == "completed")
    faults = TransferFaults(create_app(world), [])
    server = uvicorn.Server(uvicorn.Config(faults, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    library = Library(tmp_path / "library")
    port = server.servers[0].sockets[0].getsockname()[1]
    with hurried():
        yield Films(faults, f"http://127.0.0.1:{port}", job.id, library)
    library.close()
    server.should_exit = True
    thread.join(10)


@pytest.mark.parametrize("name", [name for name in TRANSFERS if name not in FATAL])
def test_the_film_arrives_all_the_same(films: Films, name: str) -> None:
    row = films.fetch("truncated", name)
    assert films.library.files.path(row.file or "").read_bytes() == FILM
    assert films.faults.plan == []


@pytest.mark.parametrize("name", sorted(FATAL))
def test_what_is_refused_is_told(films: Films, name: str) -> None:
    with pytest.raises(ServerError):
        films.fetch(name)
    assert films.library.jobs.get("vid_1").state == "READY"


def test_a_fault_that_is_not_known_is_said() -> None:
    with pytest.raises(ConfigError, match="truncated"):
        TransferFaults(lambda *_: None, ["trunkated"])  # type: ignore[arg-type,return-value]
