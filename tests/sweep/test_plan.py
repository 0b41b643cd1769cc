"""The plan: everything is known before anything is sent."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest

import sora_nb as sora
from sora_nb.html import PLAN_ROWS
from sora_nb.sweep import Plan, PlannedCharacter, PlannedTake
from sora_nb.sweep.plan import money
from sora_nb.tables import PLAN_COLUMNS

Sent = Callable[[], list[str]]


def take(**facts: object) -> PlannedTake:
    return PlannedTake(**{"fate": "send", "prompt": "p", "service": "s", "axes": {"scene": "x"}, "take": 1, **facts})


def test_a_plan_tells_rows_calls_seconds_and_cost_and_sends_nothing(studio: sora.Studio, jobs: Sent) -> None:
    sweep = studio.sweep("{animal} in {place}", animal=["a cat", "a dog"], place="a park", seconds=[2, 4], repeats=3)
    plan = sweep.plan
    assert (len(plan), plan.calls, plan.seconds) == (12, 12, 36)
    assert plan.est_cost_usd == pytest.approx(0.36)
    assert not plan.there and not plan.refused and not plan.characters
    assert [(row.axes["animal"], row.axes["seconds"], row.take) for row in plan.takes[:4]] == [
        ("a cat", "2", 1),
        ("a cat", "2", 2),
        ("a cat", "2", 3),
        ("a cat", "4", 1),
    ]
    assert len(studio.videos()) == 0 and jobs() == []


def test_what_is_there_costs_nothing_and_what_would_be_refused_says_why(studio: sora.Studio) -> None:
    studio.generate("a cat", seconds=1).wait(60)
    plan = studio.sweep("{animal}", animal=["a cat", "a dog", "@nobody"], seconds=[1, 99]).plan
    assert [(row.fate, row.axes["animal"], row.axes["seconds"]) for row in plan.takes] == [
        ("there", "a cat", "1"),
        ("refused", "a cat", "99"),
        ("send", "a dog", "1"),
        ("refused", "a dog", "99"),
        ("refused", "@nobody", "1"),
        ("refused", "@nobody", "99"),
    ]
    assert (plan.calls, plan.seconds, plan.est_cost_usd) == (1, 1, 0.01)
    assert (plan.there[0].status, plan.there[0].est_cost_usd) == ("completed", 0)
    assert "1 to 60 s, not 99 s" in (plan.refused[0].refusal or "")
    assert "There is no character @nobody" in str(plan)


def test_a_sweep_with_a_take_that_would_be_refused_sends_nothing_unless_told_to(
    studio: sora.Studio, jobs: Sent
) -> None:
    sweep = studio.sweep("{animal}", animal=["a cat"], seconds=[1, 99])
    with pytest.raises(sora.ConfigError, match=r"1 of 2 takes would be refused, so nothing was sent. .*Try seconds=60"):
        sweep.run()
    assert jobs() == []
    assert list(sweep.run(leave_refused=True).wait(60).df["status"]) == ["completed"]


def test_characters_that_are_to_be_made_first_are_calls(studio: sora.Studio, ada: sora.Character) -> None:
    other = sora.Studio("simulator", profile="litellm", library=studio.folder)
    plan = studio.sweep("@{character} {scene}", character=ada, scene=["waves", "runs"], service=[studio, other]).plan
    assert [row.service for row in plan.takes] == [studio.service_name, other.service_name] * 2
    assert [(one.handle, one.service) for one in plan.characters] == [("ada", other.service_name)]
    assert plan.calls == 5


def test_a_plan_without_a_price_says_so() -> None:
    plan = Plan("{scene}", (take(est_cost_usd=0.5, seconds=4), take(seconds=4)), (PlannedCharacter("ada", "s", 0.1),))
    assert (plan.est_cost_usd, plan.known_cost_usd, plan.unpriced) == (None, 0.6, 1)
    assert "$0.60 and 1 call without a price" in str(plan)


def test_a_plan_is_plain_data_and_a_table(studio: sora.Studio) -> None:
    plan = studio.sweep("{animal}", animal=["a cat"], seconds=[1, 99]).plan
    assert json.loads(json.dumps(dataclasses.asdict(plan)))["takes"][0]["prompt"] == "a cat"
    table = plan.df
    assert {str(name): str(kind) for name, kind in table.dtypes.items()} == {
        **PLAN_COLUMNS,
        "animal": "string",
        "axis_seconds": "string",
    }
    assert list(table["fate"]) == ["send", "refused"]


def test_hostile_words_are_text_in_a_cell() -> None:
    words = "<img src=x onerror=alert(1)>"
    plan = Plan(words, (take(axes={words: words}, refusal=words, fate="refused"),), (), (words,))
    shown = plan._repr_html_()
    assert "<img" not in shown and shown.count("&lt;img") >= 4


def test_a_long_plan_is_cut_in_a_cell_and_what_is_refused_stands_first() -> None:
    rows = tuple(take(axes={"scene": f"s{n}"}) for n in range(50))
    shown = Plan("t", (*rows, take(fate="refused", refusal="too long")), (), ("scene",))._repr_html_()
    assert f"and {51 - PLAN_ROWS} more" in shown and "s30" not in shown
    assert shown.index("refused</td>") < shown.index("s0<")


def test_the_same_video_twice_in_a_grid_is_refused(studio: sora.Studio) -> None:
    with pytest.raises(sora.ConfigError, match=r"Rows 1 and 2 of the grid ask for the same video"):
        _ = studio.sweep("{animal}", animal=["a cat", "a cat "]).plan


def test_money_is_shown_with_as_many_places_as_it_takes() -> None:
    assert [money(usd) for usd in (0, 0.5, 0.012, 1234.5, 0.00004)] == ["$0.00", "$0.50", "$0.012", "$1234.50", "$0.00"]
