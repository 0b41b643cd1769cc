"""The application around the shapes: who may ask, what is public, and that nothing blocks its loop."""

from __future__ import annotations

import asyncio
import json
import math
import threading
import time
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from sora_nb.simulator import World, create_app
from sora_nb.simulator.guard import BODY_MAX
from tests.simulator.conftest import Open
from tests.simulator.stand_in import Pictures

SECRET = "sk-not-to-be-repeated"


@pytest.mark.parametrize("path", ["/v1/videos", "/v1/videos/video_1", "/v1/sora/generations/task_1", "/v1/none"])
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", "Basic abc", SECRET])
def test_without_a_bearer_key_nothing_is_told(client: TestClient, path: str, header: str) -> None:
    reply = client.get(path, headers={"authorization": header})
    assert reply.status_code == 401
    assert reply.json()["error"]["code"] == "invalid_api_key"
    assert SECRET not in reply.text


def test_any_key_will_do_and_is_never_repeated(client: TestClient, world: World) -> None:
    key = {"authorization": f"bearer {SECRET}"}
    replies = [client.get(path, headers=key) for path in ("/v1/videos", "/v1/none", "/v1/videos/video_1", "/")]
    assert [reply.status_code for reply in replies] == [200, 404, 404, 200]
    replies.append(client.post("/v1/videos", headers=key, json={"prompt": "a fox"}))
    for reply in replies:
        assert SECRET not in reply.text + str(reply.headers)
    assert SECRET not in (world.folder / "world.jsonl").read_text()


@pytest.mark.parametrize("host", ["localhost", "localhost:8750", "127.0.0.1:8750", "[::1]:8750", "simulator"])
def test_hosts_of_this_machine_are_served(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["example.com", "127.0.0.1.example.com", "localhost.example.com:80", "192.168.0.1", "[::2]", "[", "a@b@c"]
)
def test_other_hosts_are_not(client: TestClient, host: str) -> None:
    for path in ("/", "/ledger", "/samples/hero.mp4", "/v1/videos"):
        assert client.get(path, headers={"host": host}).status_code == 403


@pytest.mark.parametrize("origin", ["https://example.com", "http://localhost:8888", "null", "http://simulator.example"])
def test_pages_of_other_origins_are_refused(client: TestClient, origin: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        reply = client.request(method, "/v1/videos", headers={"origin": origin})
        assert reply.status_code == 403
        assert not [name for name in reply.headers if name.startswith("access-control")]


def test_its_own_origin_is_not_foreign(client: TestClient) -> None:
    assert client.get("/v1/videos", headers={"origin": "http://simulator"}).status_code == 200


def test_every_answer_is_marked(client: TestClient) -> None:
    replies = [client.get(path) for path in ("/", "/none", "/v1/videos", "/samples/hero.mp4")]
    replies.append(client.get("/", headers={"host": "example.com"}))
    for reply in replies:
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["content-security-policy"] == "default-src 'none'"
    assert len({reply.headers["x-request-id"] for reply in replies}) == len(replies)


def test_a_body_can_be_too_large(client: TestClient) -> None:
    told = client.post("/v1/videos", content=b"{}", headers={"content-length": str(BODY_MAX + 1)})
    assert told.status_code == 413

    def chunks() -> Any:
        for _ in range(BODY_MAX // 2**20 + 1):
            yield b" " * 2**20

    counted = client.post("/v1/videos", content=chunks(), headers={"content-type": "application/json"})
    assert (counted.status_code, counted.json()["error"]["code"]) == (413, "body_too_large")


def test_paths_that_are_not_there(client: TestClient) -> None:
    assert client.get("/v1/none").status_code == 404
    assert client.put("/v1/videos").status_code == 405
    assert client.get("/v1/videos/a/b").json()["error"].keys() == {"message", "type", "param", "code"}


def test_the_front_page_says_what_it_is(client: TestClient, world: World) -> None:
    page = client.get("/", headers={"authorization": ""}).json()
    assert page["simulated"] is True
    assert page["models"]["openai"] == [model.name for model in world.profile.models["openai"]]
    assert "GET /v1/videos/{id}/content" in page["paths"]
    assert set(page["markers"]) >= {"[moderation]", "[moderation late]", "[fail]", "[slow]", "[429]"}


def test_samples_are_public_and_come_in_parts(client: TestClient) -> None:
    for path in client.get("/").json()["samples"]:
        reply = client.get(path, headers={"authorization": "", "range": "bytes=0-5"})
        assert (reply.status_code, reply.content) == (206, b"sample")
        assert reply.headers["content-type"] == "video/mp4"
    for name in ("none.mp4", "%2e%2e%2fworld.jsonl", "hero.mp4%00"):
        assert client.get(f"/samples/{name}").status_code == 404


def test_the_ledger_is_public(client: TestClient, finish: Any) -> None:
    id_ = client.post("/v1/videos", json={"prompt": "a fox"}).json()["id"]
    finish(id_)
    ledger = client.get("/ledger", headers={"authorization": ""}).json()
    assert (ledger["simulated"], ledger["total_usd"]) == (True, 0.4)
    assert [(charge["job"], charge["usd"]) for charge in ledger["charges"]] == [(id_, 0.4)]


def test_a_strict_profile_has_no_model_of_its_own(open_world: Open) -> None:
    key = {"authorization": "Bearer any"}
    with TestClient(create_app(open_world(profile="strict")), base_url="http://simulator", headers=key) as client:
        for path in ("/v1/videos", "/v1/sora/generations", "/sora/v1/videos"):
            assert client.post(path, json={"prompt": "a fox"}).status_code == 200
            refused = client.post(path, json={"prompt": "a fox", "model": "sim-1"})
            assert refused.json()["error"]["param"] == "model"


def test_it_answers_in_process_on_another_threads_loop_while_it_draws(open_world: Open, pictures: Pictures) -> None:
    """As a notebook uses it: no socket, a loop of its own, and the picture not done yet."""
    pictures.allowed.clear()
    app = create_app(open_world(speed=math.inf, clock=time.time))
    answers: list[str] = []

    async def talk() -> None:
        key = {"authorization": "Bearer any"}
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://simulator", headers=key) as client:
            id_ = (await client.post("/v1/videos", json={"prompt": "a fox"})).json()["id"]
            answers.append((await client.get(f"/v1/videos/{id_}")).json()["status"])
            pictures.allowed.set()
            while answers[-1] != "completed":
                answers.append((await client.get(f"/v1/videos/{id_}")).json()["status"])
                await asyncio.sleep(0.002)
            content = (await client.get(f"/v1/videos/{id_}/content")).content
            answers.append(json.loads(content)["prompt"])

    thread = threading.Thread(target=asyncio.run, args=(talk(),))
    thread.start()
    thread.join(20)
    assert answers[0] == "in_progress"
    assert answers[-2:] == ["completed", "a fox"]
