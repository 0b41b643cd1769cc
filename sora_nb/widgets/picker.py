"""Choose a stretch of a video by eye: `picker.value == (5.0, 8.0)`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.html import Html
from sora_nb.models import web_address
from sora_nb.timerange import TUTORIAL, Finding, Limits, TimeRange, check, limits_of
from sora_nb.video import Track
from sora_nb.video.bins import bins
from sora_nb.video.guarded import probe
from sora_nb.widgets import assets
from sora_nb.widgets.bundle import with_static
from sora_nb.widgets.feed import Feed, source_name
from sora_nb.widgets.ranges import Boxed, NamedRange, Ranges, Seconds, Span, place_of
from sora_nb.widgets.static import picker_card
from sora_nb.widgets.told import Suggested, drawn_limits, findings_data, first_span, suggestion_chips

UNITS = ("clock", "seconds", "frames")
"""How times are written: `01:05.250`, `65.25 s`, or `1566f`."""


class RangePicker(anywidget.AnyWidget):
    """A video with a two-handle range over its filmstrip, and what the service would say about the range.

    *source* is a path, an http address, or anything with a `.path`, such as a finished `Video`. One video may hold
    several ranges, each for a character of its own; `value` and `box` are those of the selected one.
    """

    _esm = assets.module("picker/picker.js")
    _css = assets.style()

    value = Seconds((0.0, 0.0)).tag(sync=True)
    """The selected range in seconds. Both ways: a drag sets it, and so does Python."""
    current_time = traitlets.Float(0.0).tag(sync=True)
    """Where the playhead is, in seconds. Both ways: to set it is to seek. While it plays, four times a second."""
    ranges = Ranges([]).tag(sync=True)
    """All ranges as plain data: `name start end box box_at`; `named` has them as objects. Both ways."""
    selected = traitlets.Int(0).tag(sync=True)
    """Which of `ranges` is `value`, from 0. Both ways."""
    box = Boxed(None).tag(sync=True)
    """Who it is about: left, top, width and height in shares of the picture, or None. Both ways."""
    box_at = traitlets.Float(None, allow_none=True).tag(sync=True)
    """The second of the video at which the box was drawn, None without one. Both ways."""
    unit = traitlets.Enum(UNITS, "clock").tag(sync=True)
    """How times are shown: `clock`, `seconds` or `frames`; any of them can be typed. Both ways."""
    duration = traitlets.Float(None, allow_none=True).tag(sync=True)
    """The video's length in seconds, None until known. Python to browser."""
    fps = traitlets.Float(None, allow_none=True).tag(sync=True)
    """Frames per second, None where unknown. Python to browser."""
    findings = traitlets.List(traitlets.Dict()).tag(sync=True)
    """What `remarks` holds, as plain data. Python to browser."""
    limits = traitlets.Dict().tag(sync=True)
    """The rules as data, to be drawn. Python to browser."""
    track = traitlets.Dict().tag(sync=True)
    """What `show_track` was given, in bins, empty until then. Python to browser."""
    suggestions = traitlets.List(traitlets.Dict()).tag(sync=True)
    """Ranges worth looking at, with the words for each. Python to browser."""

    def __init__(
        self,
        source: Any = None,
        *,
        limits: Limits | str = TUTORIAL,
        value: Span | None = None,
        duration: float | None = None,
        title: str | None = None,
    ) -> None:
        self._rules = limits_of(limits)
        self._source: Path | str | None = None
        self._title: str | None = None
        self._track: Track | None = None
        self._unseen: str | None = None
        self._feed = Feed(self.send, self._find, lambda key: self._title if key == "source" else None)
        super().__init__(limits=drawn_limits(self._rules))
        self.on_msg(self._hear)
        self.load(source, value=value, duration=duration, title=title)

    def load(
        self, source: Any, *, value: Span | None = None, duration: float | None = None, title: str | None = None
    ) -> None:
        """Show another video, with one range in it. Without *value* a first range is chosen that breaks no rule.

        *title* is what stands above it: by default the prompt of a generated video, else the file's name.
        Raises `VideoFileError` where the file cannot be used.
        """
        found = locate(source)
        fps = None
        if isinstance(found, Path):
            info = probe(found)
            fps, duration = info.fps, duration if duration is not None else info.duration
        span = TimeRange.of(value) if value is not None else first_span(self._rules, duration)
        self._source, self._track, self._unseen = found, None, None
        self._title = title or getattr(source, "prompt", None)
        with self.hold_trait_notifications():
            self.fps, self.duration = fps, duration
            self.ranges, self.selected = [NamedRange("", span)] if found is not None else [], 0
            self.value, self.box, self.box_at, self.current_time = span, None, None, 0.0
            self.track, self.suggestions = {}, []
        self._judge()
        self.send({"kind": "picker:reload"})

    def show_track(self, track: Track | None, suggestions: Iterable[Suggested] = ()) -> None:
        """Draw what `scan` saw behind the range, say it among the findings, and offer *suggestions* as buttons.

        May be called from any thread. A track of a video that is no longer shown belongs to nobody: load, then show.
        """
        self._track, self._unseen = track, None
        with self.hold_trait_notifications():
            self.track = bins(track) if track is not None else {}
            self.suggestions = suggestion_chips(suggestions)
        self._judge()

    def show_unseen(self, why: str) -> None:
        """Say among the findings, as a hint, why nobody looked at the pictures. May be called from any thread."""
        self._unseen = why
        self._judge()

    def seek(self, seconds: float) -> None:
        """Move the playhead in every view of this picker."""
        self.send({"kind": "picker:seek", "seconds": float(seconds)})

    def play(self, *, selection: bool = False) -> None:
        """Play in every view, muted as it stands; with *selection* from the range's start to its end."""
        self.send({"kind": "picker:play", "selection": selection})

    def pause(self) -> None:
        """Stop in every view."""
        self.send({"kind": "picker:pause"})

    def add(self, span: Span | None = None, name: str = "") -> NamedRange:
        """Add a range and select it; without *span* it is as long as the selected one and begins at the playhead."""
        if self._source is None:
            raise ConfigError("There is no video to choose in yet. Load one: picker.load(source).")
        if span is None:
            long = self.span.seconds
            room = self.current_time + long if self.duration is None else self.duration
            start = max(0.0, min(self.current_time, room - long))
            span = (start, start + long)
        new = NamedRange.of((name, span))
        with self.hold_trait_notifications():
            self.ranges = [*self.ranges, new.row()]
            self.selected = len(self.ranges) - 1
        return self.named[self.selected]

    def select(self, which: int | str) -> None:
        """Make another range the selected one, by its place or its name."""
        self.selected = place_of(which, self.ranges)

    def rename(self, which: int | str, name: str) -> None:
        """Call a range something else."""
        place = place_of(which, self.ranges)
        self.ranges = [row | {"name": name} if at == place else row for at, row in enumerate(self.ranges)]

    def remove(self, which: int | str) -> None:
        """Take a range away. The last one stays: `ConfigError`."""
        place = place_of(which, self.ranges)
        if len(self.ranges) == 1:
            raise ConfigError("This is the only range of the video. Move it instead, or add another one first.")
        with self.hold_trait_notifications():
            self.ranges = [row for at, row in enumerate(self.ranges) if at != place]
            self.selected = min(self.selected - (place < self.selected), len(self.ranges) - 1)

    def undo(self) -> None:
        """Take back the last change of a range or a box, as Ctrl+Z does. The open page remembers them."""
        self.send({"kind": "picker:undo"})

    def redo(self) -> None:
        """Do again what was taken back."""
        self.send({"kind": "picker:redo"})

    @property
    def source(self) -> Path | str | None:
        """The file or address that is shown."""
        return self._source

    @property
    def span(self) -> TimeRange:
        """The chosen range; `str(picker.span)` is what services are sent."""
        return TimeRange(*self.value)

    @property
    def named(self) -> list[NamedRange]:
        """Every range with its name and its box: `for one in picker.named: create(video, one.span, name=one.name)`."""
        return [NamedRange.of(row) for row in self.ranges]

    @property
    def remarks(self) -> list[Finding]:
        """What there is to say about the range, the gravest first."""
        if self._source is None:
            return []
        unseen = [Finding("hint", "not_looked_at", self._unseen)] if self._unseen is not None else []
        return [*check(self.span, self._rules, self.duration, self._track), *unseen]

    @traitlets.observe("value", "box", "box_at")
    def _keep_selected(self, _change: object) -> None:
        if self.selected < len(self.ranges):
            row = self.ranges[self.selected]
            box = list(self.box) if self.box is not None else None
            at = self.box_at if box is not None else None
            now = row | {"start": self.value[0], "end": self.value[1], "box": box, "box_at": at}
            if now != row:
                self.ranges = [now if place == self.selected else other for place, other in enumerate(self.ranges)]

    @traitlets.observe("ranges", "selected")
    def _show_selected(self, _change: object) -> None:
        if not self.ranges:
            self.ranges = [NamedRange("", self.span)] if self._source is not None else []
        self.selected = max(0, min(self.selected, len(self.ranges) - 1))
        if self.ranges:
            row = self.ranges[self.selected]
            with self.hold_trait_notifications():
                self.value, self.box, self.box_at = (row["start"], row["end"]), row["box"], row["box_at"]

    @traitlets.observe("value", "duration")
    def _judge(self, _change: object = None) -> None:
        self.findings = findings_data(self.remarks)

    def _find(self, key: str) -> Path | str | None:
        return self._source

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        if self._feed.answer(content):
            return
        if content.get("kind") == "picker:duration" and self.duration is None:
            self.duration = float(content["seconds"])
        elif content.get("kind") == "picker:ping":
            self.send({"kind": "picker:pong", "view": content["view"]})

    @property
    def title(self) -> str:
        """What stands above the video: what was given, its prompt, or the file's name."""
        return self._title or (source_name(self._source) if self._source is not None else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.title!r}, value={str(self.span)!r}, limits={self._rules.name!r})"

    def _static(self) -> Html:
        return picker_card(self._source, self.span, self.remarks, self.duration, title=self.title, named=self.named)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_static(super()._repr_mimebundle_(**kwargs), self._static)


def pick(
    source: Any, *, limits: Limits | str = TUTORIAL, value: Span | None = None, duration: float | None = None
) -> RangePicker:
    """A picker over *source*: show it, choose, then read `.value` or `.span`."""
    return RangePicker(source, limits=limits, value=value, duration=duration)


def locate(source: Any) -> Path | str | None:
    """The file or address behind what a person gave; `ConfigError` or `VideoFileError` where there is none."""
    if source is None or source == "":
        return None
    if isinstance(source, str) and source.lower().startswith(("http://", "https://")):
        return web_address(source)
    if isinstance(source, (str, os.PathLike)) and not hasattr(source, "path"):
        path = Path(source).expanduser()
        if not path.exists():
            raise VideoFileError(
                f"There is no file {str(source)!r}. Give a path, an http address, or a finished video."
            )
        return path
    if not hasattr(source, "path"):
        raise ConfigError(f"A {type(source).__name__} is no video. Give a path, an http address, or a finished video.")
    if source.path is None:
        raise ConfigError("This video has no file yet. Wait for it, then show it: video.wait().")
    return Path(source.path)
