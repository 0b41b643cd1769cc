"""From our prompts, which name characters as `@handle`, to each way of naming them."""

from __future__ import annotations

import re
from collections.abc import Callable

from sora_nb.dialects.base import Cast
from sora_nb.models import MENTION


def with_ids(prompt: str, cast: tuple[Cast, ...]) -> str:
    """The prompt with `@id`, or the service's own `@handle` where it gave one, in place of ours.

    Whoever is not mentioned is put in front.

    >>> with_ids("@ada waves", (Cast("Ada", "ada", "char_1"),))
    '@char_1 waves'
    """
    said, silent = _say(prompt, cast, _by_id)
    return " ".join([*map(_by_id, silent), said])


def with_names(prompt: str, cast: tuple[Cast, ...]) -> str:
    """The prompt with the characters' names, letter by letter as they were created.

    OpenAI's guide asks for that beside the list of ids: the id alone is not enough. Whoever is
    neither mentioned nor named is put in front.

    >>> with_names("walks in a park", (Cast("Ada", "ada", "char_1"),))
    'Ada: walks in a park'
    """
    said, silent = _say(prompt, cast, lambda one: one.name)
    missing = [one.name for one in silent if not names(said, one)]
    return f"{' and '.join(missing)}: {said}" if missing else said


def with_descriptions(prompt: str, cast: tuple[Cast, ...]) -> str:
    """The prompt with the characters' names, and behind the first of each what it looks like.

    For services that make no characters. Whoever is made there, or has no description, is named as by
    `with_names`.

    >>> with_descriptions("@ada waves, @ada sings", (Cast("Ada", "ada", "", description="a woman with glasses"),))
    'Ada (a woman with glasses) waves, Ada sings'
    """
    told: set[str] = set()

    def introduced(one: Cast) -> str:
        words = " ".join(one.description.split()).rstrip(".")
        if one.made or not words or one.handle in told:
            return one.name
        told.add(one.handle)
        return f"{one.name} ({words})"

    said, silent = _say(prompt, cast, introduced)
    # A name in the prompt is no mention, so its description has not been told.
    missing = [introduced(one) for one in silent if not names(said, one) or (one.description and not one.made)]
    return f"{' and '.join(missing)}: {said}" if missing else said


def names(text: str, one: Cast) -> bool:
    """Does the text hold the character's name, as a word and letter by letter?"""
    return re.search(rf"(?<!\w){re.escape(one.name)}(?!\w)", text) is not None


def mentions(prompt: str) -> list[str]:
    """The handles that a prompt names, in small letters and in order."""
    return [match[1].casefold() for match in MENTION.finditer(prompt)]


def _by_id(one: Cast) -> str:
    return f"@{one.remote_handle or one.remote_id}"


def _say(prompt: str, cast: tuple[Cast, ...], name: Callable[[Cast], str]) -> tuple[str, list[Cast]]:
    """The prompt with the cast's mentions replaced, and those of the cast that it does not mention.

    A mention is always the longest word that can be one, so `@ada_2` never means `@ada`.
    """
    known = {one.handle.casefold(): one for one in cast}
    seen: set[str] = set()

    def replaced(match: re.Match[str]) -> str:
        handle = match[1].casefold()
        if handle not in known:
            return match[0]
        seen.add(handle)
        return name(known[handle])

    said = MENTION.sub(replaced, prompt)
    return said, [one for handle, one in known.items() if handle not in seen]
