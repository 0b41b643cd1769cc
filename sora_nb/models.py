"""What the house talks about, as frozen facts: sources, requests, and the records of jobs.

A record is what was known at one moment. The live things a notebook holds, `Video` and
`Character` in `handles`, each show the newest record of their job.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from numbers import Real
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from sora_nb.errors import ConfigError
from sora_nb.timerange import Finding, TimeRange

Status = Literal["queued", "in_progress", "completed", "failed", "unknown", "lost", "expired", "cancelled"]
"""The states of a job as people see them. `unknown` was sent and its answer lost; `lost` is known by no one."""

ENDED: frozenset[str] = frozenset({"completed", "failed", "lost", "expired", "cancelled", "unknown"})
"""The states after which nothing happens by itself."""

Mode = Literal["native", "reference"]
"""`native`: the service knows the character. `reference`: its picture and description are sent instead."""

SIZE = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})")
"""A size in pixels, width before height, such as `1280x720`."""

MENTION = re.compile(r"(?<![A-Za-z0-9_@.])@(\w[\w.\-]*\w|\w)")
"""A character's name in a prompt, such as `@ada` or `@Élodie`.

What stands before it is no letter of an address such as `mail@ada`; scripts without spaces may have theirs there.
"""


@dataclass(frozen=True, slots=True)
class FromURL:
    """A video at a public address, which the service may fetch itself."""

    url: str


@dataclass(frozen=True, slots=True)
class FromTask:
    """A video that was generated before, by its id here or its task id at the service."""

    task_id: str


@dataclass(frozen=True, slots=True)
class FromFile:
    """A video on this machine."""

    path: Path


Source = FromURL | FromTask | FromFile


def web_address(text: str) -> str:
    """The address that *text* is; `ConfigError` for what no browser and no service could fetch."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable()
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"{text[:80]!a} is no http address. Copy it whole: it looks like https://example.com/a.mp4.")
    return text


def stars_of(given: object) -> float | None:
    """A rating, 1 to 5 stars or None for none; `ConfigError` for what is no rating."""
    if given is None:
        return None
    stars = float(given) if isinstance(given, Real) else math.nan
    if not 1 <= stars <= 5:
        raise ConfigError(f"A rating is a number from 1 to 5, or None, not {given!r}.")
    return stars


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """Everything that makes one generation what it is. Two equal requests are the same job."""

    prompt: str
    seconds: float
    size: str
    model: str
    characters: tuple[str, ...] = ()
    """Library ids, in the order they were given."""
    take: int = 1
    """Tells equal requests apart that are meant to be made more than once."""


@dataclass(frozen=True, slots=True)
class CharacterRequest:
    """Everything that makes one character what it is."""

    name: str
    source: Source
    span: TimeRange
    description: str = ""


@dataclass(frozen=True, slots=True)
class VideoRecord:
    """What is known of one generation."""

    id: str
    """Ours, known before anything is sent."""
    service: str
    request: VideoRequest
    status: Status = "queued"
    progress: float = 0.0
    """0 to 1."""
    remote_id: str | None = None
    """The service's own id, None until it answered."""
    error_code: str | None = None
    error: str | None = None
    submitted_at: datetime | None = None
    completed_at: datetime | None = None
    expires_at: datetime | None = None
    est_cost_usd: float | None = None
    cost_usd: float | None = None
    path: Path | None = None
    """The file in the library, once it is there."""
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    duration_s: float | None = None
    measures: Mapping[str, float] = field(default_factory=dict)
    """Figures made by looking at the pictures: `sharpness`, `motion`, `cuts`."""
    sweep: str | None = None
    axes: Mapping[str, Any] = field(default_factory=dict)
    rating: float | None = None
    """The stars that somebody gave last."""
    rated_by: str | None = None
    rated_at: datetime | None = None
    simulated: bool = False
    mode: Mode | None = None
    """How the service was told of the characters; None where there are none."""
    remarks: tuple[Finding, ...] = ()
    """What was remarked before it was sent, in words."""

    @property
    def findings(self) -> tuple[str, ...]:
        """The codes of the remarks."""
        return tuple(remark.code for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a character exists: at a service that made it, or that is told of it with each video."""

    service: str
    mode: Mode
    status: Status
    remote_id: str | None = None

    def __str__(self) -> str:
        return self.service if self.mode == "native" else f"{self.service} (by reference)"


@dataclass(frozen=True, slots=True)
class CharacterRecord:
    """What is known of one character, which lives in the library whatever becomes of a service."""

    id: str
    name: str
    handle: str
    """How a prompt names it, without the `@`."""
    description: str
    source_kind: Literal["url", "task", "file", "bundle"]
    source: str
    span: TimeRange
    findings: tuple[str, ...] = ()
    """Codes of what was remarked: when the range was chosen, and about this service."""
    service: str | None = None
    mode: Mode | None = None
    status: Status = "queued"
    remote_id: str | None = None
    error_code: str | None = None
    error: str | None = None
    created_at: datetime | None = None
    cost_usd: float | None = None
    clip: Path | None = None
    poster: Path | None = None
    box: tuple[float, float, float, float] | None = None
    """Who in the clip it is: left, top, width and height in shares of the picture; None where nobody said."""
    box_at: float | None = None
    """The second of the clip at which that was drawn."""
    simulated: bool = False
    remarks: tuple[Finding, ...] = ()
    """What there is to know about it on this service, in words."""
    places: tuple[Place, ...] = ()
    """Every service it exists on, the oldest first."""


def handle_of(name: str) -> str:
    """The handle a name gives: lower case, letters, digits and underscores.

    >>> handle_of("Ada Lovelace"), handle_of("Zoë")
    ('ada_lovelace', 'zoe')
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_name.lower()).strip("_") or "character"
