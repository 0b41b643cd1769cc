"""Reads what a request carries, as JSON or as a form, into plain fields."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request

from sora_nb.simulator.refusal import Refusal

Fields = dict[str, Any]

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


Kind = Literal["json", "form"]


def kind(request: Request) -> Kind:
    """How the fields of a request are written; whatever is no form has to be JSON."""
    return "form" if _media_type(request) in FORMS else "json"


@asynccontextmanager
async def read(
    request: Request, kinds: Collection[Kind] = ("json", "form"), *, refused: int = 415
) -> AsyncIterator[Fields]:
    """The fields of a request. A file is a `Path`, which is gone when the block ends.

    A body of another kind than *kinds* is answered with the status *refused*.
    """
    if kind(request) not in kinds:
        named = " or ".join({"json": "JSON", "form": "a multipart form"}[one] for one in kinds)
        raise Refusal(refused, f"The body must be {named}, not {_media_type(request) or 'without a type'}.")
    if kind(request) == "json":
        yield await _read_json(request, refused)
        return
    folder = Path(await run_in_threadpool(tempfile.mkdtemp, prefix="sora-nb-upload-"))
    try:
        fields: Fields = {}
        async with request.form() as form:
            for name, value in form.multi_items():
                kept = await run_in_threadpool(_keep, value, folder) if isinstance(value, UploadFile) else value
                fields.setdefault(name, []).append(kept)
        yield {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
    finally:
        await run_in_threadpool(shutil.rmtree, folder)


async def read_json(request: Request) -> Fields:
    """The fields of a request that must be JSON."""
    return await _read_json(request, 415)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _read_json(request: Request, refused: int) -> Fields:
    kind = _media_type(request)
    if kind != "application/json":
        message = f"The body must be JSON (content-type application/json), not {kind or 'without a type'}."
        raise Refusal(refused, message)
    try:
        fields = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "The body is not JSON.", code="invalid_json") from error
    if not isinstance(fields, dict):
        raise Refusal(400, "The body must be a JSON object with one field for each parameter.", code="invalid_json")
    return fields


def _keep(upload: UploadFile, folder: Path) -> Path:
    handle, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(upload.file, file)
    return Path(name)
