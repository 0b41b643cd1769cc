"""The best ranges come first, none of them crosses a change of picture, and where nothing is good that is said."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from sora_nb.errors import ConfigError, VideoFileError
from sora_nb.tables import SUGGESTION_COLUMNS
from sora_nb.timerange import APIYI, OPENAI, TUTORIAL, Limits, check
from sora_nb.video import scan, suggest
from sora_nb.video.faces import Face
from sora_nb.video.suggest import FLOOR
from tests.test_video_findings import SPOILED, drifting
from tests.test_video_measure import blurred, clip, scene

FPS = 24
GOOD = Face(0.4, 0.2, 0.2, 0.4, 0.99, 0.05)


def film(path, *kinds):
    """Two seconds of each kind, one after another."""

    def painter(i):
        kind = kinds[i // (2 * FPS)]
        return drifting(i) if kind == "good" else SPOILED[kind](i)

    return clip(path, painter, 2 * FPS * len(kinds))


@pytest.mark.parametrize("bad", ["blurry", "dark", "overexposed", "fast_motion"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_good_stretch_comes_first(tmp_path, bad, place):
    kinds = [bad, bad, bad]
    kinds[place] = "good"
    best = suggest(scan(film(tmp_path / "a.mp4", *kinds), faces=None), APIYI, 1)[0]
    assert 2 * place - 0.3 <= best.span.start and best.span.end <= 2 * place + 2.3


def cutting(i):
    """A cut every 1.7 s, a dissolve of a second at 8 s, black from 11 s on."""
    if i >= 264:
        return np.zeros((180, 320, 3), np.uint8)
    share = min(1.0, max(0.0, (i - 192) / 24))
    return (drifting(i, 1 + i // 41) * (1 - share) + drifting(i, 20) * share).astype(np.uint8)


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    return scan(clip(tmp_path_factory.mktemp("busy") / "a.mp4", cutting, 312), faces=None)


@pytest.mark.parametrize("k", [1, 3, 20])
def test_none_crosses_a_change_none_overlaps_and_the_best_is_first(busy, k):
    found = suggest(busy, APIYI, k)
    assert 1 <= len(found) <= k
    assert all({"scene_cut", "fade"}.isdisjoint(finding.code for finding in one.findings) for one in found)
    assert all(a.span.end <= b.span.start or b.span.end <= a.span.start for a, b in combinations(found, 2))
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(one.score >= FLOOR for one in found)


@pytest.mark.parametrize("limits", [TUTORIAL, APIYI, OPENAI, Limits("odd", 1.3, 1.7), Limits("free")])
def test_the_rules_are_kept(tmp_path, limits):
    track = scan(clip(tmp_path / "a.mp4", drifting, 200), faces=None)
    found = suggest(track, limits)
    assert found
    for one in found:
        assert not [f for f in check(one.span, limits, track.duration) if f.level in ("error", "warning")]


def test_a_video_that_is_too_short_says_so(tmp_path):
    found = suggest(scan(clip(tmp_path / "a.mp4", drifting, 12), faces=None), APIYI)
    assert not found and found.note == "a.mp4 lasts 0.5 s; apiyi wants at least 1 s."


def test_nothing_good_is_said_and_not_shown(tmp_path):
    found = suggest(scan(film(tmp_path / "a.mp4", "dark", "dark"), faces=None), APIYI)
    assert not found and found.note.startswith("Nothing here is good: the best range scores 0.")
    assert found.df.empty and list(found.df.columns) == list(SUGGESTION_COLUMNS)


def test_all_cuts_is_said_too(tmp_path):
    found = suggest(scan(clip(tmp_path / "a.mp4", lambda i: scene(1 + i // 10), 48), faces=None), APIYI)
    assert not found and "free of cuts and fades" in found.note


def seeing(*faces_by_second):
    """A detector that sees what is listed, a second each at four samples."""
    number = iter(range(10_000))

    def watcher(picture):
        return faces_by_second[min(len(faces_by_second) - 1, next(number) // 4)]

    watcher.blind_to = "ghosts"
    return watcher


@pytest.mark.parametrize(
    "worse",
    [
        [],
        [GOOD, Face(0.7, 0.2, 0.2, 0.35)],
        [Face(0.4, 0.2, 0.2, 0.4, 0.99, 0.9)],
        [Face(0.45, 0.45, 0.03, 0.06, 0.99, 0.05)],
        [Face(0.9, 0.2, 0.2, 0.4, 0.99, 0.05)],
    ],
    ids=["nobody", "two", "profile", "far", "cut off"],
)
def test_the_face_decides(tmp_path, worse):
    track = scan(clip(tmp_path / "a.mp4", drifting, 9 * FPS), faces=seeing(*[worse] * 3, *[[GOOD]] * 3, *[worse] * 3))
    best = suggest(track, Limits("two", 2, 2))[0]
    assert best.span.start >= 2.9 and best.span.end <= 6.3
    assert "alone" in best.reasons and best.parts["alone"] == 1


@pytest.mark.parametrize("limits", [APIYI, OPENAI])
def test_a_range_is_as_long_as_what_is_good(tmp_path, limits):
    """Who is there for 2.8 s of 6, and looks ahead best in one of them."""
    aside = replace(GOOD, turned=0.27)
    track = scan(clip(tmp_path / "a.mp4", drifting, 6 * FPS), faces=seeing([aside], [GOOD], [aside], []))
    track = replace(track, faces=track.faces[track.sample_times[track.faces["sample"]] < 2.7])
    best = suggest(track, limits, 1)[0]
    assert 2.4 <= best.span.seconds <= 3 and best.span.end <= 3.05


def test_an_empty_room_is_not_suggested_where_people_are(tmp_path):
    track = scan(clip(tmp_path / "a.mp4", drifting, 9 * FPS), faces=seeing([GOOD], [GOOD], [], [], [], [], [], [], []))
    found = suggest(track, Limits("two", 2, 2), 5)
    assert len(found) == 1 and found[0].span.start < 0.5


def test_a_film_without_faces_is_ranked_by_its_pictures_and_says_so(tmp_path):
    found = suggest(scan(film(tmp_path / "a.mp4", "blurry", "good"), faces=seeing([])), APIYI)
    assert found[0].span.start >= 1.8
    assert found.note == (
        "watcher saw no face here: ranked by the pictures alone, and whether anybody is seen is not known. "
        "It cannot see ghosts."
    )
    assert found[0].score <= 0.8  # a guess
    assert "ahead" not in found[0].parts


@pytest.mark.parametrize("faces", [None, seeing([])], ids=["nobody looked", "no face"])
def test_somebody_moves_in_the_middle_of_a_picture_that_stands(tmp_path, faces):
    def painter(i):
        picture = scene(1).copy()
        if i >= 4 * FPS:
            picture[50:150, 130:190] = np.roll(scene(2), 3 * i, axis=1)[50:150, 130:190]
        return picture

    track = scan(clip(tmp_path / "a.mp4", painter, 8 * FPS), faces=faces)
    found = suggest(track, Limits("two", 2, 2))
    assert found[0].span.start >= 3.9 and found[0].parts["middle"] > 0.9
    assert "what moves in the middle" in found.note and "guess" in found.note
    assert "perhaps somebody in the middle" in found[0].reasons


def walker(i, width, gone=10**9):
    """Somebody so wide who sways in the middle of a picture that stands, until gone."""
    picture = (scene(1) // 3 + 140).astype(np.uint8)
    if i < gone:
        left = 160 - width // 2 + round(0.1 * width * np.sin(i / 2))
        picture[175 - 2 * width : 175, left : left + width] = scene(2)[: 2 * width, :width]
    return picture


def test_people_far_away_are_nobody_to_learn_from(tmp_path):
    def best(width):
        film = clip(tmp_path / f"{width}.mp4", lambda i: walker(i, width), 4 * FPS)
        return suggest(scan(film, faces=seeing([])), OPENAI, 1)[0]

    near, far = best(60), best(12)
    assert near.parts["middle"] > 0.8 and near.score > 0.7
    assert far.parts.get("middle", 0) < 0.5 and far.score <= 0.6


def test_a_range_ends_before_somebody_leaves(tmp_path):
    track = scan(clip(tmp_path / "a.mp4", lambda i: walker(i, 60, 84), 6 * FPS), faces=None)
    best = suggest(track, OPENAI, 1)[0]
    assert best.span.end <= 3.75 and best.span.seconds >= 2.5


def test_a_face_that_jumps_is_not_steady(tmp_path):
    there, back = Face(0.3, 0.2, 0.2, 0.4, 0.99, 0.05), Face(0.55, 0.2, 0.2, 0.4, 0.99, 0.05)
    faces = [[[there], [back]][i % 2] for i in range(12)] + [[there]] * 12
    number = iter(range(99))
    track = scan(clip(tmp_path / "a.mp4", drifting, 6 * FPS), faces=lambda picture: faces[next(number)])
    best = suggest(track, Limits("two", 2, 2))[0]
    assert best.span.start >= 2.9 and best.parts["steady"] > 0.9
    assert suggest(track, Limits("all", 6, 6))[0].parts["steady"] < 0.7


def test_a_film_that_is_blurred_throughout_is_not_sharp(tmp_path):
    found = suggest(scan(clip(tmp_path / "a.mp4", lambda i: blurred(drifting(i), 0.6)), faces=None), APIYI)
    assert found[0].parts["sharp"] < 0.7 and any(reason.startswith("not quite sharp") for reason in found[0].reasons)


def test_it_explains_itself(tmp_path):
    found = suggest(scan(clip(tmp_path / "a.mp4", drifting), faces=seeing([GOOD])), APIYI)
    assert found[0].reasons[:3] == ("a face of 40% of the height", "looking ahead", "alone")
    assert set(found[0].parts) == {"sharp", "light", "ahead", "size", "whole", "alone", "sure", "steady", "length"}
    assert str(found).startswith(f"{found[0].span} ({found[0].score:.2f}): a face of 40% of the height; ")
    row = found.df.iloc[0]
    assert (row.start, row.end, row.score) == (found[0].span.start, found[0].span.end, found[0].score)
    assert {name: str(kind) for name, kind in found.df.dtypes.items()} == dict(SUGGESTION_COLUMNS)


def test_a_path_will_do(tmp_path):
    assert suggest(clip(tmp_path / "a.mp4", drifting), "apiyi")
    with pytest.raises(VideoFileError):
        suggest(tmp_path / "none.mp4")


def test_unknown_limits_and_none_wanted_are_refused(busy):
    with pytest.raises(ConfigError, match="Known"):
        suggest(busy, "no such")
    for k in (0, -1, 1.5, "3", None, True, float("nan")):
        with pytest.raises(ConfigError, match="suggestions are none"):
            suggest(busy, k=k)
    with pytest.raises(ConfigError, match="no number of seconds"):
        suggest("no such file", box=(0.2, 0.2, 0.5, 0.5), at="1")
