"""A stretch of time, what a service allows, and what is wrong with a choice.

Times are held in integer milliseconds, because `4.4 - 1.4` is not `3` in floats and a rule that
says "at most 3 seconds" must hold exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any, Literal, Protocol

from sora_nb.errors import ConfigError, RangeError

Level = Literal["error", "warning", "hint"]

_BEYOND = 1e9  # seconds, thirty years: no video is that long, and everything below is exact
_SLACK_MS = 100
_NUMBER = r"-?[0-9]{1,9}(?:\.[0-9]+)?"
_TEXT = re.compile(rf"({_NUMBER}),({_NUMBER})")
_LOOSE = re.compile(rf"\s*[\[(]?\s*({_NUMBER})\s*s?\s*(?:,|;|-|\u2013|to|\.\.)\s*({_NUMBER})\s*s?\s*[\])]?\s*")


@dataclass(frozen=True, order=True, slots=True, init=False)
class TimeRange:
    """A stretch of a video, from `start` to `end`, in seconds.

    It may be reversed or negative: judging is the work of `check`.

    >>> str(TimeRange(5, 8)), TimeRange.parse("10.5,15.2").seconds
    ('5,8', 4.7)
    """

    start_ms: int
    """Start in milliseconds."""
    end_ms: int
    """End in milliseconds."""

    def __init__(self, start: float, end: float) -> None:
        object.__setattr__(self, "start_ms", _to_ms(start))
        object.__setattr__(self, "end_ms", _to_ms(end))

    @classmethod
    def from_ms(cls, start_ms: int, end_ms: int) -> TimeRange:
        """The range between two whole numbers of milliseconds."""
        span = object.__new__(cls)
        object.__setattr__(span, "start_ms", int(start_ms))
        object.__setattr__(span, "end_ms", int(end_ms))
        return span

    @classmethod
    def parse(cls, text: object) -> TimeRange:
        """Read `"start,end"` in seconds, as the services write it: no spaces, no brackets, no units.

        Raises `RangeError` for anything else; its finding holds the mended text where one can be guessed.
        """
        if isinstance(text, str) and (match := _TEXT.fullmatch(text)):
            return cls.from_ms(_text_to_ms(match[1]), _text_to_ms(match[2]))
        finding = _bad_format(text)
        raise RangeError(finding.message, [finding])

    @classmethod
    def of(cls, value: TimeRange | str | tuple[float, float]) -> TimeRange:
        """A range from a range, from text, or from a pair such as a picker's `value`."""
        if isinstance(value, TimeRange):
            return value
        if isinstance(value, tuple) and len(value) == 2 and all(_is_number(x) for x in value):
            return cls(*value)
        return cls.parse(value)

    @property
    def start(self) -> float:
        """Start in seconds."""
        return self.start_ms / 1000

    @property
    def end(self) -> float:
        """End in seconds."""
        return self.end_ms / 1000

    @property
    def seconds(self) -> float:
        """Length in seconds, negative where the ends are swapped."""
        return (self.end_ms - self.start_ms) / 1000

    def __str__(self) -> str:
        return f"{plain(self.start)},{plain(self.end)}"

    def __repr__(self) -> str:
        return f"TimeRange({plain(self.start)}, {plain(self.end)})"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on a range: what is wrong, the value, and what to do."""

    level: Level
    """`error` stops, `warning` and `hint` never do."""
    code: str
    """A stable word: `bad_format negative_start reversed past_end too_short too_long unknown_length` ..."""
    message: str
    """One or two plain sentences."""
    fix: TimeRange | None = None
    """A range that would pass, where there is one."""
    value: float | None = None
    """What was measured, in the unit that the message names."""
    at: float | None = None
    """Where in the video it begins, in seconds."""


class Watched(Protocol):
    """A video whose pictures were looked at, such as a `Track`."""

    def findings(self, span: TimeRange, limits: Limits) -> Sequence[Finding]:
        """What there is to say about *span* by its pictures."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What a service allows a range to be, as data. All figures are seconds; None means no such rule."""

    name: str
    """Named in every message, so that nobody wonders whose rule it was."""
    min_seconds: float | None = None
    """Shorter is an error."""
    max_seconds: float | None = None
    """Longer is an error."""
    warn_below: float | None = None
    """Shorter is accepted and likely to disappoint."""
    warn_above: float | None = None
    """Longer is accepted and likely to disappoint."""
    advised: tuple[float, float] | None = None
    """What the service's own guide calls best."""


TUTORIAL = Limits("tutorial", min_seconds=1, warn_above=10, advised=(3, 5))
"""The first tutorial: at least 1 s, a warning over 10 s, 3 to 5 s advised."""

