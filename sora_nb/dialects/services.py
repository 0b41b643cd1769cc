"""The places where the shapes are spoken, as data, and how to name one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from difflib import get_close_matches
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from sora_nb.dialects import apiyi, openai, tutorial
from sora_nb.dialects.base import Capabilities, Dialect, Service
from sora_nb.errors import ConfigError

Choice = TypeVar("Choice")

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect for dialect in (openai.OpenAIDialect(), tutorial.TutorialDialect(), apiyi.ApiyiDialect())
}
"""The shapes by name."""

PRETEND = "Its videos are drawn by a program, not generated, and its money is pretend money."

SAMPLES = tuple(f"/samples/{name}.mp4" for name in ("hero", "showcase", "cat", "walk"))
"""Clips that the simulator draws to be tried."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

OWN_KEY = ("SORA_API_KEY",)
"""A key that was issued by one service is never sent to another by itself; this one is the user's to place."""


def _simulated(shape: Dialect, capabilities: Capabilities) -> Service:
    return Service(
        name="simulator",
        dialect=shape,
        base_url=f"simulator:{shape.prefix}",
        capabilities=replace(capabilities, needs_key=False, simulated=True),
        samples=SAMPLES,
        note=PRETEND,
    )


SIMULATED: dict[str, Service] = {
    "openai": _simulated(
        DIALECTS["openai"],
        replace(
            openai.COMPATIBLE,
            models=("sim-1",),
            max_characters=3,
            side_max=1920,
            usd_per_second={"sim-1": 0.01},
            usd_per_character=0.0,
        ),
    ),
    "tutorial": _simulated(
        DIALECTS["tutorial"], replace(tutorial.CAPABILITIES, usd_per_second={"sora-2.0-turbo": 0.10})
    ),
    "apiyi": _simulated(DIALECTS["apiyi"], replace(apiyi.CAPABILITIES, usd_per_character=0.0)),
}
"""The simulator in each shape. Where the shape has no price it asks a pretend one, so that a bill can be seen."""

SERVICES: dict[str, Service] = {
    "simulator": SIMULATED["openai"],
    "openai": Service(
        name="openai",
        dialect=DIALECTS["openai"],
        base_url="https://api.openai.com/v1",
        capabilities=openai.CAPABILITIES,
        key_names=("SORA_API_KEY", "OPENAI_API_KEY"),
        note="OpenAI closed this service on 2026-09-24; give base_url= of a server that speaks its shape.",
    ),
    "tutorial": Service(
        name="tutorial",
        dialect=DIALECTS["tutorial"],
        base_url="https://api.openai.com/v1/sora",
        capabilities=tutorial.CAPABILITIES,
        key_names=("SORA_API_KEY", "OPENAI_API_KEY"),
        note="This address is in a tutorial and was never in OpenAI's published description; "
        'Studio("simulator", dialect="tutorial") answers in its shape.',
    ),
    "apiyi": Service(
        name="apiyi",
        dialect=DIALECTS["apiyi"],
        base_url="https://api.apiyi.com/sora/v1",
        capabilities=apiyi.CAPABILITIES,
        key_names=("SORA_API_KEY", "APIYI_API_KEY"),
        note="The app behind this gateway closed on 2026-04-26; "
        'Studio("simulator", dialect="apiyi") answers in its shape.',
    ),
}
"""The services by name."""

_ELSEWHERE: dict[str, Capabilities] = {
    "openai": openai.COMPATIBLE,
    "tutorial": replace(tutorial.CAPABILITIES, usd_per_character=None),
    "apiyi": replace(apiyi.CAPABILITIES, usd_per_second={}, priced_on=None),
}
"""What to expect of each shape at an address that is not its reference service's: above all, no prices."""


def service_for(name_or_url: str, *, dialect: str | None = None, base_url: str | None = None) -> Service:
    """A service by its name, or whatever speaks *dialect* (`openai` by default) at an address.

    An address without a path gets the dialect's own, such as `/v1`. *base_url* is the address of a
    server that stands in for the named service. `service_for("simulator", dialect="apiyi")` is the
    same simulator in that shape.

    Raises `ConfigError` for a name, dialect or address that cannot be used.
    """
    shape = None if dialect is None else _pick("dialect", dialect, DIALECTS)
    if "://" in name_or_url:
        if base_url not in (None, name_or_url):
            raise ConfigError(f"Two addresses are given, {_shown(name_or_url)} and {_shown(base_url or '')}. Keep one.")
        return _at(name_or_url, shape or DIALECTS["openai"])
    if name_or_url not in SERVICES and base_url is not None and name_or_url == _split(base_url).netloc:
        return _at(base_url, shape or DIALECTS["openai"])
    named = _pick("service", name_or_url, SERVICES)
    if named.capabilities.simulated:
        named = SIMULATED[(shape or named.dialect).name]
    elif shape not in (None, named.dialect):
        raise ConfigError(
            f'{named.name} speaks {named.dialect.name}, not {dialect}. Name "{dialect}", or give the address of a '
            "server in its place."
        )
    if base_url is None or base_url == named.base_url:
        return named
    return _moved(named, base_url)


def _moved(named: Service, url: str) -> Service:
    there = _at(url, named.dialect)
    if not named.capabilities.simulated or there.base_url == named.base_url:
        return replace(there, name=named.name)
    if _split(url).hostname not in LOOPBACK:
        raise ConfigError(
            f"{_shown(url)} is not on this machine, and a simulator is only ever there. "
            "Give the address alone if a service answers at it."
        )
    return replace(named, base_url=there.base_url)


def _at(url: str, shape: Dialect) -> Service:
    """Whatever speaks *shape* at an address, known services included."""
    parts = _split(url)
    base_url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or shape.prefix}"
    for known in SERVICES.values():
        if (known.base_url, known.dialect) == (base_url, shape):
            return known
    at_home = parts.hostname in LOOPBACK
    open_wire = parts.scheme == "http" and not at_home
    return Service(
        name=parts.netloc,
        dialect=shape,
        base_url=base_url,
        capabilities=replace(_ELSEWHERE[shape.name], needs_key=not at_home),
        key_names=OWN_KEY,
        note="Its address is http, so prompts and the key travel in the open." if open_wire else "",
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"{_shown(url)} is not the address of a server. Try one such as http://localhost:8000/v1.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigError(
            f"{_shown(url)} holds more than host, port and path. Give the key as api_key=, and leave the rest out."
        )
    return parts


def _shown(url: str) -> str:
    """An address without the parts that may hold a secret."""
    return repr(url.partition("?")[0].partition("#")[0].rpartition("@")[2][:80])


def _pick(kind: str, name: str, choices: dict[str, Choice]) -> Choice:
    if name in choices:
        return choices[name]
    raise ConfigError(f"There is no {kind} {name!r}. {_nearest(name, choices)}")


def _nearest(name: str, choices: Collection[str]) -> str:
    near = get_close_matches(name.strip().lower(), choices, n=1)
    guess = f'Did you mean "{near[0]}"? ' if near else ""
    return f"{guess}There are {', '.join(choices)}."
