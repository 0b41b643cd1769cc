"""Which pictures and clips go along where a service makes no characters."""

from __future__ import annotations

from dataclasses import replace

from sora_nb.dialects.base import Capabilities, Cast


def fitting(cast: tuple[Cast, ...], can: Capabilities) -> tuple[Cast, ...]:
    """The cast with as many pictures or clips as the service takes, each in the best way there is a file for.

    Whoever comes after the last is left with words; `remarks` names them.
    """
    left = can.max_references
    told: list[Cast] = []
    for one in cast:
        if not one.made:
            one = _shown(one, can) if left > 0 else replace(one, image=None, clip=None)
            left -= one.image is not None or one.clip is not None
        told.append(one)
    return tuple(told)


def _shown(one: Cast, can: Capabilities) -> Cast:
    for way in can.reference_ways:
        if way in ("first_frame", "image") and one.image is not None:
            return replace(one, clip=None)
        if way == "clip" and one.clip is not None:
            return replace(one, image=None)
        if way == "words":
            break
    return replace(one, image=None, clip=None)
