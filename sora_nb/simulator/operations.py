"""What a route says of itself, and the OpenAPI description that follows from a set of routes."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sora_nb.simulator.schemas import STRING, Schema

JSON = "application/json"
FORM = "multipart/form-data"

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked, in the words of OpenAPI."""

    says: str
    """A short sentence."""
    query: Mapping[str, Schema] = field(default_factory=dict)
    needs: Sequence[str] = ()
    """Those of the query that must be there."""
    body: Mapping[str, Schema] = field(default_factory=dict)
    """The schema of what is sent, by media type."""
    replies: Mapping[int, Mapping[str, Schema]] = field(default_factory=dict)
    """By status, the schema of what comes, by media type."""
    errors: Sequence[int] = ()
    """Statuses that come in the server's envelope."""
    error: Schema = field(default_factory=dict)
    """The schema of that envelope."""
    open: bool = False
    """It needs no key."""


class Spoken(Route):
    """A route that says what it does."""

    def __init__(self, path: str, endpoint: Endpoint, method: str, operation: Operation) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.method = method
        self.operation = operation


def describe(
    title: str, about: str, routes: Iterable[Spoken], *, keys: Sequence[str] = (), server: str = "/"
) -> dict[str, Any]:
    """The OpenAPI 3.1 description of *routes*.

    *keys* are the headers that may hold a key; *server* is where the routes are.
    """
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, keys)
    schemes = {key: _scheme(key) for key in keys}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": about},
        "servers": [{"url": server}],
        "paths": paths,
        **({"components": {"securitySchemes": schemes}} if schemes else {}),
    }


def _operation(route: Spoken, keys: Sequence[str]) -> dict[str, Any]:
    told = route.operation
    locked = bool(keys) and not told.open
    errors = {*told.errors, *((401,) if locked else ())}
    replies = {status: _content(content) for status, content in told.replies.items()}
    replies |= {status: _content({JSON: told.error}) for status in sorted(errors)}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": STRING} for name in re.findall(r"{(\w+)}", route.path)
    ]
    parameters += [
        {"name": name, "in": "query", "required": name in told.needs, "schema": schema}
        for name, schema in told.query.items()
    ]
    return {
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "summary": told.says,
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": {"required": True, **_content(told.body)}} if told.body else {}),
        "responses": {str(status): {"description": _phrase(status), **reply} for status, reply in replies.items()},
        "security": [{key: []} for key in keys] if locked else [],
    }


def _content(content: Mapping[str, Schema]) -> dict[str, Any]:
    return {"content": {kind: {"schema": schema} for kind, schema in content.items()}} if content else {}


def _phrase(status: int) -> str:
    return "What was asked for." if status < 400 else "Why it was not done."


def _scheme(key: str) -> dict[str, Any]:
    if key == "authorization":
        return {"type": "http", "scheme": "bearer"}
    return {"type": "apiKey", "in": "header", "name": key}
