"""Reads the fields that the shapes share, and judges them. Whatever is wrong is a `Refusal`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sora_nb.models import MENTION, SIZE
from sora_nb.simulator.profiles import Model
from sora_nb.simulator.records import Family
from sora_nb.simulator.refusal import Refusal, invalid, shown
from sora_nb.simulator.world import World
from sora_nb.timerange import plain

PROMPT_MAX = 32_000
NAME_MAX = 200
SIDE_MIN, SIDE_MAX = 32, 1920
SECONDS_MIN, SECONDS_MAX = 1, 60

_HUGE = 10**9
"""No number here is as large; neither is one that is no number."""

_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")


def refuse_unknown(fields: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse fields that would be ignored, since silence would look like success."""
    for name in fields:
        if name not in known:
            message = f"Unknown parameter: {shown(name)}. This endpoint knows {', '.join(known)}."
            raise invalid(name, message, "unknown_parameter")


def text(fields: Mapping[str, Any], name: str, longest: int) -> str:
    """A required text of 1 to *longest* characters."""
    value = fields.get(name)
    if value is None:
        raise invalid(name, f"Missing required parameter: '{name}'.", "missing_required_parameter")
    if not isinstance(value, str):
        raise invalid(name, f"{name} must be a string, not {shown(value)}.", "invalid_type")
    if not 1 <= len(value) <= longest or not value.strip():
        raise invalid(name, f"{name} must have 1 to {longest} characters; it has {len(value.strip())}.")
    if not _is_unicode(value):
        raise invalid(name, f"{name} holds half a character (a lone surrogate), which is not text.")
    return value


def model(fields: Mapping[str, Any], world: World, family: Family) -> Model:
    """The model that is asked for, or the shape's default."""
    models = world.profile.models[family]
    name = fields.get("model", models[0].name)
    found = next((model for model in models if model.name == name), None)
    if found is None and isinstance(name, str) and 1 <= len(name) <= NAME_MAX and _is_unicode(name):
        found = next((replace(model, name=name) for model in models if model.any_name), None)
    if found is None:
        names = ", ".join(model.name for model in models)
        raise invalid("model", f"There is no model {shown(name)}. Choose one of {names}.")
    return found


def seconds_as_text(value: object, model: Model) -> float:
    """A length as OpenAI's shape writes it, such as `"8"`."""
    if not isinstance(value, str):
        raise invalid("seconds", f'seconds must be a string such as "8", not {shown(value)}.', "invalid_type")
    if not _NUMBER.fullmatch(value):
        raise invalid("seconds", f"{shown(value)} is not a number of seconds. {_lengths(model)}")
    return length("seconds", float(value), model)


def seconds_as_number(value: object, model: Model) -> float:
    """A length as the tutorials write it, a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid("duration", f"duration must be a whole number of seconds, not {shown(value)}.", "invalid_type")
    return length("duration", value, model)


def seconds_as_digits(value: object, model: Model) -> float:
    """A whole length as text, such as `"4"` but not `"4.0"`."""
    if not isinstance(value, str) or not re.fullmatch(r"[1-9][0-9]{0,3}", value):
        raise invalid("seconds", f'seconds must be digits such as "4", not {shown(value)}.', "invalid_type")
    return length("seconds", float(value), model)


def seconds_as_whole(value: object, model: Model) -> float:
    """A whole length as a number, which a form writes as text."""
    return length("seconds", float(whole({"seconds": value}, "seconds", _HUGE) or 0), model)


def seconds_as_float(value: object, model: Model) -> float:
    """A length as a number."""
    return length("seconds", number("seconds", value), model)


def number(name: str, value: object) -> float:
    """A number, which a form writes as text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < _HUGE:
        raise invalid(name, f"{name} must be a number, not {shown(value)}.", "invalid_type")
    return float(value)


def whole(fields: Mapping[str, Any], name: str, most: int) -> int | None:
    """A whole number from 1 to *most*, which a form writes as text; None where there is none."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid(name, f"{name} must be a whole number, not {shown(value)}.", "invalid_type")
    if not 1 <= value <= most:
        raise invalid(name, f"{name} must be 1 to {most}; it is {shown(value)}.")
    return value


def size(value: object, model: Model, param: str = "size") -> str:
    """A size such as `1280x720`."""
    if model.sizes:
        if value not in model.sizes:
            raise invalid(param, f"{model.name} does not make {shown(value)}. Choose one of {', '.join(model.sizes)}.")
        return str(value)
    match = SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise invalid(param, f"{shown(value)} is not a size. Write width and height, such as 1280x720.")
    if any(not SIDE_MIN <= int(side) <= SIDE_MAX or int(side) % 2 for side in match.groups()):
        message = f"{model.name} makes even sides of {SIDE_MIN} to {SIDE_MAX} pixels; {match[0]} is not that."
        raise invalid(param, message)
    return match[0]


def cast(prompt: str, ids: list[str], world: World, model: Model, *, every_mention: bool) -> tuple[str, ...]:
    """The characters of a video: those listed, then those that the prompt names as `@id`.

    A mention of what is not here is refused where it looks like an id or, with *every_mention*, in any case.
    """
    named = [name for name in MENTION.findall(prompt) if every_mention or name.startswith("char_")]
    wanted: dict[str, None] = {}
    for id_ in [*ids, *named]:
        try:
            wanted[world.character(id_).id] = None
        except Refusal as error:
            param = "characters" if id_ in ids else "prompt"
            raise invalid(
                param, f"There is no character {shown(id_)}. Create it first.", "character_not_found"
            ) from error
    if len(wanted) > model.max_characters:
        message = f"{model.name} takes {model.max_characters} characters in a video; {len(wanted)} are named."
        raise invalid("characters", message)
    return tuple(wanted)


def length(param: str, seconds: float, model: Model) -> float:
    """A length that *model* makes; *param* is the field that asks for it."""
    allowed = seconds in model.seconds if model.seconds else SECONDS_MIN <= seconds <= SECONDS_MAX
    if not allowed:
        raise invalid(param, f"{model.name} does not make {plain(seconds)} s. {_lengths(model)}")
    return float(seconds)


def _lengths(model: Model) -> str:
    if model.seconds:
        return f"Choose one of {', '.join(map(plain, model.seconds))}."
    return f"Choose {SECONDS_MIN} to {SECONDS_MAX}."


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
