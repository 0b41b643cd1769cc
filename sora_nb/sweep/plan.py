"""What a sweep would do, told before anything is sent: plain data, and its forms for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sora_nb.html import plan_output
from sora_nb.timerange import plain

if TYPE_CHECKING:
    import pandas as pd

Fate = Literal["send", "there", "refused"]
"""`send`: it would be sent, and paid for; `there`: it was asked for before, and costs nothing more; or `refused`."""

_RED = "color:#c4372b"


@dataclass(frozen=True, slots=True)
class PlannedTake:
    """One row of a plan."""

    fate: Fate
    prompt: str
    service: str
    axes: Mapping[str, str]
    take: int
    id: str | None = None
    """The video's, known before it is asked for; None where it would be refused."""
    model: str | None = None
    seconds: float | None = None
    size: str | None = None
    est_cost_usd: float | None = None
    """What sending it would cost: 0 where it is there, None where the price table has no price."""
    status: str | None = None
    """How it stands, where it is there."""
    refusal: str | None = None
    """Why it would be refused, and what to do."""
    findings: tuple[str, ...] = ()
    """Codes of what else there is to know."""


@dataclass(frozen=True, slots=True)
class PlannedCharacter:
    """A character that would be made on a service first."""

    handle: str
    service: str
    est_cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What `run()` would do now. Nothing is sent for it, or kept but the ranges of a `span` axis."""

    template: str
    takes: tuple[PlannedTake, ...]
    """In the order of the grid, the repeats of a point one after another."""
    characters: tuple[PlannedCharacter, ...] = ()
    """Those that would be made first."""
    axes: tuple[str, ...] = field(default=())

    @property
    def to_send(self) -> tuple[PlannedTake, ...]:
        """The takes that would be sent."""
        return tuple(take for take in self.takes if take.fate == "send")

    @property
    def there(self) -> tuple[PlannedTake, ...]:
        """The takes that were asked for before."""
        return tuple(take for take in self.takes if take.fate == "there")

    @property
    def refused(self) -> tuple[PlannedTake, ...]:
        """The takes that would be refused."""
        return tuple(take for take in self.takes if take.fate == "refused")

    @property
    def calls(self) -> int:
        """Requests that may cost money: one for each take to send and each character to make."""
        return len(self.to_send) + len(self.characters)

    @property
    def seconds(self) -> float:
        """Seconds of video to be made."""
        return sum(take.seconds or 0.0 for take in self.to_send)

    @property
    def unpriced(self) -> int:
        """Calls that the price table has no price for."""
        return sum(cost is None for cost in self._costs)

    @property
    def known_cost_usd(self) -> float:
        """What the calls with a price would cost together."""
        return round(sum(cost or 0.0 for cost in self._costs), 6)

    @property
    def est_cost_usd(self) -> float | None:
        """What all calls would cost together by the price table, None where one has no price."""
        return None if self.unpriced else self.known_cost_usd

    @property
    def df(self) -> pd.DataFrame:
        """One row for each take; the columns are those of `tables.PLAN_COLUMNS`, then one for each axis."""
        from sora_nb.tables import plan_df

        return plan_df(self.takes, self.axes)

    @property
    def _costs(self) -> list[float | None]:
        return [*(take.est_cost_usd for take in self.to_send), *(one.est_cost_usd for one in self.characters)]

    def __len__(self) -> int:
        return len(self.takes)

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        columns = [*self.axes, "take", "fate", "cost", "what there is to say"]
        # What would be refused is shown first: it is what has to be mended.
        takes = sorted(self.takes, key=lambda take: take.fate != "refused")
        refusals = _refusals(self)
        return plan_output(
            [(line, _RED if line in refusals else None) for line in _lines(self)],
            columns,
            takes,
            lambda take: (_cells(take, self.axes), _RED if take.fate == "refused" else None),
        )


def money(usd: float) -> str:
    """US dollars as people write them, with as many places as it takes.

    >>> money(1.5), money(0.012), money(0)
    ('$1.50', '$0.012', '$0.00')
    """
    whole, _, cents = f"{usd:.4f}".rstrip("0").partition(".")
    return f"${whole}.{cents.ljust(2, '0')}"


def _lines(plan: Plan) -> Iterator[str]:
    send, there = plan.to_send, plan.there
    yield f"{_count(len(plan.takes), 'take')} of {plan.template!r}"
    made = f" and {_count(len(plan.characters), 'character')} to make first" if plan.characters else ""
    yield f"to send: {len(send)}{made}, {plain(plan.seconds)} s of video, {_cost(plan)}"
    if there:
        states = Counter(take.status for take in there)
        yield f"there already: {len(there)}, at no cost ({', '.join(f'{n} {state}' for state, n in states.items())})"
    yield from _refusals(plan)


def _refusals(plan: Plan) -> list[str]:
    reasons = Counter(take.refusal for take in plan.refused)
    return [f"would be refused: {count} × {reason}" for reason, count in reasons.most_common()]


def _cost(plan: Plan) -> str:
    if not plan.unpriced:
        return f"about {money(plan.known_cost_usd)}"
    return f"{money(plan.known_cost_usd)} and {_count(plan.unpriced, 'call')} without a price"


def _cells(take: PlannedTake, axes: tuple[str, ...]) -> list[Any]:
    said = take.refusal or take.status or ", ".join(take.findings)
    cost = "" if take.fate == "refused" else "no price" if take.est_cost_usd is None else money(take.est_cost_usd)
    return [*(take.axes.get(axis) for axis in axes), take.take, take.fate, cost, said]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
