"""The range picker's Python half."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from sora_nb.errors import ConfigError, RangeError, VideoFileError
from sora_nb.timerange import APIYI, TUTORIAL, Limits, TimeRange
from sora_nb.video import Suggestion, scan
from sora_nb.widgets import RangePicker, pick
from tests.widgets.conftest import Said


def from_the_page(picker: RangePicker, **state: object) -> None:
    """What the front end does when it sets a value."""
    picker.set_state(state)


def test_it_begins_with_a_range_that_passes(clip: Path) -> None:
    picker = pick(clip)
    assert (picker.duration, picker.fps) == (10.0, 24.0)
    assert picker.value == (0.0, 4.0)
    assert picker.remarks == []


def test_a_short_video_and_a_hard_limit_shape_the_beginning(clip: Path) -> None:
    assert pick(clip, limits="apiyi").value == (0.0, 3.0)
    assert pick(clip, duration=2, limits=APIYI).value == (0.0, 2.0)


@pytest.mark.parametrize("given", ["5,8", (5, 8), TimeRange(5, 8), [5.0, 8.0]])
def test_python_sets_the_value_in_any_spelling(clip: Path, given: object) -> None:
    picker = RangePicker(clip)
    picker.value = given
    assert picker.value == (5.0, 8.0)
    assert picker.span == TimeRange(5, 8) and str(picker.span) == "5,8"


def test_nonsense_is_refused_and_changes_nothing(clip: Path) -> None:
    picker = RangePicker(clip, value="5,8")
    with pytest.raises(RangeError, match="is not a range"):
        picker.value = "from five to eight"
    assert picker.value == (5.0, 8.0)


def test_decimals_are_kept_to_the_millisecond(clip: Path) -> None:
    picker = RangePicker(clip)
    from_the_page(picker, value=[1.4, 4.4000000001])
    assert picker.value == (1.4, 4.4)
    assert picker.span.seconds == 3


def test_the_page_moves_the_range_and_hears_the_findings(clip: Path) -> None:
    picker = RangePicker(clip, limits=APIYI)
    from_the_page(picker, value=[1, 10])
    (finding,) = picker.findings
    assert finding["message"] == "1,10 lasts 9 s; apiyi allows 1 to 3 s. Try 1,4."
    assert (finding["level"], finding["code"], finding["fix"], finding["fix_text"]) == (
        "error",
        "too_long",
        [1.0, 4.0],
        "Use 1,4",
    )
    assert [remark.code for remark in picker.remarks] == ["too_long"]
    from_the_page(picker, value=finding["fix"])
    assert picker.findings == [] and picker.value == (1.0, 4.0)


def test_one_fix_is_offered_once(clip: Path) -> None:
    picker = RangePicker(clip, limits=APIYI, value="2,20")
    assert [finding["code"] for finding in picker.findings] == ["past_end", "too_long"]
    assert [finding.get("fix_text") for finding in picker.findings] == ["Use 2,5", None]


def test_a_warning_is_a_warning(clip: Path) -> None:
    limits = Limits("lab", warn_above=2)
    assert [finding["level"] for finding in RangePicker(clip, limits=limits, value="0,3").findings] == ["warning"]


def test_an_address_has_no_length_until_the_page_knows_it() -> None:
    picker = RangePicker("https://example.org/hero.mp4?sig=abc", value="5,8")
    assert picker.duration is None
    assert [finding["code"] for finding in picker.findings] == ["unknown_length"]
    picker._handle_custom_msg({"kind": "picker:duration", "seconds": 6.5}, [])
    assert picker.duration == 6.5
    assert [finding["code"] for finding in picker.findings] == ["past_end"]
    assert "abc" not in repr(picker) and "abc" not in str(picker.get_state())


def test_another_video_can_be_loaded(clip: Path, tmp_path: Path) -> None:
    picker = RangePicker()
    assert (picker.source, picker.findings, picker.duration) == (None, [], None)
    picker.load(clip, value="1,4")
    assert (picker.source, picker.value, picker.duration) == (clip, (1.0, 4.0), 10.0)
    with pytest.raises(VideoFileError, match="There is no file"):
        picker.load(tmp_path / "none.mp4")
    assert (picker.source, picker.value) == (clip, (1.0, 4.0))


def test_anything_with_a_path_is_a_source(clip: Path) -> None:
    picker = RangePicker(SimpleNamespace(path=clip, prompt="A walk"))
    assert (picker.source, picker._title) == (clip, "A walk")
    with pytest.raises(ConfigError, match="Wait for it"):
        RangePicker(SimpleNamespace(path=None))
    with pytest.raises(ConfigError, match="A int is no video"):
        RangePicker(7)


def test_unknown_limits_are_named(clip: Path) -> None:
    with pytest.raises(ConfigError, match=r"'nobody'\. Known: tutorial, apiyi, openai"):
        RangePicker(clip, limits="nobody")


def test_limits_are_told_in_words(clip: Path) -> None:
    assert RangePicker(clip, limits=TUTORIAL).limits["words"] == "tutorial: at least 1 s, best 3 to 5 s"
    assert RangePicker(clip, limits=APIYI).limits["words"] == "apiyi: 1 to 3 s"
    free = RangePicker(clip, limits=Limits("free"))
    assert free.limits["words"] == "free: no window is known, so any length may be tried"
    assert free.limits["unknown"] and not RangePicker(clip).limits["unknown"]


def test_no_trait_holds_pixels_or_a_place_on_the_disk(clip: Path) -> None:
    state = {name: value for name, value in RangePicker(clip).get_state().items() if not name.startswith("_")}
    assert not any(isinstance(value, (bytes, memoryview)) for value in state.values())
    assert str(clip.parent) not in str(state)


def test_its_repr_says_what_matters(clip: Path) -> None:
    assert repr(RangePicker(clip, value="5,8")) == "RangePicker('clip.mp4', value='5,8', limits='tutorial')"


def test_its_bundle_has_a_form_for_those_without_a_kernel(clip: Path) -> None:
    first, second = (RangePicker(clip, value="2,9", limits=APIYI)._repr_mimebundle_() for _ in range(2))
    assert "application/vnd.jupyter.widget-view+json" in first
    assert first["text/html"] == second["text/html"]
    assert "2 s to 9 s, 7 s long" in first["text/html"] and "apiyi allows 1 to 3 s" in first["text/html"]
    assert "data:image/jpeg" in first["text/html"] and "<script" not in first["text/html"]


def test_what_was_seen_is_drawn_said_and_offered(clip: Path) -> None:
    picker = RangePicker(clip, value="0,4")
    seen = scan(clip)
    assert picker.track == {} and picker.suggestions == []
    rules = [remark.code for remark in picker.remarks]
    chosen = Suggestion(TimeRange(2.1, 5), 0.8, ("sharp (0.46, the best here has 0.47)", "steady"), {})
    picker.show_track(seen, [chosen])
    assert picker.track["duration"] == 10 and 0 < len(picker.track["sharpness"]) <= 600
    assert picker.suggestions == [
        {
            "start": 2.1,
            "end": 5.0,
            "place": "2.1 to 5",
            "words": "sharp, steady",
            "reasons": "sharp (0.46, the best here has 0.47); steady",
            "box": None,
        }
    ]
    pixels = [finding.code for finding in seen.findings("0,4")]
    assert pixels and [finding["code"] for finding in picker.findings] == [*pixels, *rules]
    assert len(str(picker.get_state(["track", "suggestions"]))) < 20_000
    picker.load(clip, value="0,4")
    assert picker.track == {} and picker.suggestions == [] and [one.code for one in picker.remarks] == rules


def test_a_video_that_is_too_short_for_the_rules_is_told(clip: Path) -> None:
    (finding,) = RangePicker(clip, limits=APIYI, duration=0.6).findings
    assert finding["code"] == "too_short" and "fix" not in finding
    assert "The whole video is shorter; use a longer one." in finding["message"]


def test_the_page_hears_that_the_kernel_lives(clip: Path, said: Said) -> None:
    picker = RangePicker(clip)
    picker.send = said.send
    picker._handle_custom_msg({"kind": "picker:ping", "view": "v1"}, [])
    assert said.until("picker:pong")[0]["view"] == "v1"
