"""The static form beside the live one, in the bundle that Jupyter shows and saves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sora_nb.errors import SoraError
from sora_nb.html import Html, as_output


def with_static(bundle: Any, draw: Callable[[], Html]) -> Any:
    """A widget's bundle with a form beside it that needs no kernel and no script.

    The form is a courtesy: where its file is gone by now, the live view comes alone.
    """
    if bundle is None:
        return None
    data, metadata = bundle
    with suppress(SoraError, OSError):
        data = {**data, "text/html": as_output(draw())}
    return (data, metadata) if metadata else data
