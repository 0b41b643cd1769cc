"""Who is meant: from names, handles and mentions in a prompt to characters of the library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from sora_nb.dialects import Cast, Service
from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.handles import Character
from sora_nb.jobs.character_life import choose_way
from sora_nb.library import CharacterRow, Library
from sora_nb.models import MENTION, FromFile, FromTask, FromURL, Source
from sora_nb.timerange import Finding

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
    named = [given] if isinstance(given, (Character, str)) else given
    if not isinstance(named, Iterable):
        raise ConfigError(f"characters={named!r} names nobody. Give characters, or their names, in a list.")
    cast += [find_character(one, library) for one in named]
    return prompt, list({one.id: one for one in cast}.values())


def tell(one: CharacterRow, service: Service, library: Library) -> Cast:
    """A character as a request to *service* would tell of it, as far as that is known before anything is sent."""
    known = service.capabilities.native
    return Cast(
        one.name,
        one.handle,
        one.id if known else "",
        description=one.description,
        clip_size=None if one.clip is None else _size(library.files.path(one.clip)),
    )


def ready(one: CharacterRow, service: Service, library: Library) -> Iterator[Finding]:
    """What there is to say about a character that is to appear on *service*: `not_ready`, `not_here`, `made_here`."""
    rows = library.jobs.projections(one.id)
    here = next((row for row in rows if (row.base_url, row.dialect) == (service.base_url, service.dialect.name)), None)
    if here is not None and not here.unfinished and here.state not in ("STORED", "REJECTED"):
        step = "resend() asks again." if here.status == "unknown" else "Create it anew, from another range or clip."
        words = f"@{one.handle} is not ready on {service.title}, where it ended as {here.status}: {here.error} {step}"
        yield Finding("error", "not_ready", words)
    if here is not None or not service.capabilities.native:
        return
    source = library.jobs.find(one.source) if one.source_kind == "task" else None
    at_home = source is not None and source.base_url == service.base_url
    # Where it is still being made, or was never begun, its clip is yet to be cut.
    has_clip = one.clip is not None or not rows or any(row.unfinished for row in rows)
    try:
        choose_way(service, one, at_home=at_home, has_clip=has_clip)
    except VideoFileError as error:
        yield Finding("error", "not_here", f"@{one.handle} is not on {service.title} and cannot be made there. {error}")
        return
    price = service.capabilities.usd_per_character
    cost = f", for about ${price:.2f}" if price else ""
    yield Finding("hint", "made_here", f"@{one.handle} is not on {service.title} yet, so it is made there first{cost}.")


def require_way(origin: Source, service: Service) -> None:
    """Raise `ConfigError` where *service* makes characters and takes none from such a source."""
    ways = service.capabilities.character_ways
    kind = {FromURL: "url", FromTask: "task", FromFile: "file"}[type(origin)]
    if not ways or "clip" in ways or kind in ways:
        return
    takes = " or ".join({"url": "a public address", "task": "a task id"}.get(way, way) for way in ways)
    raise ConfigError(
        f"{service.title} takes {takes}, not a file. Put the video at a public address and give that, "
        'or use a service of the openai shape, such as Studio("simulator"), which takes the clip itself.'
    )


@lru_cache(maxsize=256)
def _size(clip: Path) -> str | None:
    """Width and height of a file of the library, whose name is its content; None where it cannot be read."""
    from sora_nb.video import guarded as video

    try:
        info = video.probe(clip)
    except VideoFileError:
        return None
    return f"{info.width}x{info.height}"


def find_character(name: CharacterLike, library: Library) -> CharacterRow:
    """A character by its name, its handle, its id, or its id at a service; `ConfigError` with a guess otherwise."""
    if isinstance(name, Character):
        return library.characters.get(name.id)
    wanted = name.strip().removeprefix("@").casefold() if isinstance(name, str) else ""
    if not wanted:
        raise ConfigError(f"{name!r} names no character. Give a name, a handle, or what create_character() returned.")
    everyone = library.characters.all()
    for one in everyone:
        if wanted in (one.handle, one.name.casefold(), one.id):
            return one
    for row in library.jobs.projections():
        if wanted in [told.casefold() for told in (row.remote_id, row.remote_handle) if told]:
            return library.characters.get(row.character_id or "")
    near = get_close_matches(wanted, [one.handle for one in everyone], n=1)
    hint = f"Did you mean @{near[0]}?" if near else "create_character() makes one."
    raise ConfigError(f"There is no character @{name.removeprefix('@')} in this library. {hint}")
