"""The house keeps its order: who may import whom, where each outside package lives, who prints, who says SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

PACKAGE = Path(__file__).parents[1] / "sora_nb"

LAYERS = (
    "errors",
    "atomic",
    "html",
    "esm",
    "leaks",
    "freeze",
    "timerange",
    "models",
    "opened",
    "tables",
    "dialects",
    "video",
    "library",
    "bundles",
    "jobs",
    "simulator",
    "report",
    "widgets",
    "handles",
    "sources",
    "footage",
    "scanning",
    "analyzing",
    "casting",
    "projecting",
    "judging",
    "keeping",
    "preparing",
    "choosing",
    "showing",
    "connecting",
    "sweep",
    "studio",
    "cli",
    "magics",
)
"""The rooms from the ground up; a module imports only from its own room and from those before it."""

DOORS = ("__init__", "__main__")
"""The two modules that lead into the house and belong to no room."""

CLOSED = {"simulator": {"dialects", "library", "jobs"}}
"""A simulator that shared code with the client could share its mistakes."""

ALLOWED = {
    ("errors.py", "sora_nb.timerange"): "a RangeError carries findings",
    ("sweep/grid.py", "sora_nb.studio"): "a sweep is asked for at the front door and asks back through it",
    ("sweep/takes.py", "sora_nb.studio"): "the same",
}
"""Imports against the order, each with its reason. They are for types alone, so that nothing is loaded in a circle."""

HOMES = {
    "httpx": ("jobs/transport.py",),
    "sqlalchemy": ("library/",),
    "psycopg": ("library/",),
    "av": ("video/", "simulator/"),
    "numpy": ("video/", "simulator/"),
    "PIL": ("video/", "simulator/", "report/lettering.py", "report/sheet.py"),
    "dlib": ("video/",),
    "onnxruntime": ("video/",),
    "pandas": ("tables/",),
    "matplotlib": ("tables/plots.py",),
    "anywidget": ("widgets/",),
    "ipywidgets": ("widgets/",),
    "traitlets": ("widgets/",),
    "starlette": ("simulator/",),
    "uvicorn": ("simulator/",),
    "IPython": ("handles.py", "widgets/", "studio.py", "magics.py"),
}
"""Where each outside package may be imported: a folder, or one module. To name its types is free, and loads nothing."""

SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|"
    r"(CREATE|DROP|ALTER)\s+(UNIQUE\s+)?(TABLE|INDEX)\s|PRAGMA\s|BEGIN\s+(IMMEDIATE|EXCLUSIVE))"
)

MARKUP_FROM_TEXT = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function)")
REMOTE_IMPORT = re.compile(r"""\b(?:import|from)\b\s*\(?\s*["'`](?:https?:)?//""")


@dataclass(frozen=True)
class Source:
    """One module of the package, by its path inside it."""

    path: PurePosixPath
    text: str

    @property
    def room(self) -> str:
        return self.path.parts[0].removesuffix(".py")

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)


def sources(suffix: str = ".py") -> list[Source]:
    """Every module there is."""
    return [
        Source(PurePosixPath(path.relative_to(PACKAGE).as_posix()), path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob(f"*{suffix}"))
    ]


@dataclass(frozen=True)
class Import:
    """One module that is imported somewhere in a source."""

    line: int
    module: str
    for_types: bool

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]

    @property
    def room(self) -> str:
        """The part after `sora_nb.`, up to the next dot."""
        return f"{self.module}.".split(".")[1]


def imports(source: Source) -> Iterator[Import]:
    """Every import there is, inside functions and for types too."""
    package = ("sora_nb", *source.path.parent.parts)
    tree = source.tree
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            modules = [f"sora_nb.{alias.name}" for alias in node.names] if module == "sora_nb" else [module]
        else:
            continue
        yield from (Import(node.lineno, module, node in for_types) for module in modules)


def against_the_order(source: Source) -> Iterator[str]:
    """Imports of rooms that stand later, or that are closed to this one."""
    if source.room in DOORS:
        return
    if source.room not in LAYERS:
        yield f"{source.path}: the room {source.room!r} has no place in LAYERS"
        return
    open_rooms = {"__version__", *LAYERS[: LAYERS.index(source.room) + 1]} - CLOSED.get(source.room, set())
    for found in imports(source):
        allowed = found.for_types and (str(source.path), found.module) in ALLOWED
        if found.package == "sora_nb" and found.room not in open_rooms and not allowed:
            yield f"{source.path}:{found.line}: {source.room} must not import {found.module}"


def away_from_home(source: Source) -> Iterator[str]:
    """Imports of outside packages in places that are not their home."""
    for found in imports(source):
        homes = HOMES.get(found.package)
        if homes is not None and not found.for_types and not str(source.path).startswith(homes):
            yield f"{source.path}:{found.line}: {found.module} is imported only in {' and '.join(homes)}"


