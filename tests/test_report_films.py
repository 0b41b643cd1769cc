"""Films get the room that there is: all as they are, or none above one bit rate, or the largest left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.errors import VideoFileError
from sora_nb.report.films import LEAST_BITS, Clip, content, fit


def clip(number: int, size: int, seconds: float = 8.0, shape: tuple[int, int] = (1280, 720)) -> Clip:
    return Clip(number, Path(f"{number}.mp4"), size, seconds, shape, 24.0)


clips = st.lists(
    st.builds(lambda size, seconds: (size, seconds), st.integers(1_000, 50_000_000), st.floats(0.1, 600)), max_size=12
).map(lambda given: [clip(number, *one) for number, one in enumerate(given, start=1)])


@given(clips, st.integers(0, 100_000_000))
def test_they_never_take_more_than_there_is_and_never_more_than_they_have(films: list[Clip], room: int) -> None:
    fits = fit(films, room)
    assert set(fits) == {film.number for film in films}
    assert sum(one.bytes for one in fits.values()) <= max(room, 0) + len(films)
    for film in films:
        one = fits[film.number]
        assert one.bytes <= film.bytes
        assert (one.fate == "whole") == (one.bytes == film.bytes)
        assert (one.shape is not None) == (one.fate == "smaller")


@given(clips)
def test_where_all_fit_none_is_touched(films: list[Clip]) -> None:
    assert {one.fate for one in fit(films, sum(film.bytes for film in films)).values()} <= {"whole"}


def test_a_small_film_stays_as_it_is_beside_large_ones() -> None:
    fits = fit([clip(1, 10_000_000), clip(2, 500_000), clip(3, 10_000_000)], 4_500_000)
    assert [fits[number].fate for number in (1, 2, 3)] == ["smaller", "whole", "smaller"]
    assert fits[1].bytes == fits[3].bytes == pytest.approx(2_000_000, rel=0.001)
    assert fits[1].shape == (960, 540)


@pytest.mark.parametrize(
    ("room", "shape"), [(1_200_000, (960, 540)), (500_000, (640, 360)), (280_000, (480, 270)), (200_000, (320, 180))]
)
def test_fewer_bits_make_a_smaller_picture(room: int, shape: tuple[int, int]) -> None:
    assert fit([clip(1, 10_000_000)], room + 1)[1].shape == shape


def test_a_picture_is_never_enlarged() -> None:
    assert fit([clip(1, 10_000_000, shape=(320, 180))], 4_000_000)[1].shape == (320, 180)


def test_the_largest_are_left_out_where_even_the_least_is_too_much() -> None:
    least = LEAST_BITS
    fits = fit([clip(1, 10_000_000, 8), clip(2, 90_000_000, 80), clip(3, 10_000_000, 8)], least // 8 * 20)
    assert [fits[number].fate for number in (1, 2, 3)] == ["smaller", "left out", "smaller"]
    with pytest.raises(VideoFileError, match="has no room"):
        content(fits[2])
    assert {one.fate for one in fit([clip(1, 10_000_000)], least - 1).values()} == {"left out"}
