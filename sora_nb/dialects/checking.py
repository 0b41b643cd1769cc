"""What a service would refuse, and what would be lost there, said before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from sora_nb.dialects.base import Cast, CharacterAsk, Service, VideoAsk, told_by
from sora_nb.dialects.prompts import mentions, names
from sora_nb.errors import ConfigError
from sora_nb.models import SIZE
from sora_nb.timerange import Finding, Level, plain

LEVELS: tuple[Level, ...] = ("error", "warning", "hint")

ASPECT_SLACK = 0.02
"""So far may the shapes of a clip and a video differ, as a share: 854x480 is 16:9 to the eye."""

DROPPED = {
    "ignored": "and drops one that it is sent without a word",
    "refused": "and refuses a request that names one",
    "passed_on": "and passes on one that it is sent",
    "untold": "and nobody says what it does with one",
}


def remarks(ask: VideoAsk, service: Service) -> list[Finding]:
    """Everything there is to say about a generation on *service*, the gravest first.

    An `error` is what would be refused, a `warning` what is lost or at risk, a `hint` what is only odd.
    Codes: `empty_prompt prompt_too_long bad_text bad_seconds bad_size odd_size unknown_character not_ready
    too_many_characters bad_name name_not_said no_characters reference_dropped aspect_mismatch retired`.
    """
    found = [*_prompt(ask, service), *_seconds(ask, service), *_size(ask, service), *_cast(ask, service)]
    found += [*_told(ask, service), *_aspect(ask, service), *_retired(service)]
    return sorted(found, key=lambda finding: LEVELS.index(finding.level))


def check_video(ask: VideoAsk, service: Service) -> list[str]:
    """Everything that *service* would refuse about a generation, each with the next step; empty where nothing."""
    return [finding.message for finding in remarks(ask, service) if finding.level == "error"]


def require_video(ask: VideoAsk, service: Service) -> None:
    """Raise `ConfigError` with all that `check_video` finds, if it finds anything."""
    if problems := check_video(ask, service):
        raise ConfigError(" ".join(problems))


def character_remarks(name: str, service: Service) -> list[Finding]:
    """Everything there is to say about a character called *name* on *service*, but for its range.

    Codes: `bad_name no_characters retired`.
    """
    found = [*_name(name, service), *_retired(service)]
    if not service.capabilities.native:
        found.append(Finding("warning", "no_characters", _instead(name, service)))
    return sorted(found, key=lambda finding: LEVELS.index(finding.level))


def check_character(ask: CharacterAsk, service: Service) -> list[str]:
    """What *service* would refuse about a character but for its range, which `timerange.check` judges."""
    ways = service.capabilities.character_ways
    given = {"clip": ask.clip, "url": ask.url, "task": ask.task_id}
    problems = [finding.message for finding in _name(ask.name, service)]
    if not any(given[way] is not None for way in ways):
        takes = " or ".join(
            {"clip": "the clip itself", "url": "a public address", "task": "a task id"}[w] for w in ways
        )
        problems.append(
            f"{service.title} takes {takes}; give {ask.name!r} that way." if ways else _instead(ask.name, service)
        )
    return problems


def require_character(ask: CharacterAsk, service: Service) -> None:
    """Raise `ConfigError` with all that `check_character` finds, if it finds anything."""
    if problems := check_character(ask, service):
        raise ConfigError(" ".join(problems))


def unsayable(text: object) -> str | None:
    """What is wrong with a *text* that no request and no database can hold; None where nothing is."""
    if not isinstance(text, str):
        return f"is {text!r} and no text"
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return "holds half a letter (a lone surrogate)"
    return "holds a NUL" if "\0" in text else None


def _error(code: str, message: str) -> Finding:
    return Finding("error", code, message)


def _prompt(ask: VideoAsk, service: Service) -> Iterable[Finding]:
    longest = service.capabilities.prompt_max
    if not ask.prompt.strip():
        yield _error("empty_prompt", "The prompt is empty. Say what is to be seen.")
    if (length := len(service.dialect.sent_prompt(ask))) > longest:
        with_cast = " with its characters' descriptions" if length > len(ask.prompt) else ""
        yield _error(
            "prompt_too_long",
            f"The prompt{with_cast} has {length} letters and {service.title} takes {longest}. "
            f"Shorten it by {length - longest}.",
        )
    for what, text in (("prompt", ask.prompt), ("model's name", ask.model)):
        if problem := unsayable(text):
            yield _error("bad_text", f"The {what} {problem}, which cannot be sent. Type it anew.")


def _seconds(ask: VideoAsk, service: Service) -> Iterable[Finding]:
    allowed, (least, most) = service.capabilities.seconds, service.capabilities.seconds_range
    if isinstance(ask.seconds, bool) or not isinstance(ask.seconds, (int, float)) or not math.isfinite(ask.seconds):
        default = plain(service.capabilities.default_seconds)
        yield _error("bad_seconds", f"seconds={ask.seconds!r} is not a number of seconds. Try seconds={default}.")
        return
    nearest = min(allowed, key=lambda length: abs(length - ask.seconds)) if allowed else None
    if nearest is None and not least <= ask.seconds <= most:
        nearest = min(max(ask.seconds, least), most)
    if nearest is not None and nearest != ask.seconds:
        makes = _lengths(allowed) if allowed else f"{plain(least)} to {plain(most)} s"
        yield _error(
            "bad_seconds",
            f"{service.title} makes {makes}, not {plain(ask.seconds)} s. Try seconds={plain(nearest)}.",
        )


def _size(ask: VideoAsk, service: Service) -> Iterable[Finding]:
    allowed, default = service.capabilities.sizes, service.capabilities.default_size
    match = SIZE.fullmatch(ask.size) if isinstance(ask.size, str) else None
    if match is None:
        yield _error(
            "bad_size", f'{ask.size!r} is not a size. Write width and height in pixels, such as size="{default}".'
        )
    elif allowed and ask.size not in allowed:
        yield _error("bad_size", f'{service.title} makes {_either(allowed)}, not {ask.size}. Try size="{default}".')
    elif max(longest := service.capabilities.side_max or 0, *map(int, match.groups())) > longest > 0:
        yield _error(
            "bad_size",
            f'{service.title} makes sides up to {longest} pixels, not {ask.size}. Try size="{default}".',
        )
    elif any(int(side) % 2 for side in match.groups()):
        even = "x".join(str(int(side) // 2 * 2) for side in match.groups())
        yield _error("odd_size", f'{ask.size} has an odd side, which a video cannot have. Try size="{even}".')


def _cast(ask: VideoAsk, service: Service) -> Iterable[Finding]:
    most = service.capabilities.max_characters
    if (count := len(ask.cast)) > most:
        yield _error(
            "too_many_characters",
            f"{service.title} takes at most {most} characters in a video, not {count} ({_handles(ask.cast)}). "
            "Leave some out.",
        )
    for one in ask.cast:
        yield from _name(one.name, service)
    known = [one.handle.casefold() for one in ask.cast]
    for handle in dict.fromkeys(mentions(ask.prompt)):
        if handle not in known:
            near = get_close_matches(handle, known, n=1)
            hint = f"Did you mean @{near[0]}?" if near else "Make it with create_character(), or leave out the @."
            yield _error("unknown_character", f"@{handle} is in the prompt and is no character of this video. {hint}")


def _told(ask: VideoAsk, service: Service) -> Iterable[Finding]:
    """How the service is told of the cast, and what of it is lost on the way."""
    if service.capabilities.native:
        yield from _told_natively(ask, service)
        return
    if not ask.cast:
        return
    yield Finding("warning", "no_characters", _instead(_handles(ask.cast), service))
    pictures = any(way != "words" for way in service.capabilities.reference_ways)
    for place, one in enumerate(ask.cast):
        dropped = place >= service.capabilities.max_references if pictures else not one.description.strip()
        if dropped:
            left = "its description" if one.description.strip() else "nothing but its name, so describe it"
            takes = f"{service.title} takes {service.capabilities.max_references} reference" if pictures else ""
            more = "" if service.capabilities.max_references == 1 else "s"
            why = f"{takes}{more} in a video. " if takes else ""
            yield Finding("warning", "reference_dropped", f"{why}@{one.handle} is told by {left}.")


def _told_natively(ask: VideoAsk, service: Service) -> Iterable[Finding]:
    can, said = service.capabilities, set(mentions(ask.prompt))
    for one in ask.cast:
        if not one.made:
            yield _error("not_ready", f"@{one.handle} is not on {service.title} yet. Create it there first.")
        if one.handle.casefold() in said or (can.naming == "name" and names(ask.prompt, one)):
            continue
        needs = "needs each name in the prompt" if can.naming == "name" else "knows who is meant by the prompt alone"
        yield Finding(
            "hint",
            "name_not_said",
            f"{service.title} {needs}, so {one.name} is put in front of it. Write @{one.handle}.",
        )


def _aspect(ask: VideoAsk, service: Service) -> Iterable[Finding]:
    video = _ratio(ask.size)
    for one in ask.cast:
        clip = _ratio(one.clip_size)
        if video is None or clip is None or abs(clip / video - 1) <= ASPECT_SLACK:
            continue
        becomes = "it may come out stretched" if service.capabilities.native else "it is fitted into the video's shape"
        yield Finding(
            "warning",
            "aspect_mismatch",
            f"The clip of @{one.handle} is {one.clip_size} and the video {ask.size}, which has another shape: "
            f"{becomes}. Choose a size of the clip's shape.",
        )


def _retired(service: Service) -> Iterable[Finding]:
    if service.retired is not None:
        yield Finding("warning", "retired", f"{service.title}: {service.note}")


def _name(name: str, service: Service) -> Iterable[Finding]:
    longest = service.capabilities.name_max
    if not name.strip():
        yield _error("bad_name", "A character has no name. Give it one.")
    if len(name) > longest:
        yield _error(
            "bad_name",
            f"The name {name[:20]!r}... has {len(name)} letters and {service.title} takes {longest}. Shorten it.",
        )


def _instead(who: str, service: Service) -> str:
    can = service.capabilities
    return (
        f"{service.title} makes no characters, {DROPPED[can.unknown_fields]}. "
        f"It is told of {who} by {told_by(can.reference_ways)}. How alike the video looks is left to its model."
    )


def _handles(cast: Sequence[Cast]) -> str:
    return ", ".join(f"@{one.handle}" for one in cast)


def _ratio(size: str | None) -> float | None:
    match = SIZE.fullmatch(size) if isinstance(size, str) else None
    return int(match[1]) / int(match[2]) if match else None


def _lengths(allowed: Sequence[float]) -> str:
    steps = range(int(allowed[0]), int(allowed[0]) + len(allowed))
    if len(allowed) > 2 and list(allowed) == list(steps):
        return f"whole seconds from {plain(allowed[0])} to {plain(allowed[-1])} s"
    return f"{_either([plain(length) for length in allowed])} s"


def _either(choices: Sequence[str]) -> str:
    return " or ".join([", ".join(choices[:-1]), choices[-1]] if len(choices) > 1 else choices)