def prints(source: Source) -> Iterator[str]:
    """Calls of `print` outside the command line."""
    if source.room == "cli":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"{source.path}:{node.lineno}: only cli prints"


def says_sql(source: Source) -> Iterator[str]:
    """Texts that are SQL outside the library."""
    if source.room == "library":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield f"{source.path}:{node.lineno}: only library/ says SQL"


def unsafe_script(source: Source) -> Iterator[str]:
    """Lines of JavaScript that turn text into markup or code, or that fetch code from elsewhere."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if MARKUP_FROM_TEXT.search(line):
            yield f"{source.path}:{number}: user text is text; use textContent"
        if REMOTE_IMPORT.search(line):
            yield f"{source.path}:{number}: a widget brings its code along; offline is a place too"


RULES = [against_the_order, away_from_home, prints, says_sql]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps_the_rule(rule):
    broken = [line for source in sources() for line in rule(source)]
    assert not broken, "\n".join(broken)


def test_the_widgets_keep_text_as_text_and_code_at_home():
    broken = [line for source in sources(".js") for line in unsafe_script(source)]
    assert not broken, "\n".join(broken)


def test_every_allowance_is_still_needed():
    used = {(str(source.path), found.module) for source in sources() for found in imports(source)}
    assert set(ALLOWED) <= used


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (against_the_order, "timerange.py", "from sora_nb.models import Video"),
        (against_the_order, "errors.py", "from sora_nb import studio"),
        (against_the_order, "jobs/life.py", "from ..studio import Studio"),
        (against_the_order, "models.py", "from . import sweep"),
        (against_the_order, "tables.py", "def later():\n    import sora_nb.report"),
        (
            against_the_order,
            "video/probe.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sora_nb.library import Library",
        ),
        (against_the_order, "simulator/app.py", "from sora_nb.dialects import openai"),
        (against_the_order, "simulator/world.py", "import sora_nb.jobs.life"),
        (against_the_order, "studio.py", "from sora_nb import Video"),
        (against_the_order, "errors.py", "from sora_nb.timerange import Finding"),
        (against_the_order, "utils.py", ""),
        (away_from_home, "jobs/life.py", "import httpx"),
        (away_from_home, "studio.py", "def df():\n    import pandas as pd"),
        (away_from_home, "studio.py", "if not TYPE_CHECKING:\n    import pandas as pd"),
        (away_from_home, "studio.py", "if TYPE_CHECKING:\n    pass\nelse:\n    import pandas as pd"),
        (away_from_home, "report.py", "from PIL.Image import open"),
        (away_from_home, "jobs/journal.py", "from sqlalchemy.orm import Session"),
        (away_from_home, "report.py", "from IPython.display import HTML"),
        (prints, "jobs/life.py", "print('sent')"),
        (says_sql, "jobs/life.py", "text = 'SELECT id FROM jobs'"),
        (says_sql, "tables.py", "text = f'''\n  INSERT OR IGNORE INTO jobs VALUES ({1})'''"),
        (unsafe_script, "widgets/front/panel.js", "el.innerHTML = name"),
        (unsafe_script, "widgets/front/panel.js", "import { html } from 'https://cdn.example/html.js'"),
        (unsafe_script, "widgets/front/panel.js", "const lib = await import(`//cdn.example/lib.js`)"),
    ],
)
def test_a_planted_fault_is_caught(rule, path, text):
    assert len(list(rule(Source(PurePosixPath(path), text)))) == 1


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (against_the_order, "studio.py", "import json\nfrom sora_nb import __version__\nfrom sora_nb.jobs import life"),
        (against_the_order, "jobs/life.py", "from . import transport\nfrom .transport import send"),
        (against_the_order, "simulator/app.py", "from ..models import Video\nfrom ..video import encode"),
        (against_the_order, "errors.py", "if TYPE_CHECKING:\n    from sora_nb.timerange import Finding"),
        (against_the_order, "__init__.py", "from sora_nb.studio import Studio"),
        (away_from_home, "jobs/transport.py", "import httpx"),
        (away_from_home, "studio.py", "if typing.TYPE_CHECKING:\n    import pandas as pd"),
        (away_from_home, "jobs/life.py", "from avatar import face"),
        (prints, "cli.py", "print('ready')"),
        (says_sql, "library/journal.py", "text = 'SELECT id FROM jobs'"),
        (says_sql, "cli.py", "text = 'Select a stretch, begin immediately.'"),
        (unsafe_script, "widgets/front/panel.js", "const svg = 'http://www.w3.org/2000/svg'\nel.textContent = name"),
    ],
)
def test_what_is_allowed_is_not_caught(rule, path, text):
    assert list(rule(Source(PurePosixPath(path), text))) == []
