"""The page about services says what their data says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from sora_nb.dialects.services import SERVICES

ROOT = Path(__file__).parents[1]

spec = importlib.util.spec_from_file_location("services_table", ROOT / "scripts" / "services_table.py")
assert spec is not None and spec.loader is not None
services_table = importlib.util.module_from_spec(spec)
spec.loader.exec_module(services_table)


def test_the_tables_are_those_of_the_data() -> None:
    page = services_table.PAGE.read_text(encoding="utf-8")
    assert services_table.rewrite(page) == page, "run scripts/services_table.py"
    assert all(f"| `{name}` |" in page for name in SERVICES)


def test_a_table_that_is_behind_would_be_seen() -> None:
    page = services_table.PAGE.read_text(encoding="utf-8")
    behind = page.replace("dropped without a word", "passed on", 1)
    assert behind != page and services_table.rewrite(behind) != behind
    with pytest.raises(ValueError, match="has no lines"):
        services_table.rewrite("a page")
