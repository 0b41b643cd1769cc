"""The user's own prices: a file in the library's folder that they write, and that is only read here.

It is JSON: `{"openrouter": {"google/veo-3.1": 0.5, "character": 0.01, "date": "2026-11-26"}}`. For each service by
name, US dollars a second by model (or by `"model size"`), the price of a character, and the day of the prices.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sora_nb.errors import ConfigError

FILE = "prices.json"


def read_prices(path: Path, service: str) -> Mapping[str, Any]:
    """What the file at *path* says of a service, empty where it says nothing. Raises `ConfigError` for another file."""
    try:
        tables = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else f"it is not JSON ({error})"
        raise ConfigError(f"The prices in {path} cannot be read: {why}. Mend the file, or take it away.") from None
    table = tables.get(service, {}) if isinstance(tables, dict) else None
    if not isinstance(table, dict):
        raise ConfigError(
            f'{path} holds no price tables by service. Write for example {{"{service}": {{"model-1": 0.1}}}}.'
        )
    return table
