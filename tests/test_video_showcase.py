"""Several characters in one video: one range each where they can be told apart, and a word where they cannot."""

from __future__ import annotations

import numpy as np
import pytest

from sora_nb.errors import ConfigError
from sora_nb.timerange import APIYI
from sora_nb.video import guarded, scan, suggest
from sora_nb.video.faces import Face
from sora_nb.video.showcase import alike_by_looks, showcase, strands_of, together
from tests.clips import make_clip
from tests.figures import ADA, BEN, SIZE, figure, room

FPS = 12
PARTS = 3
"""Seconds of each part: Ada, Ben, Ada elsewhere, both."""


def painter(index, _):
    part, sway = index // (PARTS * FPS), 0.02 * np.sin(index / 4)
    ada, ben = (0.35 + sway, 1.0, 0.9), (0.65 - sway, 1.0, 0.9)
    if part == 0:
        return figure(room(1), ADA, ada)
    if part == 1:
        return figure(room(2), BEN, ben)
    if part == 2:
        return figure(room(3), ADA, (0.6 + sway, 1.0, 0.9))
    return figure(figure(room(4), ADA, (0.25 + sway, 1.0, 0.8)), BEN, (0.75 + sway, 1.0, 0.85))


def by_colour(picture):
    """The faces of Ada and Ben, by the colours that nothing else has."""
    found = []
    for person in (ADA, BEN):
        near = np.abs(picture.astype(int) - person[1]).max(-1) < 22
        near[:, 1:] &= near[:, :-1].copy()  # an edge between two other colours may be a line of this one
        rows, columns = np.flatnonzero(near.sum(1) > 8), np.flatnonzero(near.sum(0) > 8)
        if len(rows) > 10 and len(columns) > 10 and near[rows[0] : rows[-1], columns[0] : columns[-1]].mean() > 0.7:
            height, width = near.shape
            left, top = columns[0] / width, rows[0] / height
            found.append(Face(left, top, (columns[-1] + 1) / width - left, (rows[-1] + 1) / height - top, 0.99, 0.1))
    return found


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("two") / "two.mp4", 4 * PARTS * FPS, FPS, SIZE, painter=painter)


@pytest.fixture(scope="module")
def track(film):
    return scan(film, faces=by_colour)


def test_each_character_has_a_range_of_its_own(film, track):
    found = showcase(film, track, APIYI, 3)
    assert len(found) == 2 and "2 characters were told apart" in found.note and "by their looks" in found.note
    spans = sorted((one.span.start, one.span.end) for one in found)
    assert all(one.reasons[0].startswith("character ") for one in found)
    ben = [(start, end) for start, end in spans if start >= PARTS - 0.1 and end <= 2 * PARTS + 0.1]
    assert len(ben) == 1, "one of them only Ben's"
    (ada,) = set(spans) - set(ben)
    assert ada[1] <= PARTS + 0.1 or 2 * PARTS - 0.1 <= ada[0] < ada[1] <= 3 * PARTS + 0.1, "and one only Ada's"
    assert all("alone" in one.reasons for one in found)
    boxes = {round(one.span.start) // PARTS: one.box for one in found}
    assert all(box is not None and 0 <= box.x < 1 for box in boxes.values())


def test_who_was_seen_together_is_never_one(film, track):
    strands = strands_of(track)
    alike = np.ones((len(strands), len(strands)))
    groups = together(strands, alike, track, 0.5)
    shots = [sorted(strands[number].shot for number in group) for group in groups]
    assert len(groups) == 2 and all(shot.count(3) == 1 for shot in shots)


def test_an_embedder_decides_where_one_is_given(film, track):
    def by_coat(pictures):
        return pictures[:, 120:200, 80:144].reshape(len(pictures), -1, 3).mean(1) - 128.0

    by_coat.same = 0.9
    found = showcase(film, track, APIYI, 3, by_coat)
    assert "by by_coat" in found.note and len(found) == 2


def test_what_an_embedder_cannot_see_is_said(film, track):
    found = showcase(film, track, APIYI, 3, lambda pictures: np.full((len(pictures), 4), np.nan))
    assert "look much alike and may be the same" in found.note


def test_another_process_says_the_same(film, track):
    sightings = [(0, 0, 0.2, 0.1, 0.3, 0.8), (PARTS * FPS + 1, 1, 0.5, 0.1, 0.3, 0.8)]
    assert np.array_equal(guarded.alike(film, sightings), alike_by_looks(film, sightings))


def test_without_a_detector_it_is_said_that_they_cannot_be_told_apart(film):
    found = showcase(film, scan(film, faces=None), APIYI, 2)
    assert found.note.startswith("Without a face detector several characters cannot be told apart.")
    assert len(found) == 2


def test_where_no_face_is_seen_that_is_said(film):
    found = showcase(film, scan(film, faces=lambda picture: []), APIYI, 1)
    assert found.note.startswith("No face is seen for long enough")


def test_one_character_is_no_showcase(tmp_path):
    alone = make_clip(tmp_path / "a.mp4", PARTS * FPS, FPS, SIZE, painter=painter)
    found = showcase(alone, scan(alone, faces=by_colour), APIYI, 2)
    assert found.note.startswith("All faces here look like one character's.")


def test_it_takes_pictures_and_one_wish(film, track):
    with pytest.raises(ConfigError, match="path"):
        suggest(track, APIYI, each=True)
    with pytest.raises(ConfigError, match="one of the two"):
        suggest(film, APIYI, each=True, box=(0.1, 0.1, 0.2, 0.2))
