"""A character is more like itself than like another, wherever it stands; what is not seen is NaN."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sora_nb.errors import ConfigError, RangeError, VideoFileError
from sora_nb.video import Likeness, consistency, follow, guarded, likeness
from sora_nb.video.box import Box
from sora_nb.video.calibration import BY_LOOKS
from sora_nb.video.regions import CROP, crops, heads
from tests.clips import make_clip
from tests.figures import ADA, BEN, SIZE, around, figure, room

AT = (0.5, 0.95, 0.8)


def film(path, colours, seed, *, place=AT, frames=12, change=lambda picture, index: picture):
    def painter(index, _):
        x, feet, high = place
        here = figure(room(seed), colours, (x + 0.004 * index, feet, high)) if colours else room(seed)
        return np.ascontiguousarray(change(here, index))

    return make_clip(path, frames=frames, fps=6, size=SIZE, painter=painter)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def reference(folder):
    return film(folder / "reference.mp4", ADA, 1)


@pytest.fixture(scope="module")
def same(folder):
    return film(folder / "same.mp4", ADA, 2, place=(0.7, 0.9, 0.6))


@pytest.fixture(scope="module")
def other(folder):
    return film(folder / "other.mp4", BEN, 2, place=(0.7, 0.9, 0.6))


def test_the_same_is_more_alike_than_another(reference, same, other):
    mine, theirs = likeness(same, reference), likeness(other, reference)
    assert mine.score > theirs.score + 0.2
    assert np.nanmin(mine.scores) > np.nanmax(theirs.scores)
    assert (mine.coverage, len(mine.times), mine.guessed) == (1.0, 4, True)


def test_it_is_found_where_it_stands(reference, same):
    found = likeness(same, reference, box=around(AT))
    x, y, w, h = found.boxes[0]
    left, top, wide, high = around((0.7, 0.9, 0.6))
    across = min(x + w, left + wide) - max(x, left)
    down = min(y + h, top + high) - max(y, top)
    assert across * down / (w * h + wide * high - across * down) > 0.5


@pytest.mark.parametrize(
    "change",
    [
        lambda picture, _: picture[:, ::-1],
        lambda picture, _: np.clip(picture * np.array([1.08, 1.0, 0.9]), 0, 255).astype(np.uint8),
        lambda picture, _: np.clip(picture * 0.85, 0, 255).astype(np.uint8),
    ],
    ids=["mirror", "cast", "dimmer"],
)
def test_what_changes_no_character_changes_little(folder, reference, same, other, change):
    gap = likeness(same, reference).score - likeness(other, reference).score
    changed = likeness(film(folder / "changed.mp4", ADA, 2, place=(0.7, 0.9, 0.6), change=change), reference).score
    assert abs(changed - likeness(same, reference).score) < gap / 2


def test_a_black_picture_is_not_known(folder, reference):
    take = film(folder / "dark.mp4", ADA, 2, change=lambda picture, index: picture * np.uint8(index < 6))
    found = likeness(take, reference)
    assert np.isfinite(found.scores).tolist() == [True, True, False, False]
    assert np.isfinite(found.boxes).all(axis=1).tolist() == [True, True, False, False]
    assert (found.coverage, found.score) == (0.5, pytest.approx(np.nanmean(found.scores)))
    assert "2 of 4" in found.words


def test_nothing_at_all_is_nan_and_said(folder, reference):
    found = likeness(film(folder / "black.mp4", None, 2, change=lambda picture, _: picture * np.uint8(0)), reference)
    assert np.isnan([found.score, found.low, found.consistency]).all()
    assert found.coverage == 0
    assert "Nothing" in found.words and "no picture" in found._repr_html_()


def test_a_reference_without_anyone_is_an_error(folder, same):
    black = film(folder / "none.mp4", None, 2, change=lambda picture, _: picture * np.uint8(0))
    with pytest.raises(VideoFileError, match="Draw a box"):
        likeness(same, black)


def test_a_box_says_who_is_meant(folder, same, other):
    def both(picture, index):
        return figure(picture, BEN, (0.15, 0.9, 0.5))

    two = film(folder / "two.mp4", ADA, 1, change=both)
    ben = around((0.15, 0.9, 0.5))
    assert likeness(other, two, box=ben).score > likeness(same, two, box=ben).score + 0.1
    assert likeness(same, two, box=around(AT)).score > likeness(other, two, box=around(AT)).score + 0.1


def test_a_box_in_the_take_is_followed(reference, folder):
    def both(picture, index):
        return figure(picture, BEN, (0.15 + 0.01 * index, 0.9, 0.5))

    take = film(folder / "pair.mp4", ADA, 2, place=(0.75, 0.9, 0.5), change=both)
    chosen = likeness(take, reference, take_box=around((0.15, 0.9, 0.5)))
    assert chosen.score < likeness(take, reference).score - 0.2
    assert chosen.boxes[-1, 0] > chosen.boxes[0, 0] + 0.05


def test_an_embedder_gets_pictures_and_its_cosine_counts(reference, same):
    batches = []

    def fixed(pictures):
        batches.append(pictures)
        return np.tile([3.0, 4.0], (len(pictures), 1))

    found = likeness(same, reference, embedder=fixed)
    assert all(batch.shape[1:] == (CROP, CROP, 3) and batch.dtype == np.uint8 for batch in batches)
    assert found.scores == pytest.approx(1.0)
    assert (found.measure, found.by_looks, found.consistency) == ("fixed", False, pytest.approx(1.0))
    turned = iter([[1.0, 0.0], [0.0, 1.0]])
    crossed = likeness(same, reference, embedder=lambda pictures: np.tile(next(turned), (len(pictures), 1)))
    assert crossed.scores == pytest.approx(0.0)


def test_what_an_embedder_has_no_vector_for_is_not_known(reference, same):
    def blind(pictures):
        rows = np.ones((len(pictures), 3))
        rows[-1] = np.nan
        return rows

    assert np.isfinite(likeness(same, reference, embedder=blind).scores).tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    "wrong", [lambda pictures: np.ones(len(pictures)), lambda pictures: np.ones((len(pictures) + 1, 4)), lambda _: 3.0]
)
def test_an_embedder_without_rows_is_refused(reference, same, wrong):
    with pytest.raises(ConfigError, match="one row of numbers"):
        likeness(same, reference, embedder=wrong)


class Spot:
    """A face that is always in one place."""

    def __init__(self, left, top=0.2, width=0.1, height=0.2):
        self.left, self.top, self.width, self.height = left, top, width, height


def test_of_several_heads_the_one_most_alike_counts(reference, folder):
    take = film(folder / "two-heads.mp4", ADA, 2, change=lambda picture, _: figure(picture, BEN, (0.15, 0.95, 0.8)))
    asked = []

    def detector(picture):
        assert max(picture.shape[:2]) == 480 and picture.dtype == np.uint8
        asked.append(picture)
        mine, theirs = Spot(0.46, 0.2, 0.1, 0.12), Spot(0.1, 0.2, 0.11, 0.12)
        return [mine] if len(asked) <= 8 else [theirs, mine]

    found = likeness(take, reference, faces=detector)
    assert (found.boxes[:, 0] > 0.3).all()
    assert "detector" in found.region


def test_without_a_face_nothing_is_known(reference, same):
    found = likeness(same, reference, faces=lambda picture: [], box=around(AT))
    assert np.isnan(found.score) and found.coverage == 0
    with pytest.raises(VideoFileError, match="No one is found"):
        likeness(same, reference, faces=lambda picture: [])


def test_heads_are_around_faces_and_the_largest_is_first():
    first, second = heads(np.zeros((10, 10, 3), np.uint8), lambda _: [Spot(0.1, width=0.1), Spot(0.6, width=0.2)])
    assert first.x < 0.6 < first.x + first.w and first.w > 0.2
    assert second.w < first.w


def test_crops_keep_their_shape_on_grey():
    picture = np.zeros((100, 200, 3), np.uint8)
    picture[:, :100] = 255
    (made,) = crops(picture, [Box(0, 0, 0.5, 0.5)])
    assert (made[CROP // 2] == 255).all()
    assert (made[0] == 127).all() and (made[-1] == 127).all()


def test_consistency_is_the_mean_of_two_cosines():
    rows = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 1.0], [-1.0, 0.0], [3.0, 0.0]])
    assert consistency(rows)[1:] == pytest.approx([0, (0 + 1) / 2, 0, (1 + 0) / 2])
    assert np.isnan(consistency(rows)[0])


def test_consistency_passes_over_what_is_not_seen():
    nan = [np.nan, np.nan]
    assert np.allclose(consistency(np.array([nan, [1, 0], nan, [1, 0]])), [np.nan, np.nan, np.nan, 1], equal_nan=True)
    assert np.isnan(consistency(np.array([nan]))).all()
    assert consistency(np.zeros((0, 3))).shape == (0,)


def test_one_who_becomes_another_is_not_steady(folder, reference):
    def swap(picture, index):
        return figure(room(2), BEN, (0.5, 0.95, 0.8)) if index >= 6 else picture

    changed = likeness(film(folder / "swap.mp4", ADA, 2, change=swap), reference)
    kept = likeness(film(folder / "kept.mp4", ADA, 2), reference)
    assert changed.consistency < kept.consistency - 0.1
    assert kept.consistency > 0.9
    assert changed.scores[-1] < changed.scores[0] - 0.2


def test_the_table_and_the_cell_show_it(reference, same):
    found = likeness(same, reference)
    assert list(found.df) == ["time", "likeness", "steady", "x", "y", "w", "h"]
    assert found.df["likeness"].to_numpy() == pytest.approx(found.scores)
    page = found._repr_html_()
    assert page.count("<img") == len(found.shown[0]) + len(found.shown[1]) == 3 + 4
    assert f"{found.score:.2f}" in page and "reference.mp4" in page


def test_a_name_is_text(folder, same, reference):
    odd = folder / "<b>.mp4"
    odd.write_bytes(reference.read_bytes())
    assert "<b>.mp4" not in likeness(same, odd)._repr_html_()


def test_each_way_of_finding_a_character_has_a_meaning_of_its_own(reference, same):
    def face(picture):
        return [Spot(0.46, 0.2, 0.1, 0.12)]

    drawn, guessed = likeness(same, reference, box=around(AT)), likeness(same, reference)
    assert drawn.ways == ("box", "match") and BY_LOOKS["box", "match"].words in drawn.words
    assert guessed.ways == ("guess", "match") and BY_LOOKS["guess", "match"].words in guessed.words
    assert guessed.guessed and not drawn.guessed
    assert "a box on the reference makes it surer" in guessed.words and "surer" not in drawn.words
    for ways, options in {
        ("face", "face"): {"faces": face},
        ("box", "face"): {"faces": face, "box": around(AT)},
        ("box", "box"): {"box": around(AT), "take_box": around((0.7, 0.9, 0.6))},
    }.items():
        found = likeness(same, reference, **options)
        assert found.ways == ways
        assert "No pairs were judged in this way" in found.words and "near" not in found.words
    embedded = likeness(same, reference, box=around(AT), embedder=lambda pictures: np.ones((len(pictures), 2)))
    assert "judged by the same" in embedded.words and "near" not in embedded.words


@pytest.mark.parametrize("samples", [0, -1, float("nan"), float("inf")])
def test_no_samples_are_refused(reference, same, samples):
    with pytest.raises(ConfigError, match="samples a second"):
        likeness(same, reference, samples=samples)


@pytest.mark.parametrize("span", ["50,60", (1, 1), (2, 1), "2,3", "-2,-1"])
def test_a_range_with_nothing_of_the_video_is_refused_with_its_length(reference, same, span):
    with pytest.raises(RangeError, match=r"same\.mp4 lasts 2 s"):
        likeness(same, reference, span=span)
    with pytest.raises(RangeError, match=r"reference\.mp4 lasts 2 s"):
        likeness(same, reference, reference_span=span)


@pytest.mark.parametrize(
    "box", [(0.5, 0, 0.02, 1), (0.3, 0.1, 0.001, 0.9), (0, 0.5, 1, 0.001), (0.5, 0.5, 0.001, 0.001)]
)
def test_a_very_thin_box_is_compared_like_any_other(reference, same, box):
    assert 0 <= likeness(same, reference, box=box).score <= 1


def same_in_all(found, other):
    for name in ("times", "scores", "steady", "boxes"):
        np.testing.assert_allclose(getattr(found, name), getattr(other, name), atol=1e-6)
    assert (found.words, found.region, found.shown, found.shown_at) == (
        other.words,
        other.region,
        other.shown,
        other.shown_at,
    )


def test_another_process_tells_all_of_it(folder, reference, same):
    box = around(AT)
    same_in_all(guarded.likeness(same, reference), likeness(same, reference))
    known = follow(reference, box, 1.0)
    found = guarded.likeness(same, reference, box=box, at=1.0, samples=1)
    same_in_all(found, likeness(same, reference, box=known, samples=1))
    assert found._repr_html_() and found.ways == ("box", "match")
    dark = film(folder / "night.mp4", ADA, 2, change=lambda picture, index: picture * np.uint8(index < 6))
    same_in_all(guarded.likeness(dark, reference), likeness(dark, reference))


def test_another_process_tells_what_is_wrong(folder, same, reference):
    junk = folder / "junk.mp4"
    junk.write_bytes(b"no video")
    with pytest.raises(VideoFileError, match="junk"):
        guarded.likeness(same, junk)
    with pytest.raises(ConfigError, match="samples"):
        guarded.likeness(same, reference, samples=0)


@pytest.mark.parametrize("broken", ["cut off", "a picture too few"])
def test_what_is_no_likeness_is_not_taken_for_one(same, reference, broken, monkeypatch):
    found = likeness(same, reference)
    data = found.to_bytes()[:-40] if broken == "cut off" else replace(found, shown_at=(0,)).to_bytes()
    monkeypatch.setattr(guarded, "_ask", lambda work, *_, **__: ({}, data))
    monkeypatch.setattr(guarded, "_for_all_of", lambda _: 1.0)
    with pytest.raises(VideoFileError, match="nonsense"):
        guarded.likeness(same, reference)
    same_in_all(Likeness.from_bytes(found.to_bytes()), found)
