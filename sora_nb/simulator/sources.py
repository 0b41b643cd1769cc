"""Where a character comes from, when it is named by an address or by a task rather than sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sora_nb.errors import RangeError, VideoFileError
from sora_nb.simulator.hosts import IN_PROCESS, LOOPBACK
from sora_nb.simulator.markers import NO_CHARACTER, UNUSABLE, Failure
from sora_nb.simulator.records import Character
from sora_nb.simulator.refusal import invalid, shown
from sora_nb.simulator.world import World
from sora_nb.timerange import Limits, require
from sora_nb.video.probe import probe

CHARACTER_MODELS = ("sora-2-character", "sora-character")
"""The two names found in what was published."""

_CONTENT = re.compile(
    r"(?:/as/[^/]+)?/(?:v1/videos|v1/sora/generations|sora/v1/videos|openai/v1/videos|api/v1/videos)/([^/]+)/content"
)
_SAMPLE = re.compile(r"/samples/([^/]+)")


@dataclass(frozen=True, slots=True)
class Clip:
    """A video to cut a character from."""

    path: Path
    seconds: float
    origin: str
    """The same for the same video."""
    failure: Failure | None = None
    """Why no character can be cut from it."""


def create(world: World, fields: Mapping[str, Any], limits: Limits) -> Character:
    """The character that JSON with `url` or `from_task` and `timestamps` asks for, or its failure."""
    model = fields.get("model", CHARACTER_MODELS[0])
    if model not in CHARACTER_MODELS:
        raise invalid("model", f"There is no model {shown(model)}. Choose {CHARACTER_MODELS[0]}.")
    url, task = fields.get("url"), fields.get("from_task")
    if (url is None) == (task is None):
        raise invalid("url", "Send exactly one of url and from_task.", "missing_required_parameter")
    clip = fetch(world, url) if url is not None else _of_task(world, task)
    if "timestamps" not in fields:
        raise invalid("timestamps", "Missing required parameter: 'timestamps'.", "missing_required_parameter")
    try:
        span, _ = require(fields["timestamps"], limits, clip.seconds)
    except RangeError as error:
        raise invalid("timestamps", str(error), error.findings[0].code) from error
    try:
        return world.add_character(clip.path, (span.start, span.end), origin=clip.origin, failure=clip.failure)
    except VideoFileError as error:
        raise invalid("url", f"The clip cannot be read as a video: {error}", "invalid_video") from error


def fetch(world: World, url: object) -> Clip:
    """The video at an address of this simulator; `Refusal` for any other."""
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("url", f"{shown(url)} is not an http or https address.")
    if parts.hostname not in LOOPBACK | {IN_PROCESS}:
        message = (
            f"The simulator never reaches out to the network, so it cannot fetch from {shown(parts.hostname)}. "
            "Use one of its own /samples/, a task of its own, or a real service."
        )
        raise invalid("url", message, "url_not_reachable")
    if match := _CONTENT.fullmatch(parts.path):
        return _of_task(world, match[1], "url")
    match = _SAMPLE.fullmatch(parts.path)
    sample = world.gallery.sample(match[1]) if match else None
    if match is None or sample is None:
        raise invalid("url", f"The simulator has no video at {shown(parts.path)}; GET / lists its samples.")
    return Clip(sample, probe(sample).duration, match[1])


def _of_task(world: World, task: object, param: str = "from_task") -> Clip:
    if not isinstance(task, str):
        raise invalid(param, f"{param} must be a task id, not {shown(task)}.", "invalid_type")
    job = world.job(task)
    path = world.content(job)
    if path is None:
        status = world.standing(job).status
        raise invalid(param, f"Task {task} is {status}; a character needs a completed one.", "task_not_completed")
    return Clip(path, job.ask.seconds, job.id, UNUSABLE if NO_CHARACTER in job.ask.prompt else None)
