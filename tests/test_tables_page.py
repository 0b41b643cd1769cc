"""The page about tables says what their literals say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from sora_nb.tables import TABLES

ROOT = Path(__file__).parents[1]

spec = importlib.util.spec_from_file_location("tables_page", ROOT / "scripts" / "tables_page.py")
assert spec is not None and spec.loader is not None
tables_page = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tables_page)


def test_the_columns_are_those_of_the_literals() -> None:
    page = tables_page.PAGE.read_text(encoding="utf-8")
    assert tables_page.rewrite(page) == page, "run scripts/tables_page.py"
    assert all(f"### `{name}`" in page for name in TABLES)


def test_a_page_that_is_behind_would_be_seen() -> None:
    page = tables_page.PAGE.read_text(encoding="utf-8")
    behind = page.replace("| `cost_usd` | `float64` |", "| `cost_usd` | `string` |", 1)
    assert behind != page and tables_page.rewrite(behind) != behind
    with pytest.raises(ValueError, match="has no lines"):
        tables_page.rewrite("a page")


def test_no_word_is_said_of_a_column_that_is_not_there() -> None:
    columns = {column for kinds in TABLES.values() for column in kinds}
    here = {tuple(name.split(".")) for name in tables_page.HERE}
    assert set(tables_page.WORDS) == columns and set(tables_page.TITLES) == set(TABLES)
    assert all(column in TABLES[table] for table, column in here)
