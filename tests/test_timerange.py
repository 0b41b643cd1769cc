"""A range is read, judged and mended: exact at every boundary, and no fix that would itself be refused."""

from __future__ import annotations

import math
import pickle
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.errors import RangeError
from sora_nb.timerange import (
    APIYI,
    LIMITS,
    OPENAI,
    TUTORIAL,
    Finding,
    Limits,
    TimeRange,
    check,
    mend,
    plain,
    require,
    validate_timestamps,
)

TIMES = st.integers(min_value=-(10**7), max_value=10**8)
SPANS = st.builds(TimeRange.from_ms, TIMES, TIMES)
DURATIONS = st.none() | st.floats(min_value=0, max_value=20_000, allow_nan=False)
SERVICES = st.sampled_from(list(LIMITS.values()))


def found(span, limits=TUTORIAL, duration=60.0):
    """The level and code of each remark."""
    return [(finding.level, finding.code) for finding in check(span, limits, duration)]


@pytest.mark.parametrize(
    ("text", "start_ms", "end_ms"),
    [
        ("5,8", 5000, 8000),
        ("0,3", 0, 3000),
        ("10.5,15.2", 10_500, 15_200),
        ("1.001,2.999", 1001, 2999),
        ("1.4,4.4", 1400, 4400),
        ("05,08.50", 5000, 8500),
        ("-2,1", -2000, 1000),
        ("8,5", 8000, 5000),
        ("5,5.0004", 5000, 5000),
        ("999999999,5", 999_999_999_000, 5000),
    ],
)
def test_text_is_read_to_the_millisecond(text, start_ms, end_ms):
    assert TimeRange.parse(text) == TimeRange.from_ms(start_ms, end_ms)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("5, 8", "5,8"),
        (" 5,8", "5,8"),
        ("5,8\n", "5,8"),
        ("[5, 8]", "5,8"),
        ("(5,8)", "5,8"),
        ("5-8", "5,8"),
        ("5\u20138", "5,8"),
        ("5s - 8s", "5,8"),
        ("5 to 8", "5,8"),
        ("5..8", "5,8"),
        ("5;8", "5,8"),
        ("0.5 , 2.25", "0.5,2.25"),
        ([5, 8], "5,8"),
        ("", None),
        ("5", None),
        ("5,8,11", None),
        ("five,eight", None),
        ("0:05,0:08", None),
        ("1e1,2e1", None),
        ("+5,8", None),
        (".5,8", None),
        ("nan,inf", None),
        ("\u0665,\u0668", None),
        ("9" * 400 + ",5", None),
        (None, None),
        (5, None),
        (b"5,8", None),
        ([5, math.nan], None),
        ((5,), None),
        ((math.nan, 8), None),
        ((5, math.inf), None),
        ((5, 10**400), None),
        ((True, 8), None),
        (("5", 8), None),
    ],
)
def test_what_is_no_range_is_said_to_be_none_and_mended_where_it_can_be_guessed(text, meant):
    (finding,) = check(text, TUTORIAL, 60)
    assert (finding.level, finding.code) == ("error", "bad_format")
    assert 'such as "5,8"' in finding.message
    assert finding.fix == (TimeRange.parse(meant) if meant else None)
    assert (f'Try "{meant}".' in finding.message) == (meant is not None)
    with pytest.raises(RangeError) as raised:
        TimeRange.parse(text)
    assert [each.code for each in raised.value.findings] == ["bad_format"]


def test_the_mended_spelling_keeps_the_rules_and_its_words_agree():
    (finding,) = check("5 - 14", APIYI, 30)
    assert finding.fix == TimeRange(5, 8)
    assert finding.message.endswith('Try "5,8".')
    (finding,) = check("5 - 14", APIYI, 0.5)
    assert finding.fix is None
    assert "Try" not in finding.message


def test_a_long_value_is_shown_short():
    (finding,) = check("x" * 10_000)
    assert len(finding.message) < 200


@pytest.mark.parametrize(
    "value", [TimeRange(5, 8), "5,8", (5, 8), (5.0, 8.0), (np.int64(5), np.float64(8)), (Fraction(5), np.float32(8))]
)
def test_a_range_is_taken_from_text_pair_or_range(value):
    assert TimeRange.of(value) == TimeRange(5, 8)
    assert type(TimeRange.of(value).start_ms) is int


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, "5", None, True, 1j])
def test_a_time_that_is_no_number_of_seconds_is_refused(value):
    with pytest.raises(RangeError, match="not a number of seconds"):
        TimeRange(value, 8)


