"""What every kind of database has to tell and do in its own way; `sqlite` and `postgres` are the two there are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass

import sqlalchemy as sa

from sora_nb.errors import LibraryError

BUSY_SECONDS = 10.0
"""So long another kernel may be at work on the database."""

SLICE_SECONDS = 0.1
"""A transaction that waits to begin looks at least this often whether it is to give up."""

BUSY = f"Another kernel has been at work on it for {BUSY_SECONDS:.0f} s. Try again"


class Damaged(LibraryError):
    """What the database holds makes no sense any more."""


class Away(LibraryError):
    """The database cannot be reached now. Nothing is wrong with what it holds, as far as that can be told."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a database did not do what it was asked to."""

    words: str
    """What it says itself, without the values of a statement: one of them may be a prompt."""
    step: str = ""
    """What to do about it."""
    damaged: bool = False
    let_go: bool = False
    """The handle is not to be trusted any more."""
    away: bool = False
    """It could not be reached, and may be back later."""


class Kind(ABC):
    """One database, as its kind is spoken to."""

    engine: sa.Engine
    name: str
    """What it is called in sentences. There is no password in it."""
    mark: str
    """What tells its ledger from others in the same folder; empty where the folder is its own."""
    here: bool
    """Is it on this machine, so that nothing but another kernel keeps it from answering?"""

    @abstractmethod
    def identity(self) -> Hashable:
        """Which database stands at the address now; another one than before is opened anew.

        Raises `LibraryError` where there is none any more.
        """

    @abstractmethod
    def inspect(self, connection: sa.Connection) -> None:
        """Look whether it can be trusted, once it is opened. Raises `LibraryError` where it cannot."""

    @abstractmethod
    def reading(self) -> sa.Engine:
        """Whose transactions see one moment, write nothing, and lock out no one."""

    @abstractmethod
    def take_turn(self, connection: sa.Connection, turn: str) -> None:
        """Wait until nobody else has the *turn*, and have it to the end of the transaction, which has just begun.

        What others committed in their turn is seen afterwards.
        """

    @abstractmethod
    def clock(self, now: float) -> sa.ColumnElement[float]:
        """Seconds since 1970, by which leases run out for everyone alike; *now* is what this machine thinks."""

    @abstractmethod
    def refusal(self, cause: BaseException) -> Refusal | None:
        """What an error of the driver means; None where it is none of its own."""
