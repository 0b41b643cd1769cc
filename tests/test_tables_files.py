"""Tables as files: what is written comes back, type by type and letter by letter."""

from __future__ import annotations

import json
import math
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import sora_nb as sora
from sora_nb.errors import ConfigError
from sora_nb.sweep.plan import PlannedTake
from sora_nb.sweep.summary import summary_rows
from sora_nb.tables import SCHEMA, TABLES, characters_df, plan_df, summary_df, videos_df
from sora_nb.tables.files import read_table, typed, write_table
from tests.test_tables import ADA, DONE, QUEUED, REFUSED

KINDS = [".csv", ".json", ".parquet"]
RATED = replace(DONE, id="vid_4", axes={"scene": "NA", "seconds": "007"}, cost_usd=0.1 + 0.2, rating=None)
MICRO = replace(DONE, id="vid_5", submitted_at=datetime(2026, 11, 23, 7, 2, 11, 1, tzinfo=UTC), error="")
ROWS = [QUEUED, DONE, REFUSED, RATED, MICRO]

FULL = {
    "videos": videos_df(ROWS, {"chr_1": "ada"}, ["scene", "seconds"]),
    "characters": characters_df([ADA, replace(ADA, created_at=None, cost_usd=None, description="")]),
    "plan": plan_df([PlannedTake("refused", "p", "s", {"scene": "x"}, 1, refusal="no")], ["scene"]),
    "summary": summary_df(summary_rows(ROWS, [one.axes for one in ROWS], ["scene"]), ["scene"]),
}
EMPTY = {
    "videos": videos_df([], {}, ["scene", "seconds"]),
    "characters": characters_df([]),
    "plan": plan_df([], ["scene"]),
    "summary": summary_df([], ["scene"]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FULL)
def test_a_table_comes_back_as_it_was(name: str, kind: str, tmp_path: Path) -> None:
    table = FULL[name]
    # An empty text and none are one in a CSV, but for the columns that are never missing.
    expected = table.replace({"error": {"": pd.NA}}) if kind == ".csv" and name == "videos" else table
    again = read_table(write_table(table, tmp_path / f"table{kind}"))
    pd.testing.assert_frame_equal(again, expected)
    assert again.attrs == table.attrs


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_table_comes_back_as_it_was(name: str, kind: str, tmp_path: Path) -> None:
    table = EMPTY[name]
    again = read_table(write_table(table, tmp_path / f"table{kind}"), name)
    if kind == ".json":  # an empty list of rows does not even say which columns there were
        table = table.drop(columns=table.attrs["sora_nb"]["axes"])
        table.attrs["sora_nb"] = {**table.attrs["sora_nb"], "axes": []}
    pd.testing.assert_frame_equal(again, table)
    assert again.attrs == table.attrs


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FULL)
def test_a_column_of_ones_own_becomes_no_axis(name: str, kind: str, tmp_path: Path) -> None:
    table = FULL[name].copy()
    table["note"] = "mine"
    again = read_table(write_table(table, tmp_path / f"table{kind}"))
    assert again.attrs == table.attrs and again["note"].tolist() == table["note"].tolist()
    table.attrs.clear()  # as after a merge
    if kind != ".parquet":
        assert read_table(write_table(table[[*TABLES[name], "note"]], tmp_path / f"other{kind}"), name).sora.axes == []


def test_a_name_that_is_there_twice_is_written_twice(tmp_path: Path) -> None:
    both = FULL["summary"].assign(note="a")
    both.insert(0, "note", "b", allow_duplicates=True)
    header = write_table(both, tmp_path / "table.csv").read_text().splitlines()[0]
    assert header.count('"note"') == 2


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), min_size=1))
@example(["\r", "\r\n", "\n", '"', ",", "NA", "007", "1e5", "=1+1", " a "])
def test_text_is_text_in_every_file(words: list[str]) -> None:
    table = videos_df([replace(QUEUED, id=f"vid_{n}", remote_id=word) for n, word in enumerate(words)], {})
    with tempfile.TemporaryDirectory() as folder:
        for kind in (".csv", ".json"):
            again = read_table(write_table(table, Path(folder, f"table{kind}")))
            assert list(again["remote_id"]) == words, kind


def test_a_reader_that_guesses_would_be_seen(tmp_path: Path) -> None:
    path = write_table(FULL["videos"], tmp_path / "table.csv")
    guessed = pd.read_csv(path)
    assert not guessed["axis_seconds"].equals(FULL["videos"]["axis_seconds"])
    assert pd.isna(guessed["scene"].iloc[3]) and read_table(path)["scene"].iloc[3] == "NA"


def test_a_part_of_a_table_is_typed_too() -> None:
    part = pd.DataFrame({"prompt": ["a cat"], "take": [2.0], "cost_usd": ["0.1"], "mine": [7]})
    table = typed(part, "videos")
    assert (table["take"].iloc[0], table["cost_usd"].iloc[0], table["mine"].iloc[0]) == (2, 0.1, 7)
    assert list(table.columns) == [*TABLES["videos"], "mine"]
    assert table["findings"].iloc[0] == "" and math.isnan(table["rating"].iloc[0])


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_known_by_its_columns(name: str) -> None:
    whole = pd.DataFrame({column: pd.Series([], dtype=kind) for column, kind in TABLES[name].items()})
    assert typed(whole).attrs["sora_nb"]["table"] == name


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("take", "1.5", "no whole number"),
        ("simulated", "perhaps", "neither true nor false"),
        ("cost_usd", "free", "float"),
    ],
)
def test_a_value_of_another_type_is_refused(column: str, value: str, words: str) -> None:
    with pytest.raises(ConfigError, match=rf"The column {column} .*{words}"):
        typed(pd.DataFrame({column: [value]}))


def test_a_newer_table_is_refused() -> None:
    table = FULL["videos"].copy()
    table.attrs["sora_nb"] = {**table.attrs["sora_nb"], "schema": SCHEMA + 1}
    with pytest.raises(ConfigError, match="newer sora_nb"):
        typed(table)
    with pytest.raises(ConfigError, match="no table 'vidoes'"):
        typed(FULL["videos"], "vidoes")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("takes.xlsx", "", "Give a file that ends with"),
        ("takes.json", "{", "it is no json"),
        ("takes.json", '{"a": 1}', "it is no json"),
        ("takes.csv", "", "it is no csv"),
        ("takes.parquet", "no", "it is no parquet"),
    ],
)
def test_a_file_that_is_no_table_is_refused(name: str, content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ConfigError, match=words):
        sora.read_table(tmp_path / name)
    with pytest.raises(ConfigError, match="No such file"):
        sora.read_table(tmp_path / "nowhere.csv")


def test_json_is_a_list_of_rows_that_others_can_read(tmp_path: Path) -> None:
    rows = json.loads(write_table(FULL["videos"], tmp_path / "takes.json").read_text())
    assert rows[0]["cost_usd"] is None and rows[1]["submitted_at"] == "2026-11-23T07:02:11.250000+00:00"


@pytest.mark.parametrize("kind", KINDS)
def test_the_folder_of_a_table_is_made_or_it_is_said_why_not(kind: str, tmp_path: Path) -> None:
    assert write_table(EMPTY["plan"], tmp_path / "new" / "deep" / f"table{kind}").exists()
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ConfigError, match=r"file/table.* cannot be written"):
        write_table(EMPTY["plan"], tmp_path / "file" / f"table{kind}")
