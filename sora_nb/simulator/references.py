"""Pictures and clips that a request carries: in a form, as a `data:` address, as base64, or one of our own."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sora_nb.errors import VideoFileError
from sora_nb.simulator import sources
from sora_nb.simulator.records import Reference, ReferenceKind
from sora_nb.simulator.refusal import Refusal, invalid, shown
from sora_nb.simulator.wanting import Media
from sora_nb.simulator.world import World

ROLES: dict[str, ReferenceKind] = {"first_frame": "first_frame", "reference": "image"}
"""What an object may say that its picture is for."""


class Given(NamedTuple):
    """What was sent, looked at."""

    reference: Reference
    data: bytes
    size: tuple[int, int] | None
    """A picture's width and height in pixels."""


def read(world: World, name: str, value: Any, media: Media) -> list[Given]:
    """What the field *name* holds. Raises `Refusal` for what is no picture or clip, or cannot be had."""
    if media.written == "json" and isinstance(value, str):
        value = _parsed(name, value)
    if media.many and isinstance(value, list):
        return [_look(world, name, kind, data) for one in value for kind, data in _data(world, name, one, media)]
    return [_look(world, name, kind, data) for kind, data in _data(world, name, value, media)]


def _look(world: World, name: str, kind: ReferenceKind | None, data: bytes) -> Given:
    try:
        return Given(*world.gallery.reference(kind, data))
    except VideoFileError as error:
        raise _wrong(name, f"{name} cannot be used: {error}") from error


def _data(world: World, name: str, value: Any, media: Media) -> Iterator[tuple[ReferenceKind | None, bytes]]:
    if isinstance(value, Path):
        if not media.file:
            raise _wrong(name, f"{name} is not taken as a file here.")
        yield media.kind, value.read_bytes()
    elif isinstance(value, str) and media.written not in (None, "json"):
        yield media.kind, _text(world, name, value, media)
    elif isinstance(value, dict) and media.keys:
        yield _kind(name, value, media), _address(world, name, _held(name, value, media))
    else:
        raise _wrong(name, f"{name} cannot be {shown(value)} here.")


def _text(world: World, name: str, value: str, media: Media) -> bytes:
    if media.written == "path" or value.startswith("file:"):
        message = f"{name} would be a file on the server's own disk, and the simulator opens none. Send the file."
        raise _wrong(name, message)
    if media.written == "base64" and not value.startswith(("data:", "http:", "https:")):
        return _decoded(name, value)
    return _address(world, name, value)


def _kind(name: str, value: dict[str, Any], media: Media) -> ReferenceKind | None:
    if media.kind == "clip" or "video_url" in value:
        return "clip"
    role = value.get("frame_type", value.get("role"))
    if role is None:
        return media.kind
    if not isinstance(role, str) or role not in ROLES:
        message = f"The simulator draws no {shown(role)} and would rather say so. Choose one of {', '.join(ROLES)}."
        raise _wrong(name, message)
    return ROLES[role]


def _held(name: str, value: dict[str, Any], media: Media) -> str:
    """The address in an object."""
    present = [key for key in media.keys if value.get(key) is not None]
    if len(present) != 1:
        raise _wrong(name, f"{name} must hold exactly one of {', '.join(media.keys)}.")
    if present == ["file_id"]:
        raise _wrong(name, "The simulator keeps no uploaded files, so there is none with this file_id.")
    held = value[present[0]]
    if isinstance(held, dict):
        held = held.get("url")
    if not isinstance(held, str):
        raise _wrong(name, f"{present[0]} must be an address, not {shown(held)}.")
    return held if present != ["content"] or held.startswith("data:") else f"data:;base64,{held}"


def _address(world: World, name: str, url: str) -> bytes:
    """The bytes at an address: those it holds itself, or those of a video here."""
    if url.startswith("data:"):
        head, comma, held = url.partition(",")
        if not comma or not head.endswith(";base64"):
            raise _wrong(name, "A data: address must be of the form data:image/png;base64,....")
        return _decoded(name, held)
    try:
        return sources.fetch(world, url).path.read_bytes()
    except Refusal as error:
        error.param = name
        raise


def _decoded(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _wrong(name, f"{name} is not base64.") from error


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(name, f'{name} must be JSON text such as {{"image_url": "data:..."}}.') from error


def _wrong(name: str, message: str) -> Refusal:
    return invalid(name, message, "invalid_reference")