APIYI = Limits("apiyi", min_seconds=1, max_seconds=3)
"""The second tutorial and its gateways: 1 to 3 s, hard."""

OPENAI = Limits("openai", min_seconds=0.1, warn_below=2, warn_above=4, advised=(2, 4))
"""OpenAI's guide: clips of 2 to 4 s work best. It is advice; the floor is only that a clip has frames."""

REFERENCE = Limits("reference", min_seconds=0.1, advised=(2, 4))
"""Where a character is only shown to a service, as a frame or a clip, no one sets a rule. The advice is OpenAI's."""

LIMITS: dict[str, Limits] = {limits.name: limits for limits in (TUTORIAL, APIYI, OPENAI, REFERENCE)}
"""The rule sets by name."""


def limits_of(limits: Limits | str) -> Limits:
    """The rule set itself, or the one of that name; `ConfigError` where there is none."""
    if isinstance(limits, Limits):
        return limits
    if limits not in LIMITS:
        raise ConfigError(f"No limits are called {limits!r}. Known: {', '.join(LIMITS)}.")
    return LIMITS[limits]


def check(
    span: TimeRange | str | tuple[float, float],
    limits: Limits | str = TUTORIAL,
    duration: float | None = None,
    track: Watched | None = None,
) -> list[Finding]:
    """Everything there is to say about *span* under *limits*, the gravest first.

    *limits* may be named: `tutorial`, `apiyi`, `openai`, `reference`. *duration* is the video's length in seconds,
    None where neither you nor *track* know it. *track* is what `scan` saw of the video; what its pictures say comes
    behind the rules.
    """
    limits = limits_of(limits)
    if duration is None:
        duration = getattr(track, "duration", None)
    try:
        span = TimeRange.of(span)
    except RangeError:
        return [_bad_format(span, limits, duration)]
    findings = [*_judge(span, limits, duration), *(track.findings(span, limits) if track is not None else ())]
    return sorted(findings, key=lambda finding: ("error", "warning", "hint").index(finding.level))


def require(
    span: TimeRange | str | tuple[float, float], limits: Limits, duration: float | None = None
) -> tuple[TimeRange, list[Finding]]:
    """The range and what was found, or `RangeError` where an error was among it."""
    findings = check(span, limits, duration)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise RangeError(" ".join(finding.message for finding in errors), findings)
    return TimeRange.of(span), findings


def within(span: TimeRange, duration: float) -> TimeRange:
    """The range, ended with the video where it ends up to 0.1 s after it.

    A browser's clock runs to the end of the sound, which an encoder may leave a little behind the picture.
    """
    end_ms = _to_ms(duration)
    return TimeRange.from_ms(span.start_ms, end_ms) if end_ms < span.end_ms <= end_ms + _SLACK_MS else span


def validate_timestamps(timestamps: str, video_duration: float | None = None) -> tuple[bool, str]:
    """The tutorial's own question, answered: may I send this? A warning does not make it False.

    >>> validate_timestamps("5,8", 30)
    (True, '5,8 lasts 3 s and passes the tutorial rules.')
    """
    findings = check(timestamps, TUTORIAL, video_duration)
    valid = all(finding.level != "error" for finding in findings)
    told = [f.message for f in findings if f.level == ("warning" if valid else "error")]
    if told:
        return valid, " ".join(told)
    return True, f"{timestamps} lasts {plain(TimeRange.of(timestamps).seconds)} s and passes the tutorial rules."


def plain(seconds: float) -> str:
    """Seconds as people write them: `5`, `10.5`, `0.125`."""
    return f"{round(seconds, 3) + 0.0:.3f}".rstrip("0").rstrip(".")  # + 0.0 takes the sign off a zero


def mend(span: TimeRange, limits: Limits, duration: float | None = None, *, advised: bool = False) -> TimeRange | None:
    """The range nearest to *span* that breaks no rule, or None where the video is too short for one.

    With *advised* it also keeps to what the service advises.
    """
    shortest = _to_ms(max(limits.min_seconds or 0, limits.warn_below or 0 if advised else 0)) or 1
    longest = min(
        _to_ms(value) if value is not None else 2**53
        for value in (limits.max_seconds, limits.warn_above if advised else None)
    )
    if advised and limits.advised:
        shortest = max(shortest, _to_ms(limits.advised[0]))
        longest = min(longest, _to_ms(limits.advised[1]))
    room = _to_ms(duration) if duration is not None else 2**53
    if shortest > room:
        return None
    start, end = sorted((span.start_ms, span.end_ms))
    length = max(shortest, min(end - start, longest, room))
    start = max(0, min(start, room - length))
    return TimeRange.from_ms(start, start + length)


