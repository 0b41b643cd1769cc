"""The front door: every public name is listed, opens, and says what it is."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import sora_nb

DOOR = Path(sora_nb.__file__)


def public_names(text: str) -> set[str]:
    """The names without an underscore that a module defines, or brings in from its own package, for types too."""
    names: set[str] = set()
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("sora_nb")):
            names |= {alias.asname or alias.name for alias in node.names}
    return {name for name in names if not name.startswith("_")}


def test_all_is_sorted_and_says_nothing_twice():
    assert list(sora_nb.__all__) == sorted(set(sora_nb.__all__))


def test_all_is_complete():
    missing = public_names(DOOR.read_text(encoding="utf-8")) - set(sora_nb.__all__)
    assert not missing, f"public, and not in __all__: {sorted(missing)}"


def test_a_name_left_out_of_all_would_be_seen():
    text = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from sora_nb.studio import Studio as Studio, _hidden
limit: int = 3
def help(): ...
"""
    assert public_names(text) == {"Studio", "limit", "help"}


@pytest.mark.parametrize("name", getattr(sora_nb, "__all__", ["__all__"]))
def test_a_public_name_resolves_and_is_documented(name):
    value = getattr(sora_nb, name)
    assert name in dir(sora_nb)
    if not name.startswith("__"):
        assert inspect.getdoc(value), f"sora_nb.{name} has no docstring"


def test_the_main_job_is_within_reach():
    wanted = {"Studio", "TimeRange", "Video", "Character", "validate_timestamps", "SoraError"}
    assert wanted <= set(sora_nb.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        sora_nb.no_such_name  # noqa: B018  # reading it is the test
