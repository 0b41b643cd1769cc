"""Files that travel inside a JSON body, as `data:` addresses; read when the request is made, and never a large one."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from sora_nb.dialects.base import Inline
from sora_nb.errors import ConfigError, NotSentError

MOST_INLINE = 32 * 2**20
"""Bytes of all files of one body. As text they are a third more, and a server reads it all before it answers."""


def inlined(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with a `data:` address in place of each `Inline`.

    Raises `NotSentError` for a file that cannot be read, `ConfigError` where they are too large together.
    """
    written: dict[str, Any] = _written(body, [MOST_INLINE])
    return written


def _written(value: Any, room: list[int]) -> Any:
    if isinstance(value, Inline):
        return _address(value, room)
    if isinstance(value, Mapping):
        return {name: _written(inner, room) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_written(inner, room) for inner in value]
    return value


def _address(file: Inline, room: list[int]) -> str:
    try:
        size = file.path.stat().st_size
        room[0] -= size
        if room[0] < 0:
            raise ConfigError(
                f"{file.path.name} has {size} bytes, and a request of this shape carries {MOST_INLINE} in all. "
                "Use a smaller size or a shorter clip. Nothing was sent."
            )
        content = file.path.read_bytes()
    except OSError as error:
        raise NotSentError(f"A file to send cannot be read: {error.strerror}. Nothing was sent.") from error
    return f"data:{file.content_type};base64,{base64.b64encode(content).decode()}"
