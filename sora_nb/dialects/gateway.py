"""What the two tutorials' shapes have in common: they take a character's source by reference, and whole seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sora_nb.dialects.base import CharacterAsk, RemoteCharacter
from sora_nb.dialects.reading import id_of, reason_of, segment, status_of
from sora_nb.errors import ConfigError, ServerError
from sora_nb.timerange import plain

CHARACTER_MODEL = "sora-2-character"

WHOLE_SECONDS = tuple(float(second) for second in range(1, 61))
"""Neither tutorial says how long a video may be, only that its length is a whole number."""


def whole(seconds: float) -> int:
    """Seconds as a whole number; `ConfigError` where they are none."""
    if seconds != int(seconds):
        raise ConfigError(f"This shape takes whole seconds, not {plain(seconds)}. Try seconds={round(seconds) or 1}.")
    return int(seconds)


def content_path(folder: str, remote_id: str, variant: str) -> str:
    """Where the finished video lies; `ConfigError` for any other variant."""
    if variant != "video":
        raise ConfigError(f"This shape has no {variant!r}, only the video. Try variant='video'.")
    return f"/{folder}/{segment(remote_id)}/content"


def character_words(shape: str, ask: CharacterAsk) -> Mapping[str, Any]:
    """The body that makes a character from an address or from a task."""
    if ask.url is not None:
        source = {"url": ask.url}
    elif ask.task_id is not None:
        source = {"from_task": ask.task_id}
    else:
        raise ConfigError(
            f"The {shape} shape takes a character from a public address or from a task, not from a file, for "
            f"{ask.name!r}. Put the video at an address, or use a service of the openai shape."
        )
    return {"model": CHARACTER_MODEL, **source, "timestamps": str(ask.span)}


def read_ready(body: Mapping[str, Any]) -> RemoteCharacter:
    """A character, or the task that will become one, from its JSON object.

    The tutorials answer `character_id`; their relatives answer `id` and `username` at once, or a
    task that shows a `username` when it is done. An `id` beside a status alone is the task's.
    """
    error_code, error = reason_of(body.get("error"))
    username = body.get("username")
    handle = username if isinstance(username, str) and username else None
    id_, task_id = id_of(body.get("character_id")), id_of(body.get("task_id"))
    word = body.get("status")
    if id_ is None and (handle is not None or (word is None and task_id is None)):
        id_ = id_of(body.get("id"))
    elif id_ is None:
        task_id = task_id or id_of(body.get("id"))
    status = status_of(word or ("completed" if id_ else "queued"))
    if (status == "completed" and id_ is None) or (id_ is None and task_id is None and word is None):
        told = f" It says: {error}" if error else ""
        raise ServerError(f"The service's answer names no id of a character.{told}", code=error_code)
    return RemoteCharacter(status, id_, task_id=task_id, handle=handle, error_code=error_code, error=error)
