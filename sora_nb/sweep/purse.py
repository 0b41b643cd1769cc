"""The money of some takes, read in the library: what was spent, what is at risk, and what more would cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sora_nb.dialects import Service
from sora_nb.library import CharacterRow, Library

if TYPE_CHECKING:
    from sora_nb.preparing import Prepared

Place = tuple[str, str, str]
"""A character at a service: its id, the service's address, and the shape spoken there."""


@dataclass(frozen=True, slots=True)
class ToMake:
    """A character that is to be made on a service first."""

    character: CharacterRow
    service: Service

    @property
    def price(self) -> float | None:
        """US dollars, None where there is no price. A service that makes none takes nothing for it."""
        can = self.service.capabilities
        return can.usd_per_character if can.native else 0.0


@dataclass(frozen=True, slots=True)
class Purse:
    """What takes, and the characters in them, have cost and may cost. All in US dollars."""

    spent: float
    """What services named."""
    at_risk: float
    """The estimates of all else that was sent or is about to be, also where the answer was lost."""
    dearer: float
    """How many times its estimate the dearest of them cost, 1 or more; every estimate is taken so many times."""
    to_make: Mapping[Place, ToMake]
    """The characters that are on their services neither now nor soon."""
    counted: frozenset[str] = frozenset()
    """The jobs whose money is in it already."""

    @property
    def used(self) -> float:
        """What is gone or may be."""
        return self.spent + self.at_risk

    def with_(self, take: Prepared) -> float:
        """What would be gone if a take were asked for now; one that is there already, by whomever, adds nothing."""
        return self.used + (0.0 if take.row.id in self.counted else self.price(take) or 0.0)

    def price(self, take: Prepared) -> float | None:
        """What asking for a take is going to cost, with the characters made for it first; None without a price."""
        places = [place_of(one.id, take.service) for one in take.cast]
        makes = [self.to_make[place].price for place in places if place in self.to_make]
        estimate = take.row.est_cost_usd
        known = [usd for usd in makes if usd is not None]
        return None if estimate is None or len(known) < len(makes) else estimate * self.dearer + sum(known)


def look(library: Library, takes: Sequence[Prepared], more: Iterable[Prepared] = (), sweep: str | None = None) -> Purse:
    """The purse of those of *takes* that were asked for, by whichever kernel, and of all else in their *sweep*.

    Of *more* only the characters are looked at.
    """
    estimates = {take.row.id: take.row.est_cost_usd for take in takes}
    costs = library.jobs.costs(estimates, sweep=sweep)
    there = {one.id for one in costs}
    asked = _cast(take for take in takes if take.row.id in there)
    cast = {**asked, **_cast(more)}
    ids = {one.character.id for one in cast.values()}
    made = {
        (row.character_id or "", row.base_url, row.dialect): row.id
        for row in (library.jobs.projections() if ids else ())
        if row.character_id in ids
    }
    costs += library.jobs.costs(id_ for place, id_ in made.items() if place in cast)
    named = [one for one in costs if one.cost_usd is not None]
    open_ = [one for one in costs if one.cost_usd is None and one.state != "REJECTED"]
    dearer = max([1.0, *((one.cost_usd or 0.0) / one.est_cost_usd for one in named if one.est_cost_usd)])
    return Purse(
        spent=round(sum(one.cost_usd or 0.0 for one in named), 6),
        at_risk=round(dearer * sum(one.est_cost_usd or estimates.get(one.id) or 0.0 for one in open_), 6),
        dearer=dearer,
        to_make={place: one for place, one in cast.items() if place not in made},
        counted=frozenset(one.id for one in (*named, *open_)),
    )


def _cast(takes: Iterable[Prepared]) -> dict[Place, ToMake]:
    return {place_of(one.id, take.service): ToMake(one, take.service) for take in takes for one in take.cast}


def place_of(character_id: str, service: Service) -> Place:
    """Where a character would be."""
    return character_id, service.base_url or "", service.dialect.name
