"""What was tried with a sweep, and what came of it, as plain data that the sweep tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Experiment:
    """The plan of a sweep beside what became of it."""

    axes: Mapping[str, tuple[str, ...]]
    """The values of each axis, in the order they first come."""
    takes: int
    """How many the grid has."""
    asked: int
    """How many of them were asked for."""
    repeats: int
    """How often each point is taken."""
    points: tuple[Mapping[str, Any], ...]
    """One for each point that was asked for: its values under `axes`, and the figures of `tables.SUMMARY_COLUMNS`."""
    template: str | None = None
    """The prompt with its gaps, where it is known."""
    est_cost_usd: float | None = None
    """What all takes of the grid would cost by the price table, None where one has no price."""
