"""What a service would refuse, said before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sora_nb.dialects.base import CharacterAsk, Service, VideoAsk
from sora_nb.errors import ConfigError
from sora_nb.models import SIZE
from sora_nb.timerange import plain


def check_video(ask: VideoAsk, service: Service) -> list[str]:
    """Everything that *service* would refuse about a generation, each with the next step; empty where nothing."""
    return [*_prompt(ask, service), *_seconds(ask, service), *_size(ask, service), *_cast(ask, service)]


def require_video(ask: VideoAsk, service: Service) -> None:
    """Raise `ConfigError` with all that `check_video` finds, if it finds anything."""
    if problems := check_video(ask, service):
        raise ConfigError(" ".join(problems))


def check_character(ask: CharacterAsk, service: Service) -> list[str]:
    """What *service* would refuse about a character but for its range, which `timerange.check` judges."""
    ways = service.capabilities.character_ways
    given = {"clip": ask.clip, "url": ask.url, "task": ask.task_id}
    problems = [*_name(ask.name, service)]
    if not any(given[way] is not None for way in ways):
        takes = " or ".join(
            {"clip": "the clip itself", "url": "a public address", "task": "a task id"}[w] for w in ways
        )
        problems.append(f"{service.name} takes {takes or 'no characters'}; give {ask.name!r} that way.")
    return problems


def require_character(ask: CharacterAsk, service: Service) -> None:
    """Raise `ConfigError` with all that `check_character` finds, if it finds anything."""
    if problems := check_character(ask, service):
        raise ConfigError(" ".join(problems))


def _prompt(ask: VideoAsk, service: Service) -> Iterable[str]:
    longest = service.capabilities.prompt_max
    if not ask.prompt.strip():
        yield "The prompt is empty. Say what is to be seen."
    if len(ask.prompt) > longest:
        over = len(ask.prompt) - longest
        yield f"The prompt has {len(ask.prompt)} letters and {service.name} takes {longest}. Shorten it by {over}."
    if any("\ud800" <= letter <= "\udfff" for letter in ask.prompt):
        yield "The prompt holds half a letter (a lone surrogate), which cannot be sent. Type it anew."


def _seconds(ask: VideoAsk, service: Service) -> Iterable[str]:
    allowed, (least, most) = service.capabilities.seconds, service.capabilities.seconds_range
    if isinstance(ask.seconds, bool) or not isinstance(ask.seconds, (int, float)) or not math.isfinite(ask.seconds):
        default = plain(service.capabilities.default_seconds)
        yield f"seconds={ask.seconds!r} is not a number of seconds. Try seconds={default}."
        return
    if allowed and ask.seconds not in allowed:
        nearest = min(allowed, key=lambda length: abs(length - ask.seconds))
        yield f"{service.name} makes {_lengths(allowed)}, not {plain(ask.seconds)} s. Try seconds={plain(nearest)}."
    if not allowed and not least <= ask.seconds <= most:
        window = f"{plain(least)} to {plain(most)} s"
        nearest = min(max(ask.seconds, least), most)
        yield f"{service.name} makes {window}, not {plain(ask.seconds)} s. Try seconds={plain(nearest)}."


def _size(ask: VideoAsk, service: Service) -> Iterable[str]:
    allowed, default = service.capabilities.sizes, service.capabilities.default_size
    match = SIZE.fullmatch(ask.size) if isinstance(ask.size, str) else None
    if match is None:
        yield f'{ask.size!r} is not a size. Write width and height in pixels, such as size="{default}".'
    elif allowed and ask.size not in allowed:
        yield f'{service.name} makes {_either(allowed)}, not {ask.size}. Try size="{default}".'
    elif max(longest := service.capabilities.side_max or 0, *map(int, match.groups())) > longest > 0:
        yield f'{service.name} makes sides up to {longest} pixels, not {ask.size}. Try size="{default}".'
    elif any(int(side) % 2 for side in match.groups()):
        even = "x".join(str(int(side) // 2 * 2) for side in match.groups())
        yield f'{ask.size} has an odd side, which a video cannot have. Try size="{even}".'


def _cast(ask: VideoAsk, service: Service) -> Iterable[str]:
    most = service.capabilities.max_characters
    if (count := len(ask.cast)) > most:
        names = ", ".join(f"@{one.handle}" for one in ask.cast)
        yield f"{service.name} takes at most {most} characters in a video, not {count} ({names}). Leave some out."
    for one in ask.cast:
        yield from _name(one.name, service)


def _name(name: str, service: Service) -> Iterable[str]:
    longest = service.capabilities.name_max
    if not name.strip():
        yield "A character has no name. Give it one."
    if len(name) > longest:
        yield f"The name {name[:20]!r}... has {len(name)} letters and {service.name} takes {longest}. Shorten it."


def _lengths(allowed: Sequence[float]) -> str:
    steps = range(int(allowed[0]), int(allowed[0]) + len(allowed))
    if len(allowed) > 2 and list(allowed) == list(steps):
        return f"whole seconds from {plain(allowed[0])} to {plain(allowed[-1])} s"
    return f"{_either([plain(length) for length in allowed])} s"


def _either(choices: Sequence[str]) -> str:
    return " or ".join([", ".join(choices[:-1]), choices[-1]] if len(choices) > 1 else choices)
