"""What one service does and another does not, on the wire: the key's header, 202, where to poll, closing for good."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sora_nb.dialects.base import KeyHeader, RemoteVideo, Reply
from sora_nb.dialects.services import SERVICES
from sora_nb.jobs import Engine
from sora_nb.jobs.keys import find_key
from sora_nb.jobs.origins import path_under
from tests.jobs.bench import BenchDialect, BenchService, service, video_job

CANARY = "sk-c4n4ry-7h1s-1s-s3cr37"


class Heard:
    """An application that notes who came with which headers, in front of the bench."""

    def __init__(self, bench: BenchService) -> None:
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._app = bench.app()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            self.requests.append((request.url.path, dict(request.headers)))
        await self._app(scope, receive, send)


@pytest.mark.parametrize(
    ("header", "sent", "value"),
    [("authorization", "authorization", f"Bearer {CANARY}"), ("api-key", "api-key", CANARY)],
)
def test_a_key_travels_in_the_header_that_the_service_reads(
    engine: Engine, bench: BenchService, header: KeyHeader, sent: str, value: str
) -> None:
    heard = Heard(bench)
    key = find_key(CANARY, (), needed=True, service="bench")
    engine.connect(replace(service(), key_header=header), key, heard)
    assert engine.wait(engine.submit(video_job()).id, 20)
    assert {path.split("/")[1] for path, _ in heard.requests} == {"make", "job", "film"}
    for _, headers in heard.requests:
        assert [name for name, told in headers.items() if CANARY in told] == [sent]
        assert headers[sent] == value
    assert SERVICES["azure"].key_header == "api-key"


@pytest.mark.parametrize("status", [200, 201, 202])
def test_accepted_is_accepted_whatever_the_number(engine: Engine, bench: BenchService, status: int) -> None:
    bench.script["make"] = [JSONResponse({"id": "r1", "status": "queued"}, status)]
    bench.polls["r1"] = 0
    row = engine.submit(video_job())
    assert engine.wait(row.id, 20)
    assert (engine.row(row.id).state, len(bench.posts)) == ("STORED", 1)


class Pointing(BenchDialect):
    """Its answers say where to poll."""

    def read_video(self, reply: Reply) -> RemoteVideo:
        return replace(super().read_video(reply), polling_url=reply.json().get("polling_url"))


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("http://simulator/v1/there/r1", "/v1/there/r1"),
        ("/v1/there/r1", "/v1/there/r1"),
        ("http://simulator:80/v1/there/r1", "/v1/there/r1"),
        ("http://elsewhere.example/v1/there/r1", "/v1/job/r1"),
        ("/v1/there/r1?signature=c4n4ry", "/v1/job/r1"),
        ("//elsewhere.example/v1/there/r1", "/v1/job/r1"),
        ("/admin", "/v1/job/r1"),
    ],
)
def test_it_is_polled_where_the_service_says_if_that_is_itself(
    engine: Engine, film: bytes, told: str, asked: str
) -> None:
    paths: list[str] = []

    async def answer(request: Request) -> Response:
        paths.append(request.url.path)
        if request.url.path.startswith("/v1/film"):
            return Response(film, media_type="video/mp4")
        made = request.method == "POST"
        body = {"id": "r1", "status": "queued" if made else "completed"}
        return JSONResponse({**body, "polling_url": told} if made else body)

    app = Starlette(routes=[Route("/v1/{path:path}", answer, methods=["GET", "POST"])])
    engine.connect(replace(service("simulator:/v1"), dialect=Pointing()), None, app)
    row = engine.submit(video_job(base_url="simulator:/v1"))
    assert engine.wait(row.id, 20)
    assert paths[1] == asked and paths[-1] == "/v1/film/r1"
    assert engine.row(row.id).state == "STORED"
    assert "c4n4ry" not in repr(engine.library.jobs.get(row.id))


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ("https://h.example/api/v1/videos/a%3Ab%2Fc", "/videos/a%3Ab%2Fc"),
        ("https://h.example:443/api/v1/videos/x", "/videos/x"),
        ("videos/x", "/videos/x"),
        ("http://h.example/api/v1/videos/x", None),
        ("https://user@h.example/api/v1/videos/x", None),
        ("https://h.example/api/v1/../../admin", None),
        ("https://h.example/api/v1/%2e%2e/%2E%2E/admin", None),
        ("https://h.example/api/v11/videos/x", None),
        ("https://h.example\\@evil.example/api/v1/videos/x", None),
        ("https://[::1/api/v1/videos", None),
        ("", None),
    ],
)
def test_an_address_that_is_told_is_taken_only_under_the_services_own(told: str, path: str | None) -> None:
    assert path_under("https://h.example/api/v1", told) == path


def test_a_service_that_has_closed_is_explained(engine: Engine, bench: BenchService) -> None:
    closed = replace(service(), retired="2026-09-24", note="Use another one.")
    engine.connect(closed, None, bench.app())
    bench.script["make"] = [Response(status_code=410)]
    row = engine.submit(video_job())
    assert engine.wait(row.id, 20)
    assert engine.row(row.id).state == "REJECTED"
    assert "2026-09-24" in (engine.row(row.id).error or "")
