"""When to try again, when to ask again, and whose word about it counts."""

from __future__ import annotations

import statistics

import pytest

from sora_nb.jobs import pacing
from sora_nb.jobs.quota import CAPACITY, COST, Quota

NOW = 784_111_777.0
"""Sun, 06 Nov 1994 08:49:37 GMT, the moment of RFC 9110's examples."""


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"openai-poll-after-ms": "500"}, 0.5),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:47 GMT"}, 10.0),
        ({"retry-after": "Sunday, 06-Nov-94 08:49:47 GMT"}, 10.0),
        ({"retry-after": "Sun Nov  6 08:49:47 1994"}, 10.0),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:27 GMT"}, 0.0),
        ({"retry-after": "Sun, 06 Nov 1994 09:49:47 GMT", "date": "Sun, 06 Nov 1994 09:49:37 GMT"}, 10.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e300"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Fri, 31 Dec 99999 23:59:59 GMT"}, None),
        ({"retry-after": "Wed, 15 Jan 2031 08:00:07 GMT"}, None),
        ({"retry-after-ms": "soon", "retry-after": "2"}, 2.0),
    ],
)
def test_a_wait_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert pacing.told_wait(headers, NOW) == seconds


def test_waits_between_tries_are_spread_over_all_of_a_growing_bound() -> None:
    for attempt, bound in ((0, 0.5), (3, 4.0), (10, 20.0)):
        waits = [pacing.retry_wait(attempt) for _ in range(4000)]
        assert 0 <= min(waits) < bound * 0.02
        assert bound * 0.98 < max(waits) <= bound
        assert statistics.fmean(waits) == pytest.approx(bound / 2, rel=0.06)


def test_polls_grow_from_two_seconds_to_twenty() -> None:
    waits = pacing.poll_waits()
    seen = [next(waits) for _ in range(12)]
    assert 1.5 <= seen[0] <= 2.5
    assert all(15 <= wait <= 25 for wait in seen[7:])


@pytest.mark.parametrize(
    ("status", "headers", "again"),
    [
        (503, {}, True),
        (409, {}, True),
        (529, {}, True),
        (404, {}, False),
        (501, {}, False),
        (500, {"x-should-retry": "false"}, False),
        (400, {"x-should-retry": "true"}, True),
        (500, {"x-should-retry": "perhaps"}, True),
    ],
)
def test_a_service_may_say_itself_whether_to_try_again(status: int, headers: dict[str, str], again: bool) -> None:
    assert pacing.may_change(status, headers) is again


def test_one_404_too_many_has_to_last(monkeypatch: pytest.MonkeyPatch) -> None:
    misses = pacing.Misses()
    assert [misses.enough(now) for now in (0, 10, 20, 59)] == [False] * 4
    assert misses.enough(60)
    misses.clear()
    assert not misses.enough(200)


def test_a_purse_is_emptied_by_failures_and_filled_by_answers() -> None:
    purse = Quota()
    tries = 0
    while purse.take(COST):
        tries += 1
    assert tries == CAPACITY // COST
    purse.give_back()
    assert not purse.take(COST)
    purse.give_back(COST)
    assert purse.take(COST)
    for _ in range(1000):
        purse.give_back(COST)
    assert purse.left == CAPACITY
