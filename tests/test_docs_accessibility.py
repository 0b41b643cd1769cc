"""The page on keys says what the widgets' own key tables say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sora_nb.widgets.assets import module

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "accessibility.md"
ROW = re.compile(r'\{ keys: \[.*?\], shown: \[(.*?)\], words: "(.*?)", act')


def whole(text: str, table: str) -> str:
    """A key table of a module, with those that it takes in."""
    (inside,) = re.findall(rf"^(?:export )?const {table} = \[\n(.*?)^\];", text, re.MULTILINE | re.DOTALL)
    return re.sub(r"\.\.\.(\w+),", lambda found: whole(text, found[1]), inside)


@pytest.mark.parametrize(("entry", "table"), [("picker/picker.js", "KEYS"), ("compare/compare.js", "COMPARE_KEYS")])
def test_every_key_is_there(entry: str, table: str) -> None:
    page, rows = PAGE.read_text(encoding="utf-8"), ROW.findall(whole(module(entry), table))
    assert len(rows) > 15
    for shown, words in rows:
        keys = ", ".join(re.findall(r"\"(.*?)\"", shown))
        assert f"| {keys} | {words} |" in page


def test_every_test_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:tests|benchmarks)/[\w/]+\.py)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 6 and [name for name in named if not (ROOT / name).exists()] == []
