"""Reads what a request carries, as JSON or as a form, into plain fields."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request

from sora_nb.simulator.refusal import Refusal

Fields = dict[str, Any]

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


@asynccontextmanager
async def read(request: Request) -> AsyncIterator[Fields]:
    """The fields of a request. A file is a `Path`, which is gone when the block ends."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORMS:
        yield await _read_json(request, kind)
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
    return await _read_json(request, request.headers.get("content-type", "").partition(";")[0].strip().lower())


async def _read_json(request: Request, kind: str) -> Fields:
    if kind != "application/json":
        raise Refusal(415, f"The body must be JSON (content-type application/json), not {kind or 'without a type'}.")
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
