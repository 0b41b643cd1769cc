"""Choose a stretch of a video by eye: `picker.value == (5.0, 8.0)`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeAlias

import anywidget
import traitlets

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.timerange import TUTORIAL, Finding, Limits, TimeRange, check, limits_of, mend, plain
from sora_nb.video.guarded import probe
from sora_nb.widgets import assets
from sora_nb.widgets.bundle import with_static
from sora_nb.widgets.feed import Feed, source_name
from sora_nb.widgets.static import picker_card

Span: TypeAlias = TimeRange | str | tuple[float, float]

STARTING_SECONDS = 4
"""How much is selected before anyone chose, where the service's limits allow it."""


class Seconds(traitlets.TraitType[tuple[float, float], Any]):
    """A trait that holds `(start, end)` in seconds, and also takes `"5,8"` and a `TimeRange`."""

    def validate(self, obj: Any, value: Any) -> tuple[float, float]:
        """The pair, rounded to milliseconds; `RangeError` where it is no range."""
        span = TimeRange.of(tuple(value) if isinstance(value, list) else value)
        return span.start, span.end


class RangePicker(anywidget.AnyWidget):
    """A video with a two-handle range over its filmstrip, and what the service would say about the range.

    *source* is a path, an http address, or anything with a `.path`, such as a finished `Video`.
    """

    _esm = assets.module("picker.js")
    _css = assets.style("picker.css")

    value = Seconds((0.0, 0.0)).tag(sync=True)
    """The range in seconds. Both ways: a drag sets it, and so does Python."""
    current_time = traitlets.Float(0.0).tag(sync=True)
    """Where the playhead is, in seconds. Browser to Python; `seek` goes the other way."""
    duration = traitlets.Float(None, allow_none=True).tag(sync=True)
    """The video's length in seconds, None until known. Python to browser."""
    fps = traitlets.Float(None, allow_none=True).tag(sync=True)
    """Frames per second, None where unknown. Python to browser."""
    findings = traitlets.List(traitlets.Dict()).tag(sync=True)
    """What `remarks` holds, as plain data. Python to browser."""
    limits = traitlets.Dict().tag(sync=True)
    """The rules as data, to be drawn. Python to browser."""

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
        self._feed = Feed(self.send, self._find, lambda key: self._title if key == "source" else None)
        super().__init__(limits=drawn_limits(self._rules))
        self.on_msg(self._hear)
        self.load(source, value=value, duration=duration, title=title)

    def load(
        self, source: Any, *, value: Span | None = None, duration: float | None = None, title: str | None = None
    ) -> None:
        """Show another video. Without *value* a first range is chosen that breaks no rule.

        *title* is what stands above it: by default the prompt of a generated video, else the file's name.
        Raises `VideoFileError` where the file cannot be used.
        """
        found = locate(source)
        fps = None
        if isinstance(found, Path):
            info = probe(found)
            fps, duration = info.fps, duration if duration is not None else info.duration
        span = TimeRange.of(value) if value is not None else first_span(self._rules, duration)
        self._source = found
        self._title = title or getattr(source, "prompt", None)
        with self.hold_trait_notifications():
            self.fps, self.duration, self.value = fps, duration, span
        self._judge()
        self.send({"kind": "picker:reload"})

    def seek(self, seconds: float) -> None:
        """Move the playhead in every view of this picker."""
        self.send({"kind": "picker:seek", "seconds": float(seconds)})

    @property
    def source(self) -> Path | str | None:
        """The file or address that is shown."""
        return self._source

    @property
    def span(self) -> TimeRange:
        """The chosen range; `str(picker.span)` is what services are sent."""
        return TimeRange(*self.value)

    @property
    def remarks(self) -> list[Finding]:
        """What there is to say about the range, the gravest first."""
        return check(self.span, self._rules, self.duration) if self._source is not None else []

    @traitlets.observe("value", "duration")
    def _judge(self, _change: object = None) -> None:
        self.findings = findings_data(self.remarks)

    def _find(self, key: str) -> Path | str | None:
        return self._source

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        if not self._feed.answer(content) and content.get("kind") == "picker:duration" and self.duration is None:
            self.duration = float(content["seconds"])

    @property
    def title(self) -> str:
        """What stands above the video: what was given, its prompt, or the file's name."""
        return self._title or (source_name(self._source) if self._source is not None else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.title!r}, value={str(self.span)!r}, limits={self._rules.name!r})"

    def _static(self) -> str:
        return picker_card(self._source, self.span, self.remarks, self.duration, title=self.title)

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
        return source
    if isinstance(source, (str, os.PathLike)):
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


def drawn_limits(limits: Limits) -> dict[str, Any]:
    """The rules as the page draws them, with the words that it shows."""
    least, most = limits.min_seconds, limits.max_seconds
    if most is not None:
        window = f"{plain(least or 0)} to {plain(most)} s"
    else:
        window = f"at least {plain(least)} s" if least is not None else "any length"
    best = f", best {plain(limits.advised[0])} to {plain(limits.advised[1])} s" if limits.advised else ""
    return {
        "min_seconds": limits.min_seconds,
        "max_seconds": limits.max_seconds,
        "warn_above": limits.warn_above,
        "advised": list(limits.advised) if limits.advised else None,
        "words": f"{limits.name}: {window}{best}",
        "passes": f"Passes the {limits.name} rules.",
    }


def first_span(limits: Limits, duration: float | None) -> TimeRange:
    """A range that breaks no rule, for a start."""
    wish = TimeRange(0, STARTING_SECONDS)
    return mend(wish, limits, duration, advised=True) or mend(wish, limits, duration) or TimeRange(0, duration or 0)


def findings_data(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings as plain data, each fix once, with the words for its button."""
    rows = []
    offered: set[TimeRange | None] = {None}
    for finding in findings:
        row: dict[str, Any] = {"level": finding.level, "code": finding.code, "message": finding.message}
        if finding.fix is not None and finding.fix not in offered:
            row |= {"fix": [finding.fix.start, finding.fix.end], "fix_text": f"Use {finding.fix}"}
        offered.add(finding.fix)
        rows.append(row)
    return rows
