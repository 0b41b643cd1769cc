"""What one goal has shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Result:
    """One goal's figures. It is reached only where nothing failed and the planted defects were noticed."""

    goal: str
    """Its short name, such as `G1`."""
    runs: int
    """How many trials were made."""
    failures: int
    """How many of them broke a promise."""
    control_caught: bool
    """Was every planted defect noticed? Without that, no failure means nothing."""
    seconds: float = 0.0
    baseline: Mapping[str, Any] = field(default_factory=dict)
    """The same done to others, and figures beside the count; numbers and short words only."""
    notes: str = ""
    skipped: str | None = None
    """Why nothing could be shown here, or None."""

    @property
    def reached(self) -> bool:
        """Is the promise kept? A goal that was skipped is not."""
        return self.skipped is None and self.runs > 0 and self.failures == 0 and self.control_caught

    @property
    def line(self) -> str:
        """All of it in one line."""
        if self.skipped is not None:
            return f"{self.goal}  skipped   {self.skipped}"
        word = "reached" if self.reached else "MISSED "
        control = "control caught" if self.control_caught else "CONTROL NOT CAUGHT"
        facts = f"{self.runs} runs, {self.failures} failures, {control}, {self.seconds:.0f} s"
        return "  ".join(part for part in (self.goal, word, facts, self.notes) if part)
