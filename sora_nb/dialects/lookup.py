"""Which service is meant by a name, an address, or both."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from difflib import get_close_matches
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from sora_nb.dialects import openai
from sora_nb.dialects.base import Capabilities, Dialect, Service
from sora_nb.dialects.services import ANYWHERE, DIALECTS, OWN_KEY, PLAYED, SERVICES
from sora_nb.errors import ConfigError

Choice = TypeVar("Choice")

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

IN_THE_OPEN = "Its address is http, so prompts and the key travel in the open."


def service_for(
    name_or_url: str, *, dialect: str | None = None, base_url: str | None = None, profile: str | None = None
) -> Service:
    """A service by its name, or whatever speaks *dialect* (`openai` by default) at an address.

    An address without a path gets the service's own, such as `/v1`. *base_url* is the address of a
    server that stands in for the named service; with *dialect* the name may be one of your own.
    `service_for("simulator", profile="vllm-omni")` is the simulator playing that server.

    Raises `ConfigError` for a name, dialect, profile or address that cannot be used.
    """
    shape = None if dialect is None else pick("dialect", dialect, DIALECTS)
    if profile is not None and name_or_url != "simulator":
        raise ConfigError(f"profile= is for the simulator, not for {shown(name_or_url)}. Leave it out.")
    if "://" in name_or_url:
        if base_url not in (None, name_or_url):
            raise ConfigError(f"Two addresses are given, {shown(name_or_url)} and {shown(base_url or '')}. Keep one.")
        return _at(name_or_url, shape or DIALECTS["openai"])
    if name_or_url not in SERVICES and base_url is not None:
        if name_or_url == split(base_url).netloc:
            return _at(base_url, shape or DIALECTS["openai"])
        if shape is not None:
            return replace(_at(base_url, shape), name=name_or_url)
    named = pick("service", name_or_url, SERVICES)
    if named.capabilities.simulated:
        named = _simulator(shape, base_url, profile)
    elif shape not in (None, named.dialect):
        raise ConfigError(
            f'{named.name} speaks {named.dialect.name}, not {dialect}. Name "{dialect}", or give the address of a '
            "server in its place."
        )
    if base_url is None or base_url == named.base_url:
        return _placed(named)
    return moved(named, base_url)


def moved(named: Service, url: str) -> Service:
    """The same service at another address; of a hosted one only what its shape says is known there."""
    base_url = _address(url, named.prefix)
    parts = split(base_url)
    if named.capabilities.simulated:
        if parts.hostname not in LOOPBACK:
            raise ConfigError(
                f"{shown(url)} is not on this machine, and a simulator is only ever there. "
                "Give the address alone if a service answers at it."
            )
        return replace(named, base_url=base_url)
    open_wire = parts.scheme == "http" and parts.hostname not in LOOPBACK
    if named.name in ANYWHERE:
        note = f"{named.note} {IN_THE_OPEN}" if open_wire else named.note
        return replace(named, base_url=base_url, note=note)
    if base_url == named.base_url:
        return named
    return Service(
        name=named.name,
        dialect=named.dialect,
        base_url=base_url,
        capabilities=_elsewhere(named, at_home=parts.hostname in LOOPBACK),
        key_names=OWN_KEY,
        note=IN_THE_OPEN if open_wire else "",
    )


def _simulator(shape: Dialect | None, base_url: str | None, profile: str | None) -> Service:
    if profile not in (None, "default"):
        played = pick("profile", profile or "", PLAYED)
        if shape not in (None, played.dialect):
            raise ConfigError(f"The profile {profile} speaks {played.dialect.name} alone. Leave dialect= out.")
        return played
    if profile is None:
        for played in PLAYED.values():
            if played.base_url == base_url and shape in (None, played.dialect):
                return played
    return PLAYED[(shape or DIALECTS["openai"]).name]


def _placed(named: Service) -> Service:
    if named.base_url is None:
        raise ConfigError(
            f'{named.name} stands where you or your lab put it. Give its address: base_url="https://...{named.prefix}".'
        )
    return named


def _at(url: str, shape: Dialect) -> Service:
    """Whatever speaks *shape* at an address, known services included."""
    base_url = _address(url, shape.prefix)
    parts = split(base_url)
    at_home = parts.hostname in LOOPBACK
    for known in SERVICES.values():
        if (known.base_url, known.dialect) == (base_url, shape) and not at_home:
            return known
    named = moved(replace(SERVICES[shape.name], retired=None), base_url)
    return replace(named, name=parts.netloc)


def _elsewhere(named: Service, *, at_home: bool) -> Capabilities:
    """What to expect of a hosted service's stand-in: above all, no prices."""
    able = openai.COMPATIBLE if named.name == "openai" else named.capabilities
    needs_key = able.needs_key and not at_home
    return replace(able, usd_per_second={}, usd_per_character=None, priced_on=None, needs_key=needs_key)


def _address(url: str, prefix: str) -> str:
    parts = split(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or prefix}"


def split(url: str) -> SplitResult:
    """The parts of a server's address; `ConfigError` where it is none, or holds more than one."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"{shown(url)} is not the address of a server. Try one such as http://localhost:8000/v1.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigError(
            f"{shown(url)} holds more than host, port and path. Give the key as api_key=, and leave the rest out."
        )
    return parts


def shown(url: str) -> str:
    """An address without the parts that may hold a secret."""
    return repr(url.partition("?")[0].partition("#")[0].rpartition("@")[2][:80])


def pick(kind: str, name: str, choices: dict[str, Choice]) -> Choice:
    """What is called so; `ConfigError` with the nearest name where nothing is."""
    if name in choices:
        return choices[name]
    raise ConfigError(f"There is no {kind} {name!r}. {nearest(name, choices)}")


def nearest(name: str, choices: Collection[str]) -> str:
    """What may have been meant, and what there is."""
    near = get_close_matches(name.strip().lower(), choices, n=1)
    guess = f'Did you mean "{near[0]}"? ' if near else ""
    return f"{guess}There are {', '.join(choices)}."
