"""`table.sora`: from rows back to takes, whatever became of the table in between."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest

import sora_nb as sora
from sora_nb.errors import ConfigError
from sora_nb.tables import TRACK_COLUMNS


@pytest.fixture
def table(studio: sora.Studio) -> pd.DataFrame:
    sweep = studio.sweep("{animal}", animal=["a cat", "a dog [fail]"], seconds=[1, 2]).run().wait(60)
    return sweep.df


@pytest.fixture
def no_window() -> Iterator[None]:
    from matplotlib import pyplot

    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")


def test_a_part_of_a_table_that_went_through_a_file_is_compared(table: pd.DataFrame, tmp_path: Path) -> None:
    again = sora.read_table(table.sora.save(tmp_path / "takes.csv"))
    grid = again.iloc[::-1].sora.compare()
    assert [take["label"] for take in grid.takes] == ["a cat · 2", "a cat · 1"]  # what failed has no film
    assert [take["label"] for take in table.sora.compare(label="axis_seconds").takes] == ["1", "2"]


def test_a_gallery_and_a_report_show_the_takes(table: pd.DataFrame, tmp_path: Path) -> None:
    shown = table.sora.gallery(most=3)
    assert shown.count("<img") == 2 and "and 1 more" in shown and "<script" not in shown
    page = table.sora.report(tmp_path / "takes.html", title="Cats & dogs")
    assert "Cats &amp; dogs" in page.read_text()


def test_every_way_to_a_report_tells_the_same(studio: sora.Studio, tmp_path: Path) -> None:
    sweep = studio.sweep("{animal}", animal=["a cat", "a dog [fail]"], seconds=[1, 2]).run().wait(60)
    question = {"question": "Who is it?"}
    of_table = sweep.df.sora.report(tmp_path / "table.html", **question).read_bytes()
    assert studio.report(tmp_path / "studio.html", videos=sweep.videos, **question).read_bytes() == of_table
    of_sweep = sweep.report(tmp_path / "sweep.html", **question).read_text()
    # The sweep alone knows its template and what it has not asked for yet; all else is the same.
    template = '<p class="template" dir="auto">{animal}</p>'
    assert template in of_sweep and of_sweep.replace(template, "") == of_table.decode()
    assert "1 of 1" in of_sweep and "0 of 1" in of_sweep and "What came of it" in of_sweep
    plan = sweep.df.sora.report_plan(max_mb=0)
    assert [take.fate for take in plan.takes] == ["left out", "left out", "none", "none"]
    assert str(sweep.report_plan(max_mb=0)).splitlines()[1:] == str(plan).splitlines()[1:]


def test_a_report_of_a_sweep_tells_what_was_not_asked_for(studio: sora.Studio) -> None:
    sweep = studio.sweep("{animal}", animal=["a cat", "a dog"], seconds=1, repeats=2)
    plan = sweep.report_plan()
    assert plan.title == "{animal}" and len(plan) == 0
    assert plan._contents.experiment is not None
    assert (plan._contents.experiment.takes, plan._contents.experiment.asked) == (4, 0)


def test_ratings_are_kept_all_or_none(table: pd.DataFrame, studio: sora.Studio) -> None:
    rated = table.sora.rate([5, None, 3, float("nan")])
    assert rated["rating"].tolist()[0] == 5 and rated["rating"].isna().tolist() == [False, True, False, True]
    assert studio.frame([studio.video(id_) for id_ in table["id"]])["rating"].tolist()[::2] == [5, 3]
    for wrong, words in (([1, 2, 3, 9], "not 9. Nothing was rated"), ([1], "1 ratings for 4 rows")):
        with pytest.raises(ConfigError, match=words):
            table.sora.rate(wrong)
    assert studio.video(table["id"][0]).rating == 5
    assert table.sora.rate(2)["rating"].tolist() == [2] * 4


def test_a_rating_is_a_number_whoever_made_it(table: pd.DataFrame, studio: sora.Studio) -> None:
    number = pd.Series([3])[0]  # numpy's own
    assert table.sora.rate(number)["rating"].tolist() == [3] * 4
    video = studio.video(table["id"][0])
    video.rate(pd.Series([4])[0])
    assert video.rating == 4
    for wrong in (9, "5", "x", [5], float("nan")):
        with pytest.raises(ConfigError, match="1 to 5"):
            video.rate(wrong)  # type: ignore[arg-type]
    for wrong in ("5", ["x"] * 4, object()):
        with pytest.raises(ConfigError, match=r"1 to 5|1 ratings"):
            table.sora.rate(wrong)  # type: ignore[arg-type]
    assert video.rating == 4


def test_a_table_without_takes_says_that_there_are_none(studio: sora.Studio) -> None:
    sweep = studio.sweep("{animal}", animal=["a cat", "a dog"], seconds=1)
    with pytest.raises(ConfigError, match="no takes to compare yet"):
        sweep.df.sora.compare()
    with pytest.raises(ConfigError, match="no takes to compare yet"):
        sweep.compare()


def test_the_best_of_each_group_wins() -> None:
    table = pd.DataFrame(
        {
            "id": list("abcd"),
            "scene": ["x", "x", "y", "y"],
            "rating": [3.0, 5.0, math.nan, 2.0],
            "likeness": [0.9, 0.1, 0.5, 0.5],
        }
    )
    table.attrs["sora_nb"] = {"axes": ["scene"]}
    assert list(table.sora.winners()["id"]) == ["b", "d"]
    assert list(table.sora.winners("likeness")["id"]) == ["a", "c"]
    assert list(table.sora.winners("likeness", by=[])["id"]) == ["a"]
    tally = [{"id": "a", "share": 0.75}, {"id": "b", "share": 0.25}, {"id": "c", "share": None}]
    assert list(table.sora.winners(tally=tally)["id"]) == ["a"]
    assert len(table[table["id"] == "none"].sora.winners()) == 0
    for of, by, words in (("charm", None, "no column 'charm'"), ("id", [], "holds no numbers"), ("rating", "z", "'z'")):
        with pytest.raises(ConfigError, match=words):
            table.sora.winners(of, by)


def test_takes_that_are_nowhere_open_are_not_guessed(table: pd.DataFrame) -> None:
    strangers = table.assign(id=["vid_1", *table["id"][1:]])
    with pytest.raises(ConfigError, match="in no library that is open here"):
        strangers.sora.compare()
    with pytest.raises(ConfigError, match="no column 'id'"):
        pd.DataFrame({"scene": []}).sora.gallery()


def test_takes_are_drawn_by_axis(no_window: None) -> None:
    scenes = ["a $5 hat in a very long street of a town", "x", "x", None]
    table = pd.DataFrame({"scene": scenes, "cost_usd": [1.0, 2.0, 4.0, math.nan]})
    table.attrs["sora_nb"] = {"axes": ["scene"]}
    ax = table.sora.plot("cost_usd")
    ax.figure.canvas.draw()  # a formula that cannot be read would show here
    assert ax.get_ylabel() == "cost (US dollars)" and ax.get_xlabel() == "scene"
    assert [tick.get_text() for tick in ax.get_xticklabels()] == [r"a \$5 hat in a very long str…", "x", "missing"]
    assert ax.lines[0].get_ydata()[:3].tolist() == [1, 2, 4]  # type: ignore[union-attr]
    for columns, words in ((["likeness"], "'likeness'"), (["scene"], "no numbers"), (["cost_usd"] * 2, "not 2")):
        with pytest.raises(ConfigError, match=words):
            table.sora.plot(*columns)
    with pytest.raises(ConfigError, match="Say which column"):
        pd.DataFrame({"likeness": [1.0]}).sora.plot()


def test_a_track_is_drawn_over_time(no_window: None) -> None:
    table = pd.DataFrame({name: pd.Series([0.5, 0.7], dtype="float64") for name in TRACK_COLUMNS if name != "cut"})
    table = table.assign(cut=[False, True], luma=[80.0, 90.0], time=[0.0, 1.0], sharpness=[math.nan, 0.7])
    ax = table.sora.plot()
    named = [line.get_label() for line in ax.lines]
    assert "sharpness" in named and "luma" not in named and "cut" not in named
    assert dict(zip(named, (len(line.get_xdata()) for line in ax.lines), strict=True))["sharpness"] == 1  # type: ignore[arg-type]
    assert [line.get_label() for line in table.sora.plot("luma", ax=None).lines] == ["luma"]
    assert mpl.get_backend().lower() == "agg"


@pytest.mark.parametrize(
    "script",
    [
        "import pandas as pd, sora_nb as sora; sora.Studio('simulator'); pd.DataFrame().sora",
        "import sora_nb as sora; sora.read_table; import pandas as pd; pd.DataFrame().sora",
    ],
)
def test_it_is_there_as_soon_as_it_can_be(script: str) -> None:
    subprocess.run([sys.executable, "-c", script], check=True)
