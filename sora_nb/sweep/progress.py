"""How far a sweep is: takes, money and time, at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from sora_nb.sweep.plan import money


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is. Its counts add up to `takes`."""

    takes: int
    completed: int
    failed: int
    """At their end without a film: `failed`, `lost`, `expired` or `cancelled`."""
    unknown: int
    """Sent and the answer lost: `resend()` or `adopt()` them; their price is at risk."""
    running: int
    waiting: int
    """Not asked for yet."""
    spent_usd: float
    """What services said they took."""
    at_risk_usd: float
    """The estimated price of all else that was sent and for which no service named its cost."""
    budget_usd: float | None = None
    paused: bool = False
    held: bool = False
    """The budget leaves no room for what is waiting."""
    left_s: float | None = None
    """Seconds until the last take that goes on, at the pace so far; None while nothing is known of the pace."""

    @property
    def done(self) -> int:
        """Takes at their end."""
        return self.completed + self.failed + self.unknown

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.done / self.takes if self.takes else 1.0

    def __str__(self) -> str:
        odd = ((self.failed, "failed"), (self.unknown, "unknown"))
        told = ", ".join(f"{count} {name}" for count, name in odd if count)
        parts = [f"{self.done} of {self.takes} done{f' ({told})' if told else ''}"]
        if self.running:
            parts.append(f"{self.running} under way")
        if self.waiting:
            why = ", held back by the budget" if self.held else ", paused" if self.paused else ""
            parts.append(f"{self.waiting} not asked for{why}")
        used = money(self.spent_usd + self.at_risk_usd)
        of = "" if self.budget_usd is None else f" of {money(self.budget_usd)}"
        risk = f" ({money(self.at_risk_usd)} of it not confirmed)" if self.at_risk_usd else ""
        parts.append(f"{used}{of} used{risk}")
        if self.left_s:
            parts.append(f"about {_time(self.left_s)} left")
        return "; ".join(parts)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
