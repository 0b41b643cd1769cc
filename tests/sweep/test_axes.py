"""Axes as lists, tables and files, and the template that they fill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sora_nb.errors import ConfigError
from sora_nb.sweep.axes import fill, points


def test_lists_are_crossed_in_their_order() -> None:
    names, found = points(None, {"scene": ["a", "b"], "seconds": [4, 8], "model": "m"})
    assert names == ["scene", "seconds", "model"]
    assert [(one["scene"], one["seconds"]) for one in found] == [("a", 4), ("a", 8), ("b", 4), ("b", 8)]
    assert {one["model"] for one in found} == {"m"}


def test_rows_are_not_crossed_with_each_other_but_with_what_stands_beside_them() -> None:
    table = pd.DataFrame({"scene": ["a", "b"], "seconds": [4, 8]})
    names, found = points(table, {"size": ["1x1", "2x2"]})
    assert names == ["scene", "seconds", "size"]
    assert [tuple(one.values()) for one in found] == [
        ("a", 4, "1x1"),
        ("a", 4, "2x2"),
        ("b", 8, "1x1"),
        ("b", 8, "2x2"),
    ]


@pytest.mark.parametrize("kind", ["frame", "file", "path", "dicts"])
def test_a_table_means_the_same_however_it_is_given(kind: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"scene": ["a, with a comma", "007"], "seconds": [4.0, 2.5], "take": [1, 2]})
    file = tmp_path / "rows.csv"
    frame.to_csv(file, index=False)
    given: Any = {"frame": frame, "file": str(file), "path": file, "dicts": frame.to_dict("records")}[kind]
    assert points(given, {})[1] == [
        {"scene": "a, with a comma", "seconds": 4, "take": 1},
        {"scene": "007", "seconds": 2.5, "take": 2},
    ]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, ""])
def test_what_a_table_leaves_empty_is_left_to_the_service(missing: Any) -> None:
    _, found = points([{"scene": "a", "size": missing}, {"scene": "b", "size": "1x1"}], {})
    assert found == [{"scene": "a"}, {"scene": "b", "size": "1x1"}]


@pytest.mark.parametrize(
    ("rows", "axes", "words"),
    [
        (None, {"scene": []}, "axis scene is empty"),
        (pd.DataFrame({"scene": []}), {}, "has no rows"),
        ([3], {}, "has no rows"),
        (5, {}, "has no rows"),
        ([{"scene": "a"}], {"scene": ["b"]}, "axis scene is in the table and is given beside it"),
        (None, {"seconds": ["four"]}, "'four', which is no number"),
        (None, {"take": [1.5]}, "1.5, which is no whole number"),
        (None, {"scene": ["a", None]}, "None, which says nothing"),
        (None, {"scene": [float("nan")]}, "nan, which says nothing"),
        ("nowhere.csv", {}, "No such file"),
    ],
)
def test_what_is_no_grid_is_refused(rows: Any, axes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        points(rows, axes)


def test_a_file_with_uneven_lines_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("scene,seconds\na,4\nb\n")
    with pytest.raises(ConfigError, match="longer or shorter"):
        points(tmp_path / "rows.csv", {})


def test_settings_may_be_words_and_words_have_to_be() -> None:
    point = {"scene": "a park", "seconds": 4}
    assert fill("{scene}, {seconds} s, {{so}}", ["scene", "seconds"], [point]) == ["a park, 4 s, {so}"]
    assert fill("{scene}", ["scene", "seconds"], [point]) == ["a park"]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("a park", "names nothing and the axes are scene"),
        ("{scene} {mood}", "names mood, scene"),
        ("{scene", "cannot be read"),
        ("{}", "no name of an axis"),
        ("{scene.__class__}", "no name of an axis"),
        ("{scene[0]}", "no name of an axis"),
        ("{scene:d}", "cannot be filled with row 1"),
    ],
)
def test_a_template_that_does_not_fit_is_refused(template: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        fill(template, ["scene"], [{"scene": "a park"}])


@pytest.mark.parametrize("value", [["a"], {"a": 1}, object(), b"a"])
def test_what_no_prompt_can_say_is_refused(value: Any) -> None:
    with pytest.raises(ConfigError, match="no prompt can say"):
        fill("{scene}", ["scene"], [{"scene": value}])
    assert fill("{scene}a", ["scene"], [{"scene": ""}]) == ["a"]


def test_a_template_is_text() -> None:
    with pytest.raises(ConfigError, match="A template is text, not None"):
        fill(None, ["scene"], [{"scene": "a"}])  # type: ignore[arg-type]


def test_a_row_without_a_word_is_named() -> None:
    with pytest.raises(ConfigError, match="Row 2 has no mood"):
        fill("{mood}", ["mood"], [{"mood": "calm"}, {}])
