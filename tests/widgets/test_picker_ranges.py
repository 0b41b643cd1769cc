"""Several ranges in one video, each with its name and its box."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import traitlets

from sora_nb.errors import ConfigError, RangeError
from sora_nb.timerange import TimeRange
from sora_nb.video import Box
from sora_nb.widgets import RangePicker
from sora_nb.widgets.ranges import NamedRange

ADA = {"name": "Ada", "start": 2.0, "end": 5.0, "box": None, "box_at": None}


@pytest.fixture
def picker(clip: Path) -> RangePicker:
    return RangePicker(clip, value="2,5")


def test_there_is_one_range_and_it_is_the_value(picker: RangePicker) -> None:
    assert picker.named == [NamedRange("", TimeRange(2, 5))]
    picker.value = "3,6"
    assert picker.named == [NamedRange("", TimeRange(3, 6))]
    picker.rename(0, "Ada")
    assert picker.ranges == [ADA | {"start": 3.0, "end": 6.0}]


def test_a_range_is_added_selected_moved_and_removed(picker: RangePicker) -> None:
    picker.rename(0, "Ada")
    assert picker.add("6,9", name="Ben") == NamedRange("Ben", TimeRange(6, 9))
    assert (picker.selected, picker.value) == (1, (6.0, 9.0))
    picker.select("Ada")
    assert picker.value == (2.0, 5.0)
    picker.value = "1,4"
    assert [str(one.span) for one in picker.named] == ["1,4", "6,9"]
    picker.remove("Ada")
    assert [one.name for one in picker.named] == ["Ben"] and (picker.selected, picker.value) == (0, (6.0, 9.0))
    with pytest.raises(ConfigError, match="the only range"):
        picker.remove(0)
    with pytest.raises(ConfigError, match=r"no range 'Cleo' here. Known: 'Ben'"):
        picker.select("Cleo")


def test_what_is_removed_before_the_selected_one_leaves_it_selected(picker: RangePicker) -> None:
    picker.ranges = [("Ada", "0,1"), ("Ben", "1,2"), ("Cleo", "2,3")]
    picker.select("Cleo")
    picker.remove("Ada")
    assert picker.named[picker.selected].name == "Cleo" and picker.value == (2.0, 3.0)


def test_a_new_range_begins_at_the_playhead_and_stays_in_the_video(picker: RangePicker) -> None:
    picker.current_time = 6
    assert str(picker.add().span) == "6,9"
    picker.current_time = 9.5
    assert str(picker.add().span) == "7,10"
    with pytest.raises(ConfigError, match="no video"):
        RangePicker().add()


def test_python_gives_them_all_at_once_and_never_none(picker: RangePicker) -> None:
    picker.ranges = [("Ada", "2,5"), {"name": "Ben", "start": 6, "end": 9, "box": [0.1, 0.2, 0.3, 0.4], "box_at": 7}]
    picker.selected = 1
    assert (picker.value, picker.box, picker.box_at) == ((6.0, 9.0), (0.1, 0.2, 0.3, 0.4), 7.0)
    picker.ranges = []
    assert [str(one.span) for one in picker.named] == ["6,9"] and picker.selected == 0
    picker.selected = 7
    assert picker.selected == 0


@pytest.mark.parametrize(
    ("given", "error"),
    [("2,5", "no list of ranges"), ([{"from": 1}], "is no range"), ([("Ada", "soon")], "is not a range"),
     ([("a" * 81, "2,5")], "81 letters"), ([{"start": 1, "end": 2, "box": [3, 0, 1, 1]}], "shows nothing")],
)  # fmt: skip
def test_nonsense_is_refused_and_changes_nothing(picker: RangePicker, given: Any, error: str) -> None:
    with pytest.raises((ConfigError, RangeError), match=error):
        picker.ranges = given
    assert [str(one.span) for one in picker.named] == ["2,5"]


def test_the_page_writes_all_of_it_at_once(picker: RangePicker) -> None:
    seen: list[tuple[float, float]] = []
    picker.observe(lambda change: seen.append(change.new), "value")
    rows = [ADA, ADA | {"name": "Ben", "start": 6, "end": 9}]
    picker.set_state({"ranges": rows, "selected": 1, "value": [6, 9], "box": None, "box_at": None})
    assert picker.value == (6.0, 9.0) and [one.name for one in picker.named] == ["Ada", "Ben"]
    assert seen == [(6.0, 9.0)]
    picker.set_state({"value": [6.5, 9]})  # as a jslink does it, which knows of nothing else
    assert str(picker.named[1].span) == "6.5,9" and str(picker.named[0].span) == "2,5"


def test_a_box_belongs_to_its_range(picker: RangePicker) -> None:
    picker.box = Box(0.25, 0.1, 0.5, 0.8)
    picker.box_at = 2.5
    assert picker.named == [NamedRange("", TimeRange(2, 5), Box(0.25, 0.1, 0.5, 0.8), 2.5)]
    picker.add("6,9")
    assert picker.box is None and picker.box_at is None
    picker.select(0)
    assert (picker.box, picker.box_at) == ((0.25, 0.1, 0.5, 0.8), 2.5)
    picker.box = None
    assert picker.named[0].box is None and picker.named[0].box_at is None
    with pytest.raises(ConfigError, match="shows nothing"):
        picker.box = (2, 0, 1, 1)


def test_another_video_begins_afresh(picker: RangePicker, clip: Path) -> None:
    picker.rename(0, "Ada")
    picker.add("6,9")
    picker.box = (0, 0, 1, 1)
    picker.load(clip)
    assert picker.named == [NamedRange("", TimeRange(0, 4))] and picker.selected == 0
    assert picker.box is None and picker.current_time == 0


def test_value_is_linked_as_any_trait_is(picker: RangePicker, clip: Path) -> None:
    other = RangePicker(clip, value="0,1")
    link = traitlets.link((picker, "value"), (other, "value"))
    assert other.value == (2.0, 5.0)
    other.value = "4,7"
    assert picker.value == (4.0, 7.0) and str(picker.named[0].span) == "4,7"
    link.unlink()


def test_the_form_without_a_kernel_tells_the_ranges(picker: RangePicker) -> None:
    assert "<table" not in picker._static()
    picker.ranges = [{**ADA, "name": "<b>Ada", "box": [0, 0, 1, 1], "box_at": 3}, ("", "6,9")]
    form = picker._static()
    assert "&lt;b&gt;Ada" in form and "<b>Ada" not in form
    assert "Range 2" in form and "9 s" in form and "boxed at 3 s" in form
