"""The joined front end: whole, in order, and loadable from anywhere."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from sora_nb import esm
from sora_nb.widgets import CompareGrid, JobView, KeyBox, Panel, RangePicker, assets

FRONT = Path(str(files("sora_nb.widgets"))) / "front"
ENTRIES = ("picker/picker.js", "player/player.js", "panel/panel.js", "compare/compare.js", "keybox/keybox.js")
SCRIPTS = sorted(path.relative_to(FRONT).as_posix() for path in FRONT.rglob("*.js"))
STYLES = sorted(path.relative_to(FRONT).as_posix() for path in FRONT.rglob("*.css"))


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_joined_module_imports_nothing_and_has_one_default(entry: str) -> None:
    text = assets.module(entry)
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert len(re.findall(r"^export default\b", text, re.MULTILINE)) == 1
    assert text.rstrip().endswith(assets.read(entry).rstrip().splitlines()[-1])


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_two_files_of_a_module_give_the_same_name(entry: str) -> None:
    names = re.findall(
        r"^(?:export )?(?:async )?(?:const|let|function|class) (\w+)", assets.module(entry), re.MULTILINE
    )
    assert len(names) > 10
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


def test_what_a_file_needs_comes_before_it() -> None:
    text = assets.module("picker/picker.js")
    assert text.index("function h(") < text.index("function openFeed(") < text.index("function mountPicker(")


def test_every_import_is_written_so_that_it_is_seen() -> None:
    for name in SCRIPTS:
        text = assets.read(name)
        assert len(re.findall(r"^import\b", text, re.MULTILINE)) == len(re.findall(esm._IMPORT, text)), name


@pytest.mark.parametrize("name", STYLES)
def test_every_rule_stays_inside_our_own_elements(name: str) -> None:
    css = re.sub(r"/\*.*?\*/|@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", assets.read(name), flags=re.DOTALL)
    selectors = [part for part in re.findall(r"([^{}]+)\{", css) if not part.strip().startswith("@")]
    assert selectors
    for selector in selectors:
        for one in re.split(r",(?![^()]*\))", selector):
            assert "sora" in one or "data-level" in one, one


def test_every_sheet_is_brought_once_and_what_is_shared_comes_first() -> None:
    assert sorted(assets.SHEETS) == STYLES
    assert assets.SHEETS[0] == "shared/base.css"


def test_every_widget_brings_the_same_style_so_that_the_last_to_come_changes_nothing() -> None:
    drawn = {CompareGrid, JobView, KeyBox, Panel, RangePicker}
    assert {one._css for one in drawn} == {assets.style()}


def test_a_room_takes_from_what_is_shared_and_from_the_rooms_it_shows() -> None:
    """The picker does not know the panel; the panel shows picker and comparison."""
    shows = {"panel": {"picker", "compare", "shared"}}
    for name in SCRIPTS:
        room = name.split("/")[0]
        taken = set(re.findall(r'from "\.\./(\w+)/', assets.read(name)))
        assert taken <= shows.get(room, {"shared"} - {room}), name


def test_no_file_is_long() -> None:
    lengths = {name: len(assets.read(name).splitlines()) for name in SCRIPTS + STYLES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def drawn_twice(styles: dict[str, str]) -> dict[str, set[str]]:
    """Classes that more than one style sheet lays out; all of them are in one page together."""
    homes: dict[str, set[str]] = {}
    for name, text in styles.items():
        for found in re.findall(r"^(\.sora-[\w-]+) \{", text, re.MULTILINE):
            homes.setdefault(found, set()).add(name)
    return {found: names for found, names in homes.items() if len(names) > 1}


def test_a_class_is_laid_out_by_one_style_sheet() -> None:
    assert drawn_twice({name: assets.read(name) for name in STYLES}) == {}
    planted = {"a.css": ".sora-range { display: grid; }", "b.css": ".sora-range { position: absolute; }"}
    assert drawn_twice(planted) == {".sora-range": {"a.css", "b.css"}}
