"""The simulator's description of itself is true: what schemathesis makes up from it is answered as it says."""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from sora_nb.simulator import World, create_app
from sora_nb.simulator.app import PLAYED
from sora_nb.simulator.videos_api import VideosShape
from tests.simulator.conftest import Open
from tests.simulator.stand_in import until

HEADERS = {"host": "simulator", "authorization": "Bearer any"}

TRUE = [
    *CHECKS.get_by_names(["not_a_server_error"]),
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
"""No 500, and no status, media type or body that the description does not have."""

EXAMPLES = 5
"""For each operation, well-formed and then malformed; the same ones in each run, so that a red gate stays red."""

DESCRIPTIONS = ["/openapi.json", *(f"/as/{name}/openapi.json" for name in PLAYED)]

PROMPTS = ("a fox", "a fox [fail]", "a bear [avi]")
"""Of the videos that are there before."""


@pytest.fixture
def world(open_world: Open) -> World:
    """A world in real time, without waiting."""
    return open_world(speed=math.inf, clock=time.time)


@pytest.fixture
def app(world: World) -> Starlette:
    return create_app(world)


class Search:
    """Asks what schemathesis makes up from a description, of videos that are there and of ones that are not."""

    def __init__(self, app: Starlette, path: str) -> None:
        self.client = TestClient(app, base_url="http://simulator", headers=HEADERS)
        self.schema = schemathesis.openapi.from_asgi(path, _served(app), headers=HEADERS)
        self.schema.validate()
        self.root = path.removesuffix("/openapi.json")
        self.wrong: list[str] = []
        self.answers: Counter[tuple[str, int]] = Counter()
        """How often an operation was answered with a status."""
        self.ids: defaultdict[str, list[str]] = defaultdict(list)
        """What is there, by the path it was made at."""

    def run(self) -> Search:
        """Ask; what makes things comes first and what throws them away last."""
        operations = [result.ok() for result in self.schema.get_all_operations()]
        order = {"POST": 0, "GET": 1, "DELETE": 2}
        for operation in sorted(operations, key=lambda one: ("{" in one.path, order[one.method.upper()])):
            if operation.method.upper() == "POST" and operation.path.endswith(("/videos", "/generations")):
                self._fill(operation.path)
            self._ask(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
            if operation.body or operation.query:
                self._ask(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
        return self

    def _fill(self, path: str) -> None:
        for prompt in PROMPTS:
            sent: Any = {"data": {"prompt": prompt}} if "vllm" in self.root else {"json": {"prompt": prompt}}
            reply = self.client.post(f"{self.root}{path}", **sent)
            assert reply.status_code < 300, reply.text
            self.ids[path].append(reply.json()["id"])
        get = f"{self.root}{path}/{quote(self.ids[path][0])}"
        until(lambda: self.client.get(get).json()["status"] == "completed")

    def _ask(self, strategy: st.SearchStrategy[Any]) -> None:
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy, place=st.integers(0, 4))
        def ask(case: Any, place: int) -> None:
            there = self.ids[case.path.partition("/{")[0]]
            if "id" in (case.path_parameters or {}) and place < len(there):
                case.path_parameters["id"] = there[place]
            reply = case.call(headers=HEADERS)
            self.answers[f"{case.method} {case.path}", reply.status_code] += 1
            if case.method == "POST" and reply.status_code < 300:
                self.ids[case.path].extend(list(reply.json().values())[:1])
            try:
                case.validate_response(reply, checks=TRUE)
            except FailureGroup as group:
                where = f"{case.method} {case.path}"
                self.wrong.extend(f"{where}: {failure.title}: {failure.message}" for failure in group.exceptions)

        ask()


def _served(app: Starlette) -> ASGIApp:
    """The application as behind a socket: after an error it has said 500, and raises nothing."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(Exception):
            await app(scope, receive, send)

    return served


@pytest.mark.parametrize("path", DESCRIPTIONS)
def test_every_answer_is_as_described(app: Starlette, path: str) -> None:
    search = Search(app, path).run()
    assert search.wrong == []
    done = {operation for operation, status in search.answers if status < 300}
    refused = {operation for operation, status in search.answers if status >= 400}
    assert {one for one, _ in search.answers} - done <= NEVER_DONE
    assert {one for one in done if one.startswith("POST")} <= refused


NEVER_DONE = {"POST /v1/sora/characters", "POST /sora/v1/characters", "GET /sora/v1/characters/{id}"}
"""They want the address of a video of this very simulator, which nobody makes up; other tests give it."""


def _answers(reply: Response | Exception) -> Callable[..., Any]:
    async def get(self: VideosShape, request: Request) -> Response:
        if isinstance(reply, Exception):
            raise reply
        return reply

    return get


@pytest.mark.parametrize(
    ("planted", "complaint"),
    [
        (RuntimeError("planted"), "Server error"),
        (JSONResponse({"id": "video_1"}), "Response violates schema"),
        (JSONResponse({}, 418), "Undocumented status code"),
        (Response("{}", media_type="text/html"), "Undocumented Content-Type"),
    ],
)
def test_a_planted_mistake_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, planted: Response | Exception, complaint: str
) -> None:
    monkeypatch.setattr(VideosShape, "get", _answers(planted))
    search = Search(create_app(world), "/as/openrouter/openapi.json")
    monkeypatch.setattr(search, "_fill", lambda path: None)
    wrong = search.run().wrong
    assert any(f"GET /api/v1/videos/{{id}}: {complaint}" in one for one in wrong), wrong
