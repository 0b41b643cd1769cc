"""ES modules joined into one text, for where nothing can be imported: a widget's `blob:` address, a page on a disk.

So the files stay real modules, which an editor and a reader understand, and are joined here.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from posixpath import dirname, join, normpath

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.\.?/[\w./]+)";\n', re.MULTILINE)
_DEFAULT = re.compile(r"^export default .*;\n", re.MULTILINE)


@cache
def joined(name: str) -> str:
    """One ES module made of the file *name* of this package and of all it imports, each once and before its users."""
    order: list[str] = []
    _visit(name, order)
    texts = [_IMPORT.sub("", read(file)) for file in order]
    return "".join([*(_DEFAULT.sub("", text) for text in texts[:-1]), texts[-1]])


def read(name: str) -> str:
    """The text of one file of this package, by its path in there, such as `report/page.css`."""
    return files("sora_nb").joinpath(*name.split("/")).read_text(encoding="utf-8")


def _visit(name: str, order: list[str]) -> None:
    for needed in _IMPORT.findall(read(name)):
        path = normpath(join(dirname(name), needed))
        if path not in order:
            _visit(path, order)
    order.append(name)
