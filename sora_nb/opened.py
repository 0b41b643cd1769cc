"""The studios that are open in this process, by which a table finds the takes in its rows."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

STUDIOS: WeakSet[Any] = WeakSet()
"""Each adds itself when it is made, and is gone with its last name."""