def test_a_range_is_a_value():
    span = TimeRange(5, 8)
    assert (span.start, span.end, span.seconds) == (5.0, 8.0, 3.0)
    assert pickle.loads(pickle.dumps(span)) == span  # noqa: S301 - made on the line
    assert {span: "x"}[TimeRange.parse("5,8")] == "x"
    assert repr(span) == "TimeRange(5, 8)"
    assert sorted([TimeRange(6, 7), TimeRange(5, 9)])[0] == TimeRange(5, 9)
    assert TimeRange(8, 5).seconds == -3
    with pytest.raises(AttributeError):
        span.start_ms = 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "5"), (10.5, "10.5"), (0.125, "0.125"), (100, "100"), (0, "0"), (-0.0, "0"), (-0.0001, "0"), (-2.5, "-2.5")],
)
def test_seconds_are_written_as_people_write_them(seconds, text):
    assert plain(seconds) == text


@pytest.mark.parametrize(
    ("limits", "span", "expected"),
    [
        (TUTORIAL, "5,5.999", [("error", "too_short")]),
        (TUTORIAL, "5,6", [("hint", "too_short")]),
        (TUTORIAL, "5,7.999", [("hint", "too_short")]),
        (TUTORIAL, "5,8", []),
        (TUTORIAL, "5,10", []),
        (TUTORIAL, "5,10.001", [("hint", "too_long")]),
        (TUTORIAL, "5,15", [("hint", "too_long")]),
        (TUTORIAL, "5,15.001", [("warning", "too_long")]),
        (APIYI, "5,5.999", [("error", "too_short")]),
        (APIYI, "5,6", []),
        (APIYI, "5,8", []),
        (APIYI, "5,8.001", [("error", "too_long")]),
        (OPENAI, "5,5.099", [("error", "too_short")]),
        (OPENAI, "5,5.1", [("warning", "too_short")]),
        (OPENAI, "5,6.999", [("warning", "too_short")]),
        (OPENAI, "5,7", []),
        (OPENAI, "5,9", []),
        (OPENAI, "5,9.001", [("warning", "too_long")]),
        (TUTORIAL, "57,60", []),
        (TUTORIAL, "57,60.001", [("error", "past_end")]),
        (TUTORIAL, "70,73", [("error", "past_end")]),
        (TUTORIAL, "0,3", []),
        (TUTORIAL, "-0.001,3", [("error", "negative_start")]),
        (TUTORIAL, "8,5", [("error", "reversed")]),
        (TUTORIAL, "5,5", [("error", "reversed")]),
        (TUTORIAL, "-3,-5", [("error", "negative_start"), ("error", "reversed")]),
        (APIYI, "-1,70", [("error", "negative_start"), ("error", "past_end"), ("error", "too_long")]),
        (APIYI, "59,65", [("error", "past_end"), ("error", "too_long")]),
    ],
)
def test_the_rules_hold_exactly_at_their_boundaries(limits, span, expected):
    assert found(span, limits) == expected


@pytest.mark.parametrize("start", [0.1, 0.7, 1.1, 1.4, 2.2, 4.35, 8.7, 16.1, 29.3])
def test_three_seconds_are_three_seconds_whatever_floats_make_of_them(start):
    assert found((start, start + 3), APIYI) == []
    assert found((start, start + 3.001), APIYI) == [("error", "too_long")]
    assert found((start, start + 0.999), APIYI) == [("error", "too_short")]


def test_floats_do_make_something_else_of_them():
    assert 4.4 - 1.4 > 3  # else the test above would say nothing


def test_an_unknown_length_is_a_warning_and_nothing_is_past_its_end():
    assert found("500,503", duration=None) == [("warning", "unknown_length")]


def test_every_message_says_the_value_the_rule_and_the_next_step():
    (finding,) = check("1,10", APIYI, 30)
    assert finding.message == "1,10 lasts 9 s; apiyi allows 1 to 3 s. Try 1,4."
    assert finding.fix == TimeRange(1, 4)


@pytest.mark.parametrize(
    ("limits", "words"),
    [(Limits("x", min_seconds=2), "allows 2 s or more"), (Limits("x", max_seconds=2), "allows up to 2 s")],
)
def test_a_rule_with_one_end_is_said_so(limits, words):
    span = "5,6" if limits.min_seconds else "5,8"
    assert words in check(span, limits, 60)[0].message


