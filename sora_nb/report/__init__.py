"""A report of takes that needs nothing else: a page that plays them beside each other, or a sheet of their pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from sora_nb.errors import ConfigError
from sora_nb.models import CharacterRecord, VideoRecord
from sora_nb.report.experiment import Experiment
from sora_nb.report.gather import MAX_BYTES, ReportFacts, facts, look
from sora_nb.report.page import paint
from sora_nb.report.plan import PlannedFilm, ReportPlan

__all__ = [
    "MAX_BYTES",
    "Experiment",
    "PlannedFilm",
    "ReportFacts",
    "ReportPlan",
    "facts",
    "look",
    "paint",
    "plan_report",
    "write_report",
]


def plan_report(
    videos: Sequence[VideoRecord],
    characters: Sequence[CharacterRecord],
    *,
    title: str = "",
    question: str = "",
    experiment: Experiment | None = None,
    max_bytes: float = MAX_BYTES,
) -> ReportPlan:
    """What a report of these records would hold, and how large it would be.

    *question* is what was to be found out, *experiment* what a sweep tried. *max_bytes* bounds what films and pictures
    take in the page; past that films are made smaller, and where that is not enough the largest are left out, both in
    so many words. Raises `ConfigError` where *max_bytes* is below 0 or has no end, or a heading is no text.
    """
    if not 0 <= max_bytes < math.inf:
        raise ConfigError(f"A page of {max_bytes / 1e6:g} MB is none. Allow 0 or more; 0 leaves out every film.")
    _require_text(title=title, question=question)
    return ReportPlan(
        look(videos, characters, title=title, question=question, experiment=experiment, max_bytes=int(max_bytes))
    )


def write_report(
    path: Path,
    videos: Sequence[VideoRecord],
    characters: Sequence[CharacterRecord],
    *,
    title: str = "",
    question: str = "",
    experiment: Experiment | None = None,
    max_bytes: float = MAX_BYTES,
    progress: Callable[[float], object] | None = None,
) -> Path:
    """Write a report and return where it is; see `plan_report` and `ReportPlan.write`."""
    plan = plan_report(videos, characters, title=title, question=question, experiment=experiment, max_bytes=max_bytes)
    return plan.write(path, progress=progress)


def _require_text(**given: object) -> None:
    for name, text in given.items():
        if not isinstance(text, str):
            raise ConfigError(f"{name}= is text, not {text!r}. Leave it out where there is none.")
