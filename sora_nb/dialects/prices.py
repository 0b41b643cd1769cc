"""What a video is likely to cost, by the price table of a service or by the user's own."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sora_nb.dialects.base import Capabilities, Service
from sora_nb.errors import ConfigError

_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")

CHARACTER, DATE = "character", "date"
"""The two entries of a user's table that are not models."""


def estimate(capabilities: Capabilities, model: str, seconds: float, size: str | None = None) -> float | None:
    """US dollars for a video, None where the table has no price for it.

    A price of `"model size"` goes before that of the model; a dated snapshot costs what its model costs.
    """
    table = capabilities.usd_per_second
    model = model if model in table else _SNAPSHOT.sub("", model)
    price = table.get(f"{model} {size}", table.get(model))
    return None if price is None else round(price * seconds, 6)


def with_prices(service: Service, table: Mapping[str, Any]) -> Service:
    """The service with the user's own prices over ours.

    *table* maps a model, or `"model size"`, to US dollars a second; `character` is the price of a
    character and `date` the day of the table, as text such as `2026-11-26`. Raises `ConfigError` for
    what is no price.
    """
    prices = {model: usd for model, usd in table.items() if model not in (CHARACTER, DATE)}
    require_prices(prices)
    can = service.capabilities
    character = table.get(CHARACTER, can.usd_per_character)
    if CHARACTER in table:
        require_prices({CHARACTER: character})
    dated = str(table[DATE]) if DATE in table else can.priced_on
    # A new price of a model stands for all its sizes, so ours of single sizes go with it.
    ours = {model: usd for model, usd in can.usd_per_second.items() if model.partition(" ")[0] not in prices}
    return replace(
        service,
        capabilities=replace(can, usd_per_second={**ours, **prices}, usd_per_character=character, priced_on=dated),
    )


def require_prices(table: object) -> None:
    """Raise `ConfigError` where *table* is not one of US dollars by name."""
    if not isinstance(table, Mapping):
        raise ConfigError(f'{table!r} is no price table. Try {{"wan": 0.02}}: US dollars a second, by model.')
    for name, usd in table.items():
        is_number = isinstance(usd, (int, float)) and not isinstance(usd, bool)
        if not isinstance(name, str) or not is_number or not math.isfinite(usd) or usd < 0:
            raise ConfigError(f"{name!r}: {usd!r} is no price. Prices are US dollars, 0 or more, such as 0.02.")


def require_length(seconds: object) -> None:
    """Raise `ConfigError` where *seconds* cannot be how long a video lasts."""
    if not isinstance(seconds, (int, float)) or not 0 <= seconds < math.inf:
        raise ConfigError(f"A video of {seconds!r} s is none. Give its length in seconds, such as 8.")
