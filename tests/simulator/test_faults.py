"""Planned faults over a real socket: what each does to a request, and what is carried out all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from sora_nb.simulator import World, create_app
from sora_nb.simulator.faults import Fault, Faults, Keys
from tests.simulator.conftest import Open
from tests.simulator.stand_in import Clock, until

ASK: dict[str, Any] = {"model": "sim-1", "prompt": "a fox", "seconds": "1", "size": "160x90"}


class Service:
    """A world that misbehaves, and a client that tries nothing twice."""

    def __init__(self, world: World, faults: Faults, client: httpx.Client) -> None:
        self.world = world
        self.faults = faults
        self.client = client

    def create(self, key: str = "k") -> httpx.Response:
        return self.client.post("/v1/videos", json=ASK, headers={"idempotency-key": key})

    @property
    def made(self) -> int:
        return len(self.world.jobs("openai"))


@contextmanager
def serving(world: World, faults: Faults) -> Iterator[Service]:
    config = uvicorn.Config(create_app(world, faults=faults), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    headers = {"authorization": "Bearer any"}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as client:
            yield Service(world, faults, client)
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def keys(request: pytest.FixtureRequest) -> Keys:
    keys: Keys = getattr(request, "param", "list")
    return keys


@pytest.fixture
def service(open_world: Open, clock: Clock, keys: Keys) -> Iterator[Service]:
    faults = Faults(keys=keys, clock=clock)
    with serving(open_world(clock=faults.clock), faults) as service:
        yield service


@pytest.mark.parametrize(("after", "made"), [(False, 0), (True, 1)])
def test_a_dropped_request_has_no_answer(service: Service, after: bool, made: int) -> None:
    service.faults.add(Fault("drop", after=after))
    with pytest.raises(httpx.RemoteProtocolError):
        service.create()
    assert service.made == made
    assert service.create().status_code == 200


def test_a_dropped_request_may_be_carried_out_later(service: Service) -> None:
    service.faults.add(Fault("drop", after=True, seconds=0.2))
    with pytest.raises(httpx.RemoteProtocolError):
        service.create()
    assert service.made == 0
    until(lambda: service.made == 1)


@pytest.mark.parametrize(("after", "made"), [(False, 0), (True, 1)])
def test_a_status_comes_before_or_after_it_is_carried_out(service: Service, after: bool, made: int) -> None:
    service.faults.add(Fault("status", status=502, after=after, headers={"retry-after": "7"}))
    answer = service.create()
    assert (answer.status_code, answer.headers["retry-after"], service.made) == (502, "7", made)


def test_a_garbled_answer_is_whole_and_makes_no_sense(service: Service) -> None:
    service.faults.add(Fault("garble"))
    answer = service.create()
    assert (answer.status_code, service.made) == (200, 1)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
        answer.json()


def test_a_delay_is_waited_for(service: Service) -> None:
    service.faults.add(Fault("delay", seconds=5.0))
    with pytest.raises(httpx.ReadTimeout):
        service.client.post("/v1/videos", json=ASK, timeout=0.2)


def test_a_list_lags_repeats_and_recovers(service: Service, clock: Clock) -> None:
    id_ = service.create().json()["id"]
    service.faults.add(Fault("lag", to="list", seconds=60), Fault("repeat", to="list"))
    seen = [[row["id"] for row in service.client.get("/v1/videos").json()["data"]] for _ in range(3)]
    assert seen == [[], [id_, id_], [id_]]


def test_a_video_is_unknown_for_a_while(service: Service) -> None:
    id_ = service.create().json()["id"]
    service.faults.add(Fault("status", to="poll", status=404, times=2))
    assert [service.client.get(f"/v1/videos/{id_}").status_code for _ in range(3)] == [404, 404, 200]


def test_the_clock_jumps(service: Service) -> None:
    service.faults.add(Fault("jump", seconds=3600))
    first, second = (service.create().json()["created_at"] for _ in range(2))
    assert first == second == 1_700_003_600


@pytest.mark.parametrize("keys", ["replay"], indirect=True)
def test_a_key_is_answered_as_the_first_time(service: Service) -> None:
    service.faults.add(Fault("drop", after=True))
    with pytest.raises(httpx.RemoteProtocolError):
        service.create("a")
    answers = [service.create("a").json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert service.made == 1
    assert service.create("b").json() != answers[0]


@pytest.mark.parametrize("keys", ["single_use"], indirect=True)
def test_a_key_is_refused_the_second_time_and_kept_after_a_refusal(service: Service) -> None:
    bad = service.client.post("/v1/videos", json={**ASK, "seconds": "no"}, headers={"idempotency-key": "a"})
    statuses = [bad.status_code, *(service.create("a").status_code for _ in range(2))]
    assert (statuses, service.made) == ([400, 200, 422], 1)


@pytest.mark.parametrize("keys", ["none"], indirect=True)
def test_a_service_without_a_list_has_none(service: Service) -> None:
    assert [service.create("a").status_code for _ in range(2)] == [200, 200]
    assert (service.made, service.client.get("/v1/videos").status_code) == (2, 404)


def test_faults_are_planned_from_outside(service: Service) -> None:
    told = service.client.post("/faults", json=[{"does": "status", "status": 429, "times": 2}]).json()
    assert (told["keys"], told["plan"][0]["times"]) == ("list", 2)
    assert [service.create().status_code for _ in range(3)] == [429, 429, 200]
    service.client.post("/faults", json=[{"does": "drop"}])
    assert service.client.post("/faults", json=[]).json()["plan"] == []
    for nonsense in ({}, [{"does": "explode"}], [{"does": "drop", "colour": "red"}]):
        assert service.client.post("/faults", json=nonsense).status_code == 400


def test_without_faults_there_is_no_door(world: World) -> None:
    with serving(world, None) as service:  # type: ignore[arg-type]
        assert service.client.get("/faults").status_code == 404