def test_where_no_fix_exists_none_is_promised():
    (finding,) = check("0,0.5", APIYI, 0.5)
    assert (finding.code, finding.fix) == ("too_short", None)
    assert "Try" not in finding.message


def test_what_the_pictures_say_comes_along_and_the_gravest_is_first():
    class Looked:
        def findings(self, span, limits):
            assert (span, limits) == (TimeRange(5, 9), APIYI)
            return [Finding("hint", "blurry", "It is blurred."), Finding("warning", "scene_cut", "A cut at 6 s.")]

    assert [finding.code for finding in check("5,9", APIYI, 60, Looked())] == ["too_long", "scene_cut", "blurry"]


def test_a_track_knows_how_long_its_video_is():
    class Looked:
        duration = 4.0

        def findings(self, span, limits):
            return []

    assert [finding.code for finding in check("100,102", "openai", None, Looked())] == ["past_end"]
    assert [finding.code for finding in check("1,3", "openai", None, Looked())] == []
    assert "past_end" not in [finding.code for finding in check("4,6", "openai", 60, Looked())]


def test_require_gives_range_and_remarks_or_raises_with_all_of_them():
    span, findings = require("5,11", TUTORIAL, 60)
    assert span == TimeRange(5, 11)
    assert [finding.code for finding in findings] == ["too_long"]
    with pytest.raises(RangeError, match=re.escape("apiyi allows 1 to 3 s. Try 5,8.")) as raised:
        require("5,14", APIYI, None)
    assert [finding.code for finding in raised.value.findings] == ["too_long", "unknown_length"]
    with pytest.raises(RangeError, match="is not a range"):
        require((math.nan, 8), TUTORIAL)


@pytest.mark.parametrize(
    ("timestamps", "duration", "valid", "words"),
    [
        ("5,8", 30, True, "passes"),
        ("5,11", 30, True, "passes"),
        ("5,20", 30, True, "works best with up to 10 s"),
        ("5,8", None, True, "not known"),
        ("5,5.5", 30, False, "allows 1 s or more"),
        ("28,31", 30, False, "lasts 30 s"),
        ("5 8", 30, False, "is not a range"),
    ],
)
def test_the_tutorials_question_is_answered(timestamps, duration, valid, words):
    answer, message = validate_timestamps(timestamps, duration)
    assert answer is valid
    assert words in message


@given(SPANS)
def test_text_and_range_are_one(span):
    assert TimeRange.parse(str(span)) == span
    assert eval(repr(span)) == span  # noqa: S307 - a repr of ours


@given(st.floats(allow_nan=False, min_value=-1e8, max_value=1e8), st.floats(min_value=-1e8, max_value=1e8))
def test_a_pair_of_floats_survives_text_to_the_millisecond(start, end):
    span = TimeRange(start, end)
    assert TimeRange.parse(str(span)) == span
    assert math.isclose(span.start, start, abs_tol=0.0005001)


@given(SPANS, SERVICES, DURATIONS)
def test_every_fix_of_an_error_passes_without_error(span, limits, duration):
    for finding in check(span, limits, duration):
        if finding.level == "error" and finding.fix is not None:
            levels = {remark.level for remark in check(finding.fix, limits, duration)}
            assert "error" not in levels


@given(SPANS, SERVICES, DURATIONS)
def test_every_fix_of_an_advice_leaves_no_advice_on_length(span, limits, duration):
    for finding in check(span, limits, duration):
        if finding.level != "error" and finding.fix is not None:
            assert {remark.code for remark in check(finding.fix, limits, duration)} <= {"unknown_length"}


@given(SPANS, SERVICES, st.floats(min_value=1, max_value=20_000))
def test_an_error_always_has_a_fix_where_the_video_is_long_enough(span, limits, duration):
    assert all(finding.fix for finding in check(span, limits, duration) if finding.level == "error")


@given(SPANS, SERVICES, DURATIONS)
def test_mending_what_passes_changes_nothing(span, limits, duration):
    if not any(finding.level == "error" for finding in check(span, limits, duration)):
        assert mend(span, limits, duration) == span


@given(st.text() | st.none() | st.floats() | st.tuples(st.floats(), st.floats()) | st.lists(st.integers()))
def test_no_input_is_more_than_check_can_take(value):
    for finding in check(value, APIYI, 30):
        assert finding.message
        assert finding.fix is None or not any(remark.level == "error" for remark in check(finding.fix, APIYI, 30))
