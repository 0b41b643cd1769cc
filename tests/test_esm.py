"""Modules are joined once each, what is needed before who needs it."""

from __future__ import annotations

import re

import pytest

from sora_nb import esm


@pytest.mark.parametrize("name", ["report/compare.js", "widgets/front/compare/compare.js"])
def test_a_joined_text_imports_nothing_and_says_nothing_twice(name: str) -> None:
    text = esm.joined(name)
    assert not re.search(r"^import ", text, re.MULTILINE)
    named = re.findall(r"^(?:export )?(?:const|let|function|class) (\w+)", text, re.MULTILINE)
    assert len(named) > 10 and len(named) == len(set(named))


def test_what_is_needed_comes_first() -> None:
    text = esm.joined("report/compare.js")
    assert text.index("function createTogether") < text.index("createTogether(() =>")


def test_a_text_of_the_package_is_read_by_its_path() -> None:
    assert esm.read("report/page.css").startswith(":root")
    with pytest.raises(FileNotFoundError):
        esm.read("report/gone.css")
