"""What a video is likely to cost, by the price table of a service."""

from __future__ import annotations

import re

from sora_nb.dialects.base import Capabilities

_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def estimate(capabilities: Capabilities, model: str, seconds: float, size: str | None = None) -> float | None:
    """US dollars for a video, None where the table has no price for it.

    A price of `"model size"` goes before that of the model; a dated snapshot costs what its model costs.
    """
    table = capabilities.usd_per_second
    model = model if model in table else _SNAPSHOT.sub("", model)
    price = table.get(f"{model} {size}", table.get(model))
    return None if price is None else round(price * seconds, 6)
