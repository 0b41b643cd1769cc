"""A service of one's own: a known one under another name, with what is different about it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, get_args

from sora_nb.dialects.base import Capabilities, KeyHeader, Service
from sora_nb.dialects.lookup import moved, nearest, pick
from sora_nb.dialects.prices import require_prices
from sora_nb.dialects.services import SERVICES
from sora_nb.errors import ConfigError
from sora_nb.models import SIZE

OF_THE_SERVICE = ("note", "key_names", "key_header")

OF_THE_CAPABILITIES = tuple(field.name for field in fields(Capabilities) if field.name != "simulated")


def like(known: str, *, name: str, base_url: str | None, changes: Mapping[str, Any]) -> Service:
    """What `Service.like` promises."""
    base = pick("service", known, SERVICES)
    _require_name(name)
    unknown = [one for one in changes if one not in (*OF_THE_SERVICE, *OF_THE_CAPABILITIES)]
    if unknown:
        raise ConfigError(f"A service has no {unknown[0]!r}. {nearest(unknown[0], OF_THE_CAPABILITIES)}")
    changes = {one: tuple(value) if isinstance(value, list) else value for one, value in changes.items()}
    _require_usable(changes, base.dialect.capabilities)
    if base_url is None and base.base_url is None:
        raise ConfigError(f'Where is {name!r}? Give its address: base_url="https://...{base.prefix}".')
    there = base if base_url is None else moved(base, base_url)
    can = {one: value for one, value in changes.items() if one in OF_THE_CAPABILITIES}
    prices = can.get("usd_per_second", {})
    told: dict[str, Any] = {
        "usd_per_second": {},
        "usd_per_character": None,
        "priced_on": None,
        **({"models": _models(prices)} if prices else {}),
        **can,
    }
    return replace(
        there,
        name=name,
        capabilities=_with_defaults(replace(there.capabilities, **told), can),
        retired=None,
        **{one: value for one, value in changes.items() if one in OF_THE_SERVICE},
    )


def _with_defaults(can: Capabilities, given: Mapping[str, Any]) -> Capabilities:
    """What is taken where nothing is said is itself allowed."""
    if "seconds_range" in given and "seconds" not in given:
        can = replace(can, seconds=())
    if "default_seconds" not in given:
        if can.seconds and can.default_seconds not in can.seconds:
            can = replace(can, default_seconds=can.seconds[0])
        elif not can.seconds:
            least, most = can.seconds_range
            can = replace(can, default_seconds=min(max(can.default_seconds, least), most))
    if "default_size" not in given and can.sizes and can.default_size not in can.sizes:
        can = replace(can, default_size=can.sizes[0])
    return can


def _models(prices: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(model.partition(" ")[0] for model in prices))


def _require_name(name: str) -> None:
    if not name.strip() or "://" in name:
        raise ConfigError(f'{name!r} cannot be the name of a service. Try name="lab".')
    if name in SERVICES:
        raise ConfigError(f"There is a service {name!r} already. Give yours a name of its own.")


def _require_usable(changes: Mapping[str, Any], shape: Capabilities) -> None:
    for one in ("seconds", "seconds_range"):
        _require(changes, one, _is_length, "lengths in seconds above 0, such as (2, 4)")
    _require(changes, "sizes", _is_size, 'sizes in pixels, such as ("832x480",)')
    _require(changes, "models", lambda model: isinstance(model, str) and bool(model), 'model ids, such as ("wan",)')
    if not changes.get("models", True):
        raise ConfigError(f'models={changes["models"]!r} names no model, and a request needs one. Try models=("wan",).')
    # A shape has no words for other ways than its own.
    for one, ways in (("character_ways", shape.character_ways), ("reference_ways", shape.reference_ways)):
        _require(changes, one, ways.__contains__, f"some of {', '.join(ways) or 'no ways'}, which the shape can say")
    if changes.get("key_header", "authorization") not in get_args(KeyHeader):
        raise ConfigError(f"key_header= is one of {', '.join(get_args(KeyHeader))}, not {changes['key_header']!r}.")
    require_prices(changes.get("usd_per_second", {}))


def _require(changes: Mapping[str, Any], name: str, usable: Any, wanted: str) -> None:
    values = changes.get(name, ())
    if isinstance(values, str) or not isinstance(values, Iterable) or not all(usable(value) for value in values):
        raise ConfigError(f"{name}={values!r} are not {wanted}.")
    if name in changes and name in ("seconds_range",) and len(tuple(values)) != 2:
        raise ConfigError(f"{name}={values!r} is not a shortest and a longest length, such as (1, 60).")


def _is_length(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value > 0


def _is_size(value: object) -> bool:
    return isinstance(value, str) and SIZE.fullmatch(value) is not None
