"""Whatever the simulator says in OpenAI's shape is as OpenAI's own description of its API has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from sora_nb.simulator import World, create_app, telling
from sora_nb.simulator.telling import Told
from tests.simulator.conftest import Open
from tests.simulator.stand_in import Clock, until
from tests.wire.cases import FOLDER

PUBLISHED: Mapping[str, Any] = yaml.safe_load((FOLDER / "openai-videos.openapi.yaml").read_text(encoding="utf-8"))

ALSO = {"image/jpeg"}
"""The guide saves a contact sheet as JPEG, which the description leaves out."""

CLIP = {"video": ("clip.mp4", b"film", "video/mp4")}


def closed(schema: Any) -> Any:
    """A schema whose objects hold the fields that they name and no others."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(value) for name, value in schema.items()}
    return {**inner, "additionalProperties": False} if isinstance(schema.get("properties"), dict) else inner


SCHEMAS = closed(PUBLISHED["components"]["schemas"])


def faults(schema: Mapping[str, Any], value: Any) -> list[str]:
    validator = Draft202012Validator({**schema, "components": {"schemas": SCHEMAS}})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


class Held:
    """A client that holds every answer against the description."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.wrong: list[str] = []
        self.seen: set[tuple[str, str, int]] = set()

    def __call__(self, method: str, path: str, **sent: Any) -> Any:
        reply = self.client.request(method, f"/v1{path}", **sent)
        template = self._template(method, path.partition("?")[0])
        self.seen.add((method, template, reply.status_code))
        kind = reply.headers["content-type"].partition(";")[0]
        if reply.status_code >= 400:
            found = faults({"$ref": "#/components/schemas/ErrorResponse"}, reply.json())
        else:
            content = PUBLISHED["paths"][template][method.lower()]["responses"][str(reply.status_code)]["content"]
            if kind not in content and kind not in ALSO:
                found = [f"{kind} is not described"]
            else:
                found = faults(content[kind]["schema"], reply.json()) if kind == "application/json" else []
        self.wrong += [f"{method} {path} {reply.status_code} {one}" for one in found]
        return reply.json() if kind == "application/json" else reply.content

    def _template(self, method: str, path: str) -> str:
        if path.endswith("/remix"):
            return "/videos"  # it was left out of the extract, and answers as a creation does
        for template, operations in PUBLISHED["paths"].items():
            pattern = re.sub(r"{\w+}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in operations:
                return str(template)
        raise AssertionError(f"the description has no {method} {path}")


@pytest.fixture
def world(open_world: Open) -> World:
    """Without the simulator's own model, which the description does not have."""
    return open_world(profile="strict")


@pytest.fixture
def held(world: World) -> Iterator[Held]:
    key = {"authorization": "Bearer any"}
    with TestClient(create_app(world), base_url="http://simulator", headers=key) as client:
        yield Held(client)


def everything(held: Held, world: World, clock: Clock) -> None:
    """Ask for everything there is, in every state there is."""
    character = held("POST", "/videos/characters", data={"name": "Ada"}, files=CLIP)["id"]
    held("GET", f"/videos/characters/{character}")
    bodies: list[dict[str, Any]] = [
        {"prompt": "a fox"},
        {"prompt": "Ada waves", "characters": [{"id": character}], "model": "sora-2-pro", "size": "1024x1792"},
        {"prompt": "a fox", "seconds": "12", "input_reference": {"image_url": "data:;base64,NzIweDEyODAgb2YgQWRh"}},
        {"prompt": "a fox [fail]", "model": "sora-2-2025-12-08"},
        {"prompt": "a fox [moderation late]"},
    ]
    ids = [held("POST", "/videos", json=body)["id"] for body in bodies]
    ids.append(held("POST", "/videos", data={"prompt": "a fox", "seconds": "8"})["id"])
    for later in (0.5, 1, 1000):
        clock.now += later
        if later == 1000:
            until(lambda: all(world.standing(world.job(id_)).status in ("completed", "failed") for id_ in ids))
        for id_ in ids:
            held("GET", f"/videos/{id_}")
            held("GET", f"/videos/{id_}/content")
        held("GET", "/videos?limit=3")
    for variant in ("video", "thumbnail", "spritesheet", "none"):
        held("GET", f"/videos/{ids[0]}/content?variant={variant}")
    held("POST", f"/videos/{ids[0]}/remix", json={"prompt": "a fox in the rain"})
    for body in (
        {},
        {"prompt": "a fox", "seconds": 4},
        {"prompt": "a fox", "more": 1},
        {"prompt": "a fox [moderation]"},
    ):
        held("POST", "/videos", json=body)
    held("POST", "/videos", json={"prompt": "a fox [429]"})
    held("DELETE", f"/videos/{ids[0]}")
    for path in ("/videos/none", "/videos/characters/none", f"/videos/{ids[0]}/content"):
        held("GET", path)
    held("GET", "/videos?limit=1&order=asc&after=none")
    held("GET", "/videos", headers={"authorization": ""})


def test_every_answer_is_as_published(held: Held, world: World, clock: Clock) -> None:
    everything(held, world, clock)
    assert held.wrong == []
    done = {(method, template) for method, template, status in held.seen if status == 200}
    there = {(method.upper(), path) for path, methods in PUBLISHED["paths"].items() for method in methods}
    assert done == there
    assert {status for _, _, status in held.seen} == {200, 400, 401, 404, 429}


PLANTED = {
    "a number for text": {"seconds": Told({}, lambda seen: 8)},
    "a field too many": {"quality": telling.constant("standard")},
    "a status of another server": {"status": telling.constant("processing")},
    "an error that is text": {"error": telling.ERROR_TEXT},
    "a progress in words": {"progress": telling.constant("40 %")},
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_found(
    held: Held, world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    for name, field in PLANTED[planted].items():
        monkeypatch.setitem(telling.OPENAI, name, field)  # type: ignore[arg-type]
    everything(held, world, clock)
    assert any(f"$.{name}" in one or name in one for one in held.wrong for name in PLANTED[planted])
