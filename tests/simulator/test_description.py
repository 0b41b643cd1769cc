"""The simulator's description of itself is true: what schemathesis makes up from it is answered as it says."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import CHECKS
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from sora_nb.simulator import World, create_app
from sora_nb.simulator.app import PLAYED
from tests.simulator.conftest import Open

HEADERS = {"host": "simulator", "authorization": "Bearer any"}

TRUE = [
    *CHECKS.get_by_names(["not_a_server_error"]),
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
"""No 500, and no status, media type or body that the description does not have."""

EXAMPLES = 12
"""For each operation; the search repeats itself from run to run, so that a red gate stays red."""


@pytest.fixture
def app(open_world: Open) -> Starlette:
    return create_app(open_world(speed=math.inf))


def mistakes(app: Starlette, path: str, examples: int = EXAMPLES) -> list[str]:
    """What is wrong with the answers to requests made up from the description at *path*."""
    schema = schemathesis.openapi.from_asgi(path, app, headers=HEADERS)
    wrong: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            try:
                case.call_and_validate(headers=HEADERS, checks=TRUE)
            except FailureGroup as group:
                wrong.extend(f"{case.method} {case.path}: {failure.message}" for failure in group.exceptions)

        ask()
    return wrong


@pytest.mark.parametrize("path", ["/openapi.json", *(f"/as/{name}/openapi.json" for name in PLAYED)])
def test_every_answer_is_as_described(app: Starlette, path: str) -> None:
    assert mistakes(app, path) == []
