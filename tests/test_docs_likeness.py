"""The examples of docs/likeness.md are Python, and call only what is there."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import sora_nb as sora
from sora_nb.video.calibration import BY_LOOKS

PAGE = (Path(__file__).parents[1] / "docs" / "likeness.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_there_are_examples():
    assert len(EXAMPLES) >= 2


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_python_and_calls_likeness_as_it_is(example):
    tree = ast.parse(example)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and "likeness" in ast.unparse(node.func)]
    assert calls
    known = inspect.signature(sora.likeness).parameters
    for call in calls:
        assert {keyword.arg for keyword in call.keywords} <= set(known)


def test_the_page_has_the_medians_that_the_words_call_on():
    for calibration in BY_LOOKS.values():
        assert f"{calibration.same:.2f} " in PAGE and f"{calibration.different:.2f} " in PAGE