def _judge(span: TimeRange, limits: Limits, duration: float | None) -> Iterable[Finding]:
    fix = mend(span, limits, duration)
    try_ = f" Try {fix}." if fix is not None else ""
    length = plain(span.seconds)
    if span.start_ms < 0:
        yield Finding("error", "negative_start", f"{span} starts before the video does.{try_}", fix)
    if span.end_ms <= span.start_ms:
        yield Finding(
            "error", "reversed", f"{span}: the end, {plain(span.end)} s, must come after the start.{try_}", fix
        )
        return
    if duration is None:
        yield Finding(
            "warning",
            "unknown_length",
            f"The video's length is not known here, so nothing says that {span} lies inside it.",
        )
    elif span.end_ms > _to_ms(duration):
        yield Finding("error", "past_end", f"{span} ends after the video, which lasts {plain(duration)} s.{try_}", fix)
    yield from _judge_length(span, limits, duration, length, try_, fix)


def _judge_length(
    span: TimeRange, limits: Limits, duration: float | None, length: str, try_: str, fix: TimeRange | None
) -> Iterable[Finding]:
    ms = span.end_ms - span.start_ms
    lasts = f"{span} lasts {length} s; "
    least, most = limits.min_seconds, limits.max_seconds
    if (least is not None and ms < _to_ms(least)) or (most is not None and ms > _to_ms(most)):
        allows = f"{limits.name} allows {_window(least, most)}."
        code = "too_short" if least is not None and ms < _to_ms(least) else "too_long"
        if fix is None and duration is not None:
            try_ = " The whole video is shorter; use a longer one."
        yield Finding("error", code, f"{lasts}{allows}{try_}", fix)
        return
    best = mend(span, limits, duration, advised=True)
    try_best = f" Try {best}." if best is not None else ""
    if limits.warn_below is not None and ms < _to_ms(limits.warn_below):
        advice = f"{limits.name} works best with {_window(limits.warn_below, limits.warn_above)}."
        yield Finding("warning", "too_short", f"{lasts}{advice}{try_best}", best)
    elif limits.warn_above is not None and ms > _to_ms(limits.warn_above):
        advice = f"{limits.name} works best with {_window(limits.warn_below, limits.warn_above)}."
        yield Finding("warning", "too_long", f"{lasts}{advice}{try_best}", best)
    elif limits.advised and not _to_ms(limits.advised[0]) <= ms <= _to_ms(limits.advised[1]):
        code = "too_short" if ms < _to_ms(limits.advised[0]) else "too_long"
        yield Finding("hint", code, f"{lasts}{limits.name} advises {_window(*limits.advised)}.{try_best}", best)


def _window(least: float | None, most: float | None) -> str:
    if least is None:
        return f"up to {plain(most or 0)} s"
    return f"{plain(least)} s or more" if most is None else f"{plain(least)} to {plain(most)} s"


def _bad_format(value: object, limits: Limits | None = None, duration: float | None = None) -> Finding:
    """What is wrong with the spelling; the range that was probably meant keeps the rules as well."""
    shown = repr(value)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    what = "is not a range" if isinstance(value, (str, tuple)) else f"is a {type(value).__name__}, not text"
    rule = 'a range is text such as "5,8": two numbers of seconds, one comma, no spaces'
    fix = _guess(value)
    if fix is not None and limits is not None:
        fix = mend(fix, limits, duration)
    next_step = f' Try "{fix}".' if fix is not None else ""
    return Finding("error", "bad_format", f"{shown} {what}; {rule}.{next_step}", fix)


def _guess(value: object) -> TimeRange | None:
    if isinstance(value, str) and (match := _LOOSE.fullmatch(value)):
        return TimeRange.from_ms(_text_to_ms(match[1]), _text_to_ms(match[2]))
    if isinstance(value, list) and len(value) == 2 and all(_is_number(x) for x in value):
        return TimeRange(*value)
    return None


def _is_number(value: Any) -> bool:
    number: Any = value if not isinstance(value, bool) and isinstance(value, Real) else _BEYOND
    return bool(-_BEYOND < number < _BEYOND)


def _to_ms(seconds: float) -> int:
    if not _is_number(seconds):
        raise RangeError(f"{seconds!r} is not a number of seconds.")
    return round(float(seconds) * 1000)


def _text_to_ms(text: str) -> int:
    return int((Decimal(text) * 1000).to_integral_value())
