"""What people think of takes: their stars, and their votes where two were compared without names."""

from __future__ import annotations

import getpass
import os
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from sora_nb.library.database import Database
from sora_nb.library.schema import jobs, ratings, votes


@dataclass(frozen=True, slots=True)
class Rating:
    """The stars that one person gave to one take last."""

    video_id: str
    person: str
    stars: float
    at: float


class Opinions:
    """The ratings and votes of one library. Several people can have theirs of one take."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rate(self, video_id: str, stars: float | None, person: str) -> None:
        """Keep the stars of *person*, or take them back with None. The job shows whoever spoke last."""
        mine = (ratings.c.video_id == video_id) & (ratings.c.person == person)
        with self._database.write(video_id) as connection:
            connection.execute(sa.delete(ratings).where(mine))
            if stars is not None:
                given = Rating(video_id, person, float(stars), time.time())
                connection.execute(sa.insert(ratings).values(asdict(given)))
            of_it = sa.select(ratings).where(ratings.c.video_id == video_id).order_by(ratings.c.at.desc())
            last = connection.execute(of_it).mappings().first()
            told = {"rating": last["stars"], "rated_by": last["person"], "rated_at": last["at"]} if last else _NOBODY
            connection.execute(sa.update(jobs).where(jobs.c.id == video_id).values(told))

    def ratings(self, video_ids: Collection[str] | None = None) -> list[Rating]:
        """Who gave how many stars, the oldest first; of these takes, or of all."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(ratings).order_by(ratings.c.at, ratings.c.video_id)).mappings()
            rows = [Rating(**{name: row[name] for name in _RATING}) for row in found]
        return [row for row in rows if video_ids is None or row.video_id in video_ids]

    def vote(self, vote: Mapping[str, Any]) -> None:
        """Keep a vote, as `votes` tells them; one of the same session and round is replaced."""
        row = {name: vote[told] for name, told in _VOTE.items()}
        row["at"] = datetime.fromisoformat(vote["at"]).timestamp()
        with self._database.write(row["session"]) as connection:
            connection.execute(sa.delete(votes).where(_same(row["session"], row["round"])))
            connection.execute(sa.insert(votes).values(row))

    def unvote(self, session: str, round: int) -> None:
        """Take a vote back."""
        with self._database.write() as connection:
            connection.execute(sa.delete(votes).where(_same(session, round)))

    def votes(self, video_ids: Collection[str] | None = None) -> list[dict[str, Any]]:
        """Every vote of a blind comparison, the oldest first; or those where both takes are among these.

        Each has session and round, which tell it from every other, ids left and right, choice, winner, by and at.
        """
        with self._database.read() as connection:
            found = connection.execute(sa.select(votes).order_by(votes.c.at, votes.c.session, votes.c.round)).mappings()
            rows = [{told: row[name] for name, told in _VOTE.items()} for row in found]
        for row in rows:
            row["at"] = datetime.fromtimestamp(row["at"], UTC).isoformat(timespec="seconds")
        return [row for row in rows if video_ids is None or {row["left"], row["right"]} <= set(video_ids)]


def whoever() -> str:
    """Who is at work, as JupyterHub or the operating system names them; empty where neither does."""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, or a system without users
        return ""


_RATING = tuple(field.name for field in fields(Rating))
_VOTE: Mapping[str, str] = {
    "session": "session",
    "round": "round",
    "first": "left",
    "second": "right",
    "choice": "choice",
    "winner": "winner",
    "person": "by",
    "at": "at",
}
"""The columns, by what people call them: left, right and by are words of SQL."""
_NOBODY: Mapping[str, Any] = {"rating": None, "rated_by": None, "rated_at": None}


def _same(session: str, round: int) -> sa.ColumnElement[bool]:
    return (votes.c.session == session) & (votes.c.round == round)
