"""Who is meant: from names, handles and mentions in a prompt to characters of the library."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from sora_nb.errors import ConfigError
from sora_nb.handles import Character
from sora_nb.library import CharacterRow, Library
from sora_nb.models import MENTION

CharacterLike = Character | str


def cast_of(prompt: str, given: Iterable[CharacterLike], library: Library) -> tuple[str, list[CharacterRow]]:
    """The prompt with every mention as a handle, and who is in it: first as mentioned, then as *given*.

    Raises `ConfigError` for a name that the library does not have.
    """
    cast: list[CharacterRow] = []

    def rename(match: re.Match[str]) -> str:
        cast.append(find_character(match[1], library))
        return f"@{cast[-1].handle}"

    prompt = MENTION.sub(rename, prompt.strip())
    cast += [find_character(one, library) for one in given]
    return prompt, list({one.id: one for one in cast}.values())


def find_character(name: CharacterLike, library: Library) -> CharacterRow:
    """A character by its name, its handle, its id, or its id at a service; `ConfigError` with a guess otherwise."""
    if isinstance(name, Character):
        return library.characters.get(name.id)
    wanted = name.removeprefix("@").casefold()
    everyone = library.characters.all()
    for one in everyone:
        if wanted in (one.handle, one.name.casefold(), one.id):
            return one
    for row in library.jobs.projections():
        if wanted in ((row.remote_id or "").casefold(), (row.remote_handle or "").casefold()):
            return library.characters.get(row.character_id or "")
    near = get_close_matches(wanted, [one.handle for one in everyone], n=1)
    hint = f"Did you mean @{near[0]}?" if near else "create_character() makes one."
    raise ConfigError(f"There is no character @{name.removeprefix('@')} in this library. {hint}")
