"""How the site is made: `make docs`. scripts/build_site.py gathers the pages, this says how they look."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

import sora_nb
from sora_nb import errors

project = "sora_nb"
author = copyright = "the sora_nb authors"
release = version = sora_nb.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc"]
html_theme = "furo"
html_title = "sora_nb"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False

myst_heading_anchors = 3  # the anchors that links in these pages have where a repository is browsed

nb_execution_mode = "off"  # what is shown is what was stored, and nbval compares that
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # no script from elsewhere: each view has a static form beside it
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]

autodoc_default_options = {
    "members": True,
    "undoc-members": True,
    # Up to here: what a class has of other packages is told by theirs.
    "inherited-members": "AnyWidget,Text,Password,VBox,Exception,BaseException,OSError,str,Mapping,Sequence,Generic,"
    "Protocol",
    "member-order": "bysource",
}
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 100

PLACES = {name: f"sora_nb.{name}" for name in sora_nb.__all__}
PLACES |= {name: f"sora_nb.errors.{name}" for name, value in vars(errors).items() if isinstance(value, type)}
"""Where the reference tells of a name."""


def set_code(text: str) -> str:
    """Docstrings are written for `help()`: one backtick around code, also in `Video`s. Known names become links."""

    def as_role(found: re.Match[str]) -> str:
        code = " ".join(found[1].split())
        role = f":py:obj:`{code} <{PLACES[code]}>`" if code in PLACES else f"``{code}``"
        return role + ("\\ " if text[found.end() : found.end() + 1].isalnum() else "")

    return re.sub(r"(?<!`)`([^`]+)`(?!`)", as_role, text)


def on_docstring(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """A docstring as Sphinx reads it. The tree that a module draws is kept as it is drawn."""
    drawn = [line for line in lines if line.lstrip().startswith(("* ", "x ", "- "))] if what == "module" else []
    if drawn:
        first = lines.index(drawn[0])
        lines[first : first + len(drawn)] = ["::", "", *(f"    {line}" for line in drawn)]
    else:
        lines[:] = set_code("\n".join(lines)).split("\n")


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("autodoc-process-docstring", on_docstring)
