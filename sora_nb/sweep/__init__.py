"""A grid of takes: planned and priced before anything is sent, capped by a budget, taken up again after a crash."""

from __future__ import annotations

from sora_nb.sweep.grid import Sweep
from sora_nb.sweep.plan import Plan, PlannedCharacter, PlannedTake
from sora_nb.sweep.progress import Progress

__all__ = ["Plan", "PlannedCharacter", "PlannedTake", "Progress", "Sweep"]
