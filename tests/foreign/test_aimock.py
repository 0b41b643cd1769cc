"""A mock server that no one here wrote, with a notebook in front of it."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.testclient import TestClient

import sora_nb as sora
from sora_nb.simulator import World, create_app
from tests.clips import make_clip
from tests.foreign import programs

pytestmark = [pytest.mark.foreign, pytest.mark.slow]

DEADLINE_S = 60

SCRIPT = """
import { readFileSync } from "node:fs";
import { LLMock } from "@copilotkit/aimock";

const [port, clip] = process.argv.slice(2);
const film = readFileSync(clip);
const mock = new LLMock({ port: Number(port), host: "127.0.0.1" });
await mock.start();
const form = new FormData();
form.append("purpose", "user_data");
form.append("file", new Blob([film], { type: "video/mp4" }), "film.mp4");
const kept = await (await fetch(`${mock.url}/v1/files`, { method: "POST", body: form })).json();
const url = `${mock.url}/v1/files/${kept.id}/content`;
const b64 = film.toString("base64");
const make = (said, video) =>
  mock.addFixture({ match: { userMessage: said, endpoint: "video" }, response: { video: { url, b64, ...video } } });
make("a fox", { id: "video_fox", status: "completed", cost: 0.25 });
make("a bear", { id: "video_bear", status: "failed", error: "The bear would not." });
console.log("ready", kept.id);
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film that the mock server has for every fox."""
    return make_clip(tmp_path_factory.mktemp("film") / "film.mp4", 48)


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> Iterator[str]:
    """CopilotKit's aimock from npm, with a fox that is made and a bear that is not."""
    log = tmp_path_factory.mktemp("aimock") / "log"
    port = programs.free_port()
    address = f"http://127.0.0.1:{port}"
    with programs.home("aimock") as folder:
        if not (folder / "node_modules").exists():
            install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, "@copilotkit/aimock"]
            programs.fetch(install, "aimock")
        script = folder / "mock.mjs"
        script.write_text(SCRIPT)
        with programs.running(["node", script, str(port), clip], f"{address}/v1/models", log):
            deadline = time.monotonic() + DEADLINE_S
            while "ready" not in log.read_text():
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield address


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


def test_a_video_is_made_polled_and_fetched_in_openais_shape(mock: str, clip: Path, library: Path) -> None:
    """It has no `/content` in this shape: the film is where the video's own answer says."""
    studio = sora.Studio(f"{mock}/v1", api_key=lambda: "any", library=library)
    try:
        fox = studio.generate("a fox", seconds=4, size="1280x720", model="sora-2").wait(DEADLINE_S)
        assert (fox.status, fox.path is not None) == ("completed", True)
        assert fox.path is not None and fox.path.read_bytes() == clip.read_bytes()
        kept = b"".join(path.read_bytes() for path in library.rglob("*") if path.is_file() and path != fox.path)
        assert b"/v1/files/" not in kept, "the address of a film is nobody's to keep"
    finally:
        studio.close()


def test_a_failure_is_heard(mock: str, library: Path) -> None:
    studio = sora.Studio(f"{mock}/v1", api_key=lambda: "any", library=library)
    try:
        bear = studio.generate("a bear", seconds=4, size="1280x720", model="sora-2")
        with pytest.raises(sora.SoraError):
            bear.wait(DEADLINE_S)
        assert bear.status == "failed"
        with pytest.raises(sora.SoraError, match="No fixture matched"):
            studio.generate("a whale", seconds=4, size="1280x720", model="sora-2").wait(DEADLINE_S)
    finally:
        studio.close()


def test_a_video_is_made_polled_and_fetched_in_openrouters_shape(mock: str, clip: Path, library: Path) -> None:
    studio = sora.Studio("openrouter", base_url=f"{mock}/api/v1", api_key=lambda: "any", library=library)
    try:
        fox = studio.generate("a fox", seconds=4, size="1280x720").wait(DEADLINE_S)
        assert (fox.status, fox.record.cost_usd) == ("completed", 0.25)
        assert fox.path is not None and fox.path.read_bytes() == clip.read_bytes()
    finally:
        studio.close()


def test_the_simulator_says_no_less_in_openrouters_shape(mock: str) -> None:
    """Two simulations, by two hands, of one service: the fields of one are those of the other."""
    world = World(tempfile.mkdtemp(), speed=math.inf, draw=lambda path, prompt, **asked: path.write_bytes(b"film"))
    headers = {"authorization": "Bearer any", "host": "simulator"}
    with world, TestClient(create_app(world), base_url="http://simulator", headers=headers) as client:

        def fields(ask: Any, videos: str) -> list[Any]:
            made = ask("POST", videos, json={"model": "google/veo-3.1", "prompt": "a fox"}).json()
            deadline = time.monotonic() + DEADLINE_S
            while (done := ask("GET", f"{videos}/{made['id']}").json())["status"] != "completed":
                assert time.monotonic() < deadline, done
                time.sleep(0.02)
            lost = ask("GET", f"{videos}/none")
            return [made.keys() - {"generation_id"}, done.keys() - {"generation_id"}, lost.status_code]

        def there(method: str, path: str, **sent: Any) -> requests.Response:
            key = {"authorization": "Bearer any"}
            return requests.request(method, f"{mock}{path}", headers=key, timeout=DEADLINE_S, **sent)

        theirs, ours = fields(there, "/api/v1/videos"), fields(client.request, "/as/openrouter/api/v1/videos")
        assert ours[2] == theirs[2] == 404
        assert theirs[0] <= ours[0]
        assert theirs[1] - {"model"} <= ours[1] | {"polling_url"}
