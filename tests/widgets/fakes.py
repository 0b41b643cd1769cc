"""A studio without a service: jobs move when the test says so."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from sora_nb.errors import ConfigError
from sora_nb.library.files import Files
from sora_nb.library.incoming import Incoming
from sora_nb.models import CharacterRecord, VideoRecord, VideoRequest, handle_of
from sora_nb.timerange import APIYI, Finding, Limits, TimeRange, require
from sora_nb.widgets import CompareGrid

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

    def resend(self) -> None:
        if self.record.status != "unknown":
            raise ConfigError(f"{self.id} is {self.record.status}: nothing was lost.")
        self.move(status="queued", error=None)

    def stop(self) -> bool:
        if self.record.status != "queued":
            return False
        self.move(status="cancelled", error="Stopped before it was sent.")
        return True


class FakeCharacter(FakeHandle):
    @property
    def name(self) -> str:
        return self.record.name

    @property
    def handle(self) -> str:
        return self.record.handle


class FakePrepared:
    """A request that was checked."""

    def __init__(self, studio: FakeStudio, request: VideoRequest) -> None:
        self._studio = studio
        self.request = request
        self.remarks = studio.remarks

    @property
    def est_cost_usd(self) -> float | None:
        return self._studio.estimate(self.request.seconds)

    @property
    def there(self) -> bool:
        return any(video.record.request == self.request for video in self._studio.made)

    def submit(self, axes: dict[str, Any] | None = None) -> FakeVideo:
        return self._studio.submit(self.request, axes or {})


class FakeSweep:
    """A grid of takes; all are prepared before one is asked for."""

    def __init__(self, studio: FakeStudio, template: str, axes: dict[str, Any]) -> None:
        self._studio, self.template, self.axes = studio, template, axes
        self.videos: tuple[FakeVideo, ...] = ()

    def run(self) -> FakeSweep:
        settings = ("seconds", "size", "model", "take")
        prepared = []
        for values in itertools.product(*self.axes.values()):
            point = dict(zip(self.axes, values, strict=True))
            words = {name: value for name, value in point.items() if name not in settings}
            options = {name: value for name, value in point.items() if name in settings}
            prepared.append((point, self._studio.prepare(self.template.format(**words), **options)))
        self.videos = tuple(one.submit({k: str(v) for k, v in point.items()}) for point, one in prepared)
        return self


class FakeStudio:
    """Keeps what it is asked for in lists; nothing happens by itself."""

    def __init__(
        self,
        limits: Limits = APIYI,
        *,
        simulated: bool = False,
        price: float | None = 0.1,
        folder: str = "library",
    ) -> None:
        self.service_name = "fake"
        self.simulated = simulated
        self.folder = Path(folder)
        self.limits = limits
        self.price = price
        self.made: list[FakeVideo] = []
        self.people: list[FakeCharacter] = []
        self.boxed: list[dict[str, Any]] = []
        self.looked_at: list[Any] = []
        self.remarks: tuple[Finding, ...] = ()
        self.capabilities = SimpleNamespace(
            models=("fake-1", "fake-2"),
            usd_per_character=0.5,
            seconds=(4, 8, 12),
            seconds_range=(4, 12),
            sizes=("1280x720", "720x1280"),
            default_seconds=4,
            default_size="1280x720",
            max_characters=2,
            native=True,
            needs_key=True,
        )

    def create_character(
        self, source: Any, span: Any, *, name: str, description: str = "", **boxed: Any
    ) -> FakeCharacter:
        self.boxed.append(boxed)
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

    def prepare(
        self,
        prompt: str,
        *,
        seconds: float | None = None,
        size: str | None = None,
        model: str = "fake-1",
        take: int = 1,
    ) -> FakePrepared:
        if "@nobody" in prompt:
            raise ConfigError("There is no character @nobody. Create it first.")
        if (seconds or 4) not in self.capabilities.seconds:
            raise ConfigError(f"fake makes 4, 8 or 12 s, not {seconds}.")
        return FakePrepared(self, VideoRequest(prompt, seconds or 4, size or "1280x720", model or "fake-1", take=take))

    def generate(self, prompt: str, **options: Any) -> FakeVideo:
        return self.prepare(prompt, **options).submit()

    def sweep(self, template: str, **axes: Any) -> FakeSweep:
        return FakeSweep(self, template, axes)

    def compare(self, videos: Any, **options: Any) -> CompareGrid:
        return CompareGrid(videos, **options)

    def receive(self, name: str, size: int) -> Incoming:
        return Incoming(Files(self.folder / "files"), name, size)

    def submit(self, request: VideoRequest, axes: dict[str, Any]) -> FakeVideo:
        known = next((video for video in self.made if video.record.request == request), None)
        if known is not None:
            return known
        record = VideoRecord(
            f"vid_{len(self.made)}",
            self.service_name,
            request,
            submitted_at=SENT,
            axes=axes,
            sweep="swp_1" if axes else None,
            est_cost_usd=self.estimate(request.seconds),
            simulated=self.simulated,
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

    def show_seen(self, source: Any, picker: Any) -> None:
        self.looked_at.append(source)

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
