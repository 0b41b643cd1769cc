"""Worlds and clients for the simulator's tests. The pictures are stand-ins where a test asks for `world`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sora_nb.simulator import World, create_app
from tests.simulator.stand_in import Clock, Pictures, probe, until

Open = Callable[..., World]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Pictures:
    """The drawing, replaced."""
    pictures = Pictures()
    monkeypatch.setattr("sora_nb.simulator.gallery.pictures", pictures)
    monkeypatch.setattr("sora_nb.simulator.sources.probe", probe)
    return pictures


@pytest.fixture
def open_world(tmp_path: Path, clock: Clock, pictures: Pictures) -> Iterator[Open]:
    """Opens worlds on one folder, unless told another, and closes them in the end."""
    opened: list[World] = []

    def open_(folder: str = "world", **options: Any) -> World:
        opened.append(World(tmp_path / folder, **{"clock": clock, **options}))
        return opened[-1]

    yield open_
    pictures.allowed.set()
    for world in opened:
        world.close()


@pytest.fixture
def world(open_world: Open) -> World:
    return open_world()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    """Asks the world as a client with a key would."""
    key = {"authorization": "Bearer any"}
    with TestClient(create_app(world), base_url="http://simulator", headers=key) as client:
        yield client


@pytest.fixture
def finish(world: World, clock: Clock) -> Callable[[str], None]:
    """Lets time pass until the job with an id has ended."""

    def finish(id_: str) -> None:
        clock.now += 1000
        until(lambda: world.standing(world.job(id_)).status in ("completed", "failed"))

    return finish
