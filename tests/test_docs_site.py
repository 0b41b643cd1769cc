"""The site tells of every public name, and nothing of it leads nowhere or comes from elsewhere."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import sys
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sora_nb

ROOT = Path(__file__).parents[1]
DIRECTIVE = re.compile(r"^\.\. auto(?:class|function|module):: (\S+)$", re.MULTILINE)

spec = importlib.util.spec_from_file_location("build_site", ROOT / "scripts" / "build_site.py")
assert spec is not None and spec.loader is not None
build_site = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build_site)


def imported(module: ModuleType) -> dict[str, str]:
    """Names that a module brings in, for types too, and from where."""
    tree = ast.parse(inspect.getsource(module))
    return {
        alias.asname or alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def methods(one: type) -> Iterator[tuple[str, Any]]:
    """What a class of ours can be asked, inherited from ours too: names, and the functions behind them."""
    seen: set[str] = set()
    for owner in one.__mro__:
        if not owner.__module__.startswith("sora_nb"):
            continue
        for name, value in vars(owner).items():
            function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
            if inspect.isfunction(function) and not name.startswith("_") and name not in seen:
                seen.add(name)
                yield name, function


def returned(function: Any) -> Iterator[type]:
    """The classes of ours that a function says it returns."""
    module = sys.modules[function.__module__]
    for name in re.findall(r"\b_?[A-Z]\w+", str(function.__annotations__.get("return", ""))):
        home = imported(module).get(name, "")
        found = getattr(import_module(home), name, None) if home.startswith("sora_nb") else getattr(module, name, None)
        if inspect.isclass(found) and found.__module__.startswith("sora_nb"):
            yield found


def reachable(names: list[str]) -> set[Any]:
    """What the public names are, and what can be had by calling them, and so on."""
    found: set[Any] = set()
    todo = [getattr(sora_nb, name) for name in names]
    while todo:
        one = todo.pop()
        if one in found:
            continue
        found.add(one)
        functions = [function for _, function in methods(one)] if inspect.isclass(one) else [one]
        todo += [other for function in functions for other in returned(function)]
    return found


def undocumented(things: set[Any]) -> set[str]:
    silent = {one.__qualname__ for one in things if not one.__doc__}
    for one in things:
        if inspect.isclass(one):
            silent |= {f"{one.__name__}.{name}" for name, _ in methods(one) if not inspect.getdoc(getattr(one, name))}
    return silent


def referenced(pages: Path) -> set[Any]:
    """What the pages of the reference tell of."""
    found: set[Any] = set()
    for page in pages.glob("*.md"):
        for address in DIRECTIVE.findall(page.read_text(encoding="utf-8")):
            home, _, name = address.rpartition(".")
            if isinstance(value := getattr(import_module(home), name), ModuleType):
                found |= {one for one in vars(value).values() if getattr(one, "__module__", "") == address}
            else:
                found.add(value)
    return found


@pytest.fixture(scope="module")
def public() -> set[Any]:
    return reachable(sora_nb.__all__)


def test_every_public_name_and_what_it_returns_has_a_docstring(public):
    assert len(public) > len(sora_nb.__all__)  # what is returned is among them
    assert not undocumented(public)


def test_a_name_without_a_docstring_would_be_seen():
    class Silent:
        def speak(self) -> None: ...

    Silent.__module__ = "sora_nb.silent"
    assert undocumented({Silent}) == {Silent.__qualname__, "Silent.speak"}


def test_every_public_name_stands_in_the_reference(public):
    missing = {f"{one.__module__}.{one.__qualname__}" for one in public - referenced(ROOT / "docs" / "reference")}
    assert not missing, f"add to a page of docs/reference: {sorted(missing)}"


def test_a_name_left_out_of_the_reference_would_be_seen(tmp_path):
    (tmp_path / "page.md").write_text(".. autoclass:: sora_nb.Video\n")
    assert referenced(tmp_path) == {sora_nb.Video}


def test_every_command_is_told_of():
    from sora_nb.cli import COMMANDS

    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    told = re.findall(r"^## `sora-nb ([\w-]+)`$", page, re.MULTILINE)
    assert sorted(told) == sorted(add.__name__.removeprefix("add_").replace("_", "-") for add in COMMANDS)


def test_the_site_is_built_without_a_warning_and_every_link_leads_somewhere(tmp_path, public):
    site = tmp_path / "site"
    build_site.build(site)
    assert list(build_site.broken(site)) == []
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert (site / "guides" / f"{notebook.stem}.html").is_file()
    told = inventory(site / "objects.inv")
    for one in public:
        homes = [f"sora_nb.{one.__name__}", f"{one.__module__}.{one.__qualname__}"]
        assert told & {*homes}, f"{homes} are not in the reference"
        names = [name for name, _ in methods(one) if name != "get_state"] if inspect.isclass(one) else []
        assert not [name for name in names if not told & {f"{home}.{name}" for home in homes}]


def inventory(path: Path) -> set[str]:
    """The names that Sphinx has a place for."""
    _, _, _, _, packed = path.read_bytes().split(b"\n", 4)
    return {line.split(" ", 1)[0] for line in zlib.decompress(packed).decode().splitlines()}


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ('<a href="gone.html">', "gone.html, which is not there"),
        ('<a href="other.html#gone">', "no such place"),
        ('<a href="#gone">', "no such place"),
        ('<img src="gone.png">', "gone.png, which is not there"),
        ('<script src="https://cdn.example/a.js"></script>', "from elsewhere"),
        ('<link rel="stylesheet" href="//fonts.example/a.css">', "from elsewhere"),
    ],
)
def test_a_link_that_leads_nowhere_and_a_fetch_from_elsewhere_would_be_seen(page, fault, tmp_path):
    (tmp_path / "index.html").write_text(page)
    (tmp_path / "other.html").write_text('<p id="here">')
    found = list(build_site.broken(tmp_path))
    assert found and fault in found[0]


def test_links_that_lead_somewhere_are_none_of_them(tmp_path):
    (tmp_path / "other.html").write_text('<p id="here">')
    text = '<a href="other.html#here"><a href="#top"><a href="https://a.example/"><img src="data:,">'
    (tmp_path / "index.html").write_text(text)
    assert list(build_site.broken(tmp_path)) == []


def test_a_style_from_elsewhere_would_be_seen(tmp_path):
    (tmp_path / "site.css").write_text("@font-face { src: url(https://fonts.example/a.woff2) }")
    assert list(build_site.broken(tmp_path))
