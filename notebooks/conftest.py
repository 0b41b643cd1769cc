"""Each notebook of the guide has a library of its own when it is tested, whatever ran before it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

_LIBRARIES = tempfile.TemporaryDirectory(prefix="sora-nb-guide-", ignore_cleanup_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Say where, before the first cell starts the kernel."""
    os.environ["SORA_NB_HOME"] = str(Path(_LIBRARIES.name, item.path.stem))
