"""Mixtures are told from what moves, and most of what is no mixture is known by a few sums."""

from __future__ import annotations

import numpy as np
import pytest

from sora_nb.video import fades as module
from sora_nb.video.fades import _FADE, FadeFinder, fades, moved
from tests.test_video_measure import blurred, scene

RATE = 24


def small(seed, right=0):
    return np.roll(blurred(scene(seed), 2)[::2, ::2].mean(axis=2).astype(np.uint8), right, axis=1)


def turning(i, first=24, last=48):
    """One picture that pans turns into another one that pans."""
    share = min(1.0, max(0.0, (i - first) / (last - first)))
    return (small(1, i // 4) * (1 - share) + small(2, i // 3) * share).astype(np.uint8)


def lively(i, first=24, last=48):
    """The same, and much of either moves on meanwhile."""
    share = min(1.0, max(0.0, (i - first) / (last - first)))
    one, two = small(1).copy(), small(2).copy()
    one[10:80, 20:140] = small(3, 4 * i)[10:80, 20:140]
    two[10:80, 20:140] = small(4, -4 * i)[10:80, 20:140]
    return (one * (1 - share) + two * share).astype(np.uint8)


FADING = ("dissolve", "out to black", "people move on")
FILMS = {
    "dissolve": [turning(i) for i in range(72)],
    "out to black": [(small(1) * min(1.0, (60 - i) / 24)).astype(np.uint8) for i in range(60)],
    "people move on": [lively(i) for i in range(72)],
    "pan": [small(1, i) for i in range(72)],
    "cut": [small(1 + i // 30, i) for i in range(72)],
    "soft slide": [blurred(scene(1), 12)[::2, ::2, 0][:, i : i + 100] for i in range(50)],
}


def scored(pictures):
    finder = FadeFinder()
    times = np.arange(len(pictures)) / RATE
    for picture, at in zip(pictures, times, strict=True):
        finder.add(picture, float(at))
    return finder.scores(times), fades(times, finder.scores(times))


@pytest.mark.parametrize("kind", FILMS)
def test_what_is_known_by_sums_is_what_each_pixel_says(kind, monkeypatch):
    quick, found = scored(FILMS[kind])
    told = []
    bound = FadeFinder._at_best

    def kept(finder, *stretches):
        told.append(bound(finder, *stretches))
        return np.full(len(told[-1]), np.inf)

    monkeypatch.setattr(FadeFinder, "_at_best", kept)
    slow, _ = scored(FILMS[kind])
    assert np.array_equal(quick, slow)
    assert len(found) == (kind in FADING)
    if kind == "pan":
        assert (np.concatenate(told) < _FADE).mean() > 0.5, "most stretches are not looked at in full"


def test_a_bound_that_is_too_low_is_seen(monkeypatch):
    monkeypatch.setattr(FadeFinder, "_at_best", lambda finder, starts, *_: np.zeros(len(starts)))
    monkeypatch.setattr(FadeFinder, "_may_be_flat", lambda finder, starts, *_: np.zeros(len(starts), bool))
    assert scored(FILMS["dissolve"])[1] == []


def test_people_who_move_on_hide_a_fade_from_all_but_the_contrast_it_loses(monkeypatch):
    (fade,) = scored(FILMS["people move on"])[1]
    assert fade[0] == pytest.approx(1, abs=0.2) and fade[1] == pytest.approx(2, abs=0.2)
    monkeypatch.setattr(module, "_AS_FLAT", 0.0)
    assert scored(FILMS["people move on"])[1] == []


def test_what_moved_is_told_of_several_pairs_as_of_each():
    before = np.stack([small(1), small(1), small(1)])
    after = np.stack([small(1, 1), small(2), small(1)])
    together = moved(before, after)
    alone = [moved(before[[i]], after[[i]])[0] for i in range(3)]
    assert together.tolist() == alone
    assert together[0] > 0.5 > together[1] > together[2] == 0


@pytest.mark.parametrize("size", [(1, 1), (4, 160), (90, 4), (12, 12)])
def test_tiny_pictures_are_no_error(size):
    scores, _ = scored([np.full(size, 3 * i, np.uint8) for i in range(40)])
    assert len(scores) == 40
