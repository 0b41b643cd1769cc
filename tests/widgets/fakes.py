"""A studio without a service: jobs move when the test says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from sora_nb.errors import ConfigError
from sora_nb.models import CharacterRecord, VideoRecord, VideoRequest, handle_of
from sora_nb.timerange import APIYI, Limits, TimeRange, require

SENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeHandle:
    """A job that moves when it is told to."""

    def __init__(self, record: VideoRecord | CharacterRecord) -> None:
        self.record = record
        self.watchers: list[Callable[[Any], None]] = []

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def status(self) -> str:
        return self.record.status

    @property
    def error(self) -> str | None:
        return self.record.error

    def on_change(self, callback: Callable[[Any], None]) -> Callable[[], None]:
        self.watchers.append(callback)
        return lambda: self.watchers.remove(callback)

    def move(self, **changes: Any) -> None:
        """The job is now so."""
        self.record = replace(self.record, **changes)
        for watcher in list(self.watchers):
            watcher(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


class FakeVideo(FakeHandle):
    @property
    def path(self) -> Path | None:
        return self.record.path

    @property
    def prompt(self) -> str:
        return self.record.request.prompt

    @property
    def rating(self) -> float | None:
        return self.record.rating

    @rating.setter
    def rating(self, value: float | None) -> None:
        self.rate(value)

    def rate(self, stars: float | None, by: str | None = None) -> None:
        if stars is not None and not 1 <= stars <= 5:
            raise ValueError(f"A rating is 1 to 5, not {stars}.")
        self.move(rating=stars, rated_by=by, rated_at=SENT)


class FakeCharacter(FakeHandle):
    @property
    def name(self) -> str:
        return self.record.name

    @property
    def handle(self) -> str:
        return self.record.handle


class FakeStudio:
    """Keeps what it is asked for in lists; nothing happens by itself."""

    def __init__(self, limits: Limits = APIYI, *, simulated: bool = False, price: float | None = 0.1) -> None:
        self.service_name = "fake"
        self.simulated = simulated
        self.folder = Path("library")
        self.limits = limits
        self.price = price
        self.made: list[FakeVideo] = []
        self.people: list[FakeCharacter] = []
        self.capabilities = SimpleNamespace(
            seconds=(4, 8, 12),
            seconds_range=(4, 12),
            sizes=("1280x720", "720x1280"),
            default_seconds=4,
            default_size="1280x720",
            max_characters=2,
            native=True,
            needs_key=True,
        )

    def create_character(self, source: Any, span: Any, *, name: str, description: str = "") -> FakeCharacter:
        if not name:
            raise ConfigError("A character's name has 1 to 80 letters, not 0.")
        span, _findings = require(TimeRange.of(span), self.limits)
        number = len(self.people)
        self.people.append(
            FakeCharacter(
                CharacterRecord(
                    id=f"chr_{number}",
                    name=name,
                    handle=handle_of(name),
                    description=description,
                    source_kind="file",
                    source=str(source),
                    span=span,
                    service=self.service_name,
                    simulated=self.simulated,
                )
            )
        )
        return self.people[-1]

    def generate(
        self, prompt: str, *, seconds: float | None = None, size: str | None = None, take: int = 1
    ) -> FakeVideo:
        if "@nobody" in prompt:
            raise ConfigError("There is no character @nobody. Create it first.")
        request = VideoRequest(prompt, seconds or 4, size or "1280x720", "fake-1", take=take)
        record = VideoRecord(
            f"vid_{len(self.made)}", self.service_name, request, submitted_at=SENT, simulated=self.simulated
        )
        self.made.append(FakeVideo(record))
        return self.made[-1]

    def finish(self, number: int, path: Path) -> None:
        """The video of that number is there."""
        done = SENT + timedelta(seconds=42)
        self.made[number].move(status="completed", progress=1.0, path=path, completed_at=done)

    def characters(self) -> list[FakeCharacter]:
        return list(self.people)

    def videos(self) -> list[FakeVideo]:
        return list(self.made)

    def characters_df(self) -> pd.DataFrame:
        rows = [{"name": one.name, "handle": one.handle, "service": one.record.service} for one in self.people]
        return pd.DataFrame(rows, columns=["name", "handle", "service"])

    def videos_df(self) -> pd.DataFrame:
        rows = [{"id": one.id, "prompt": one.prompt, "status": one.status} for one in self.made]
        return pd.DataFrame(rows, columns=["id", "prompt", "status"])

    def estimate(self, seconds: float, model: str | None = None) -> float | None:
        return None if self.price is None else self.price * seconds

    def resolve(self, source: Any) -> Path | str | None:
        found = next((video for video in self.made if video.id == source), None)
        if found is not None:
            return found.path
        if isinstance(source, str) and source.startswith("http"):
            return source
        if not Path(source).is_file():
            raise ConfigError(f"{source!r} is no address, no task id, and no file that is there. Check its spelling.")
        return Path(source)

    def __repr__(self) -> str:
        return "<FakeStudio>"
