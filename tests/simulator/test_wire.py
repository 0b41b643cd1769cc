"""The golden exchanges: what a service was seen or said to do is what the simulator does."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from sora_nb.simulator import World
from tests.simulator.stand_in import Clock, until
from tests.wire.cases import Case, cases, fill

FRAME = "1280x720 of Ada"
"""A picture, as the stand-in for the drawing reads one."""

HOUSE = ("openai", "tutorial", "apiyi")
"""Shapes that stand at the root; the other servers are under `/as/<name>`."""


class Create(NamedTuple):
    """How to ask a server for the video that an exchange takes as given."""

    path: str
    fields: dict[str, Any]
    form: bool = False


CREATE: Mapping[str, Create] = {
    "openai": Create("/v1/videos", {"model": "sora-2", "seconds": "8", "size": "1280x720"}),
    "tutorial": Create("/v1/sora/generations", {"model": "sora-2.0-turbo", "size": "1280x720", "duration": 10}),
    "apiyi": Create("/sora/v1/videos", {"model": "sora-2", "duration": 10, "resolution": "1080p"}),
    "laozhang": Create("/sora/v1/videos", {"model": "sora-2", "duration": 10, "resolution": "720p"}),
    "vllm-omni": Create("/v1/videos", {"seconds": "4", "size": "1280x720"}, form=True),
    "sglang": Create("/v1/videos", {"seconds": 4, "size": "1280x720"}),
    "tensorrt-llm": Create("/v1/videos", {"seconds": 4.0, "size": "1280x720"}),
    "litellm": Create("/v1/videos", {"model": "sora-2", "seconds": "8", "size": "1280x720"}),
    "azure": Create("/openai/v1/videos", {"model": "sora-2", "seconds": "8", "size": "1280x720"}),
    "openrouter": Create("/api/v1/videos", {"model": "google/veo-3.1", "duration": 8, "size": "1280x720"}),
}

LENIENT = {
    "<time>": lambda value: isinstance(value, int),
    "<percent>": lambda value: isinstance(value, int) and 0 <= value <= 100,
    "<text>": lambda value: isinstance(value, str) and value,
    "<code>": lambda value: value is None or isinstance(value, str),
    "<param>": lambda value: value is None or isinstance(value, str),
    "<request>": lambda value: isinstance(value, str) and value,
    "<video>": lambda value: isinstance(value, str) and value,
    "<task>": lambda value: isinstance(value, str) and value,
    "<character>": lambda value: isinstance(value, str) and value,
    "<handle>": lambda value: isinstance(value, str) and value,
    "<model>": lambda value: isinstance(value, str) and value,
    "<address>": lambda value: isinstance(value, str) and "/" in value,
    "<usd>": lambda value: isinstance(value, float) and value >= 0,
}
"""What a placeholder may stand for."""


class Stage:
    """Brings about what an exchange takes as given, and remembers the ids."""

    def __init__(self, client: TestClient, world: World, clock: Clock, service: str) -> None:
        self.client, self.world, self.clock, self.service = client, world, clock, service
        self.root = "" if service in HOUSE else f"/as/{service}"
        self.ids: dict[str, Any] = {
            "<key>": "any",
            "<url>": "http://127.0.0.1:8750/samples/hero.mp4",
            "<clip>": "film",
            "<frame>": FRAME,
            "<clip as text>": base64.b64encode(b"film").decode(),
            "<frame as text>": base64.b64encode(FRAME.encode()).decode(),
        }

    def video(self, status: str, prompt: str) -> str:
        create = CREATE[self.service]
        fields = {**create.fields, "prompt": prompt}
        sent: Any = {"data": fields} if create.form else {"json": fields}
        told: str = self.client.post(f"{self.root}{create.path}", **sent).json()["id"]
        id_ = self.world.jobs(self.service)[-1].id
        if status != "queued":
            self.clock.now += 2
        if status in ("completed", "failed"):
            self.clock.now += 100
            until(lambda: self.world.standing(self.world.job(id_)).status == status)
        self.ids["<video>"] = told
        return told

    def character(self, status: str) -> None:
        if self.service in ("openai", "litellm", "azure"):
            files = {"video": ("clip.mp4", b"film", "video/mp4")}
            path = f"{self.root}{CREATE[self.service].path}/characters"
            made = self.client.post(path, data={"name": "Ada"}, files=files).json()["id"]
        else:
            source = {"url": self.ids["<url>"]}
            if status == "failed":
                source = {"from_task": self.video("completed", "an empty street [no character]")}
            path = "/v1/sora/characters" if self.service == "tutorial" else "/sora/v1/characters"
            reply = self.client.post(f"{self.root}{path}", json={**source, "timestamps": "1,3"}).json()
            made = next(iter(reply.values()))
        if status != "in_progress":
            self.clock.now += 2
        if self.service == "litellm":
            self.ids["<character>"] = made
            return
        character = self.world.character(made.replace("ch_", "char_"))
        self.ids["<character>"] = made if self.service == "laozhang" else character.id
        self.ids |= {"<task>": character.task_id, "<handle>": character.username}

    def set(self, given: Mapping[str, str]) -> None:
        if "character" in given:
            self.character(given["character"])
        if "video" in given:
            self.video(given["video"], given["prompt"])

    def ask(self, request: Mapping[str, Any]) -> Any:
        request = fill(request, self.ids)
        files = {
            one["field"]: (one["filename"], one["content"].encode(), one["content_type"])
            for one in request.get("files", ())
        }
        headers = {"authorization": "", **request.get("headers", {})}
        path = request["path"].replace(str(self.ids.get("<video>")), quote(str(self.ids.get("<video>")), safe=""))
        return self.client.request(
            request["method"],
            f"{self.root}{path}",
            params=request.get("query"),
            headers=headers,
            json=request.get("json"),
            data=request.get("form"),
            files=files or None,
        )


def differences(golden: Any, real: Any, ids: Mapping[str, Any], exact: bool, where: str = "") -> list[str]:
    """Where a reply is not what the golden one says; *exact* where it may hold no more fields either."""
    if isinstance(golden, Mapping):
        if not isinstance(real, Mapping):
            return [f"{where}: {real!r} is not an object"]
        wrong = [f"{where}.{key} is missing" for key in golden if key not in real]
        wrong += [f"{where}.{key} is too much" for key in real if exact and key not in golden]
        for key in golden.keys() & real.keys():
            wrong += differences(golden[key], real[key], ids, exact, f"{where}.{key}")
        return wrong
    if isinstance(golden, list):
        if not isinstance(real, list) or len(real) != len(golden):
            return [f"{where}: {real!r} has not {len(golden)} items"]
        pairs = zip(golden, real, strict=True)
        return [one for index, pair in enumerate(pairs) for one in differences(*pair, ids, exact, f"{where}[{index}]")]
    if golden in ids:
        golden = ids[golden]
    elif golden in LENIENT:
        return [] if LENIENT[golden](real) else [f"{where}: {real!r} is not {golden}"]
    return [] if golden == real and type(golden) is type(real) else [f"{where}: {real!r} is not {golden!r}"]


def replay(client: TestClient, world: World, clock: Clock, case: Case) -> list[str]:
    """Bring about what is given, ask, and compare."""
    stage = Stage(client, world, clock, case.service)
    stage.set(case.content.get("given", {}))
    golden = case.content["reply"]
    reply = stage.ask(case.content["request"])
    wrong = [] if reply.status_code == golden["status"] else [f"status {reply.status_code} {reply.text[:200]}"]
    wrong += differences(golden["headers"], dict(reply.headers), stage.ids, exact=False, where="headers")
    if "json" in golden and not wrong:
        wrong += differences(golden["json"], reply.json(), stage.ids, exact=case.service == "openai")
    return wrong


PLAYED = [case for case in cases() if case.service in CREATE]


@pytest.mark.parametrize("case", PLAYED, ids=lambda case: case.name)
def test_the_simulator_answers_as_the_golden_exchange_says(
    client: TestClient, world: World, clock: Clock, case: Case
) -> None:
    assert replay(client, world, clock, case) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda reply: reply.update(status=201), "status 200"),
        (lambda reply: reply["headers"].update({"content-type": "text/html"}), "content-type"),
        (lambda reply: reply["json"].update(seconds=8), "seconds"),
        (lambda reply: reply["json"].update(quality="standard"), "quality is missing"),
        (lambda reply: reply["json"].pop("error"), "error is too much"),
        (lambda reply: reply["json"].update(created_at="<text>"), "created_at"),
    ],
)
def test_a_wrong_golden_exchange_is_noticed(
    client: TestClient, world: World, clock: Clock, change: Callable[[dict[str, Any]], None], complaint: str
) -> None:
    (case,) = [case for case in cases() if case.name == "openai/create_video"]
    spoilt = copy.deepcopy(dict(case.content))
    assert replay(client, world, clock, Case(case.name, spoilt)) == []
    change(spoilt["reply"])
    assert any(complaint in one for one in replay(client, world, clock, Case(case.name, spoilt)))
