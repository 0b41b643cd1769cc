"""A blind comparison as it goes on: which pair is shown, what was voted, and where the votes are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from sora_nb.errors import ConfigError
from sora_nb.widgets.blind import CHOICES, Choice, rounds, tally


class Ballots(Protocol):
    """Where votes outlive the kernel: `Studio.ballots`."""

    def votes(self, video_ids: Collection[str]) -> Sequence[Mapping[str, Any]]: ...
    def vote(self, vote: Mapping[str, Any]) -> None: ...
    def unvote(self, session: str, round: int) -> None: ...


class Trials:
    """The rounds of one person over the takes *ids*. Votes of others, and of before, count along."""

    def __init__(
        self, ids: Sequence[str], person: str, votes: Iterable[Mapping[str, Any]] = (), ballots: Ballots | None = None
    ) -> None:
        self._ids = list(ids)
        self._ballots = ballots
        self._session = ""
        self.person = person
        self.rounds: list[tuple[str, str]] = []
        kept = ballots.votes(ids) if ballots is not None else ()
        known = {(vote.get("session"), vote["round"]) for vote in kept}
        told = [dict(vote) for vote in votes if (vote.get("session"), vote["round"]) not in known]
        self.votes: list[dict[str, Any]] = [*map(dict, kept), *told]
        """Every vote: session, round, ids left and right, choice, winner, by whom, when."""

    def begin(self, repeats: int | None, seed: int) -> int:
        """Show the first pair; returns how many votes of these very rounds were there already, and go on."""
        if len(self._ids) < 2:
            raise ConfigError("There is one take here; a blind comparison needs two or more.")
        if not _is_count(repeats):
            raise ConfigError(f"Each pair is shown once or more, not {repeats!r} times.")
        mine = [vote for vote in self.votes if vote["by"] == self.person]
        # A kernel that died in the middle left votes of a session behind: where it is this one, it goes on.
        last = mine[-1].get("session") if mine else None
        before = next((place for place, vote in enumerate(mine) if vote.get("session") == last), 0)
        if last is None or not self._plan(repeats, seed, before, last):
            # The votes so far are part of the seed, so that another go is in another order.
            self._plan(repeats, seed, len(mine), None)
        return len(self._mine())

    def _plan(self, repeats: int | None, seed: int, before: int, wanted: str | None) -> bool:
        """Set the rounds up; False, and nothing done, where they are not those *wanted*, or are over."""
        ring = sorted(self._ids)
        facts = repr((ring, repeats, seed, before, self.person))
        session = f"cmp_{hashlib.sha256(facts.encode()).hexdigest()[:12]}"
        planned = rounds(ring, repeats, (seed, before))
        done = sum(vote.get("session") == session for vote in self.votes)
        if wanted is not None and (session != wanted or done >= len(planned)):
            return False
        self._session, self.rounds = session, planned
        return True

    @property
    def shown(self) -> dict[str, Any]:
        """The round that is to be answered: round, rounds, ids left and right; empty where there is none."""
        done = len(self._mine())
        if done >= len(self.rounds):
            return {}
        left, right = self.rounds[done]
        return {"round": done + 1, "rounds": len(self.rounds), "left": left, "right": right}

    def vote(self, choice: Choice) -> None:
        """Answer the round that is shown."""
        round = self.shown
        if not round:
            raise ConfigError("Nothing is compared blind now. Begin with blind().")
        if choice not in CHOICES:
            raise ConfigError(f"A vote is {', '.join(CHOICES)}, not {choice!r}.")
        left, right = round["left"], round["right"]
        vote = {
            "session": self._session,
            "round": round["round"],
            "left": left,
            "right": right,
            "choice": choice,
            "winner": {"left": left, "right": right, "same": None}[choice],
            "by": self.person,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        if self._ballots is not None:
            self._ballots.vote(vote)
        self.votes = [*self.votes, vote]

    def undo(self) -> None:
        """Take the last vote of these rounds back."""
        mine = self._mine()
        if not self.rounds or not mine:
            raise ConfigError("There is no vote of this comparison to take back.")
        if self._ballots is not None:
            self._ballots.unvote(self._session, mine[-1]["round"])
        self.votes = [vote for vote in self.votes if vote is not mine[-1]]

    def stop(self) -> None:
        """Show no more pairs; the votes so far stay."""
        self.rounds = []

    def tally(self, labels: Mapping[str, str]) -> list[dict[str, Any]]:
        """What all votes add up to, by take; *labels* names the takes by id."""
        return tally(labels, [vote for vote in self.votes if {vote["left"], vote["right"]} <= set(self._ids)])

    def _mine(self) -> list[dict[str, Any]]:
        return [vote for vote in self.votes if self._session and vote.get("session") == self._session]


def by_default() -> str:
    """Who votes here, where nobody says."""
    from sora_nb.library import whoever  # a picker has no use for a database, and should not wait for it

    return whoever()


def _is_count(repeats: object) -> bool:
    return repeats is None or (isinstance(repeats, int) and repeats >= 1)
