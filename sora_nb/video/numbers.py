"""The numbers that a look at a video is asked with, refused in words where they are none."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

from sora_nb.errors import ConfigError


def is_number(value: Any) -> bool:
    """Whether it is a finite number, and no truth value."""
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)


def require_samples(samples: Any, plenty: int = 4) -> None:
    """Raise `ConfigError` for what is no number of pictures a second; *plenty* are advised."""
    if not (is_number(samples) and samples > 0):
        raise ConfigError(f"{samples!r} samples a second are none. Ask for more than 0; {plenty} is plenty.")


def require_count(k: Any) -> None:
    """Raise `ConfigError` for what is no number of suggestions."""
    if isinstance(k, bool) or not isinstance(k, Integral) or k < 1:
        raise ConfigError(f"{k!r} suggestions are none. Ask for a whole number from 1 on, such as k=3.")


def require_moment(at: Any) -> None:
    """Raise `ConfigError` for what is no moment at which a box may have been drawn."""
    if not is_number(at):
        raise ConfigError(f"The box was drawn at {at!r}, which is no number of seconds. Give one, such as 2.5.")
