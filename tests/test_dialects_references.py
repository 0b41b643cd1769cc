"""As many pictures and clips go along as a service takes, and each in the way it takes best."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.dialects import SERVICES, Cast, Service, VideoAsk, remarks
from sora_nb.dialects.references import fitting

IMAGE, CLIP = Path("frame.png"), Path("clip.mp4")
ADA = Cast("Ada", "ada", "", description="a woman", image=IMAGE, clip=CLIP)


@pytest.mark.parametrize(
    ("ways", "kept"),
    [
        (("first_frame", "clip", "words"), (IMAGE, None)),
        (("clip", "first_frame", "words"), (None, CLIP)),
        (("clip", "words"), (None, CLIP)),
        (("words",), (None, None)),
        (("words", "clip"), (None, None)),
        ((), (None, None)),
    ],
)
def test_the_best_way_is_taken(ways: tuple[str, ...], kept: tuple[Path | None, Path | None]) -> None:
    can = replace(SERVICES["vllm-omni"].capabilities, reference_ways=ways)  # type: ignore[arg-type]
    (one,) = fitting((ADA,), can)
    assert (one.image, one.clip) == kept
    assert (one.name, one.description) == (ADA.name, ADA.description)


def test_the_next_way_is_taken_where_there_is_no_file_for_the_best() -> None:
    (one,) = fitting((replace(ADA, image=None),), SERVICES["vllm-omni"].capabilities)
    assert one.clip == CLIP


def test_who_is_made_there_is_left_as_they_are_and_takes_no_place() -> None:
    made = replace(ADA, remote_id="char_1")
    assert fitting((made, ADA), SERVICES["openai"].capabilities) == (made, replace(ADA, clip=None))


@given(st.integers(0, 6), st.integers(1, 4), st.lists(st.booleans(), min_size=6, max_size=6))
def test_who_is_left_with_words_is_who_is_remarked_on(count: int, most: int, shown: list[bool]) -> None:
    service = Service.like("openrouter", name="mine", max_references=most, models=("m",))
    people = tuple(replace(ADA, name=f"N{i}", handle=f"n{i}", clip=None) for i in range(count))
    ask = VideoAsk("x " + " ".join(f"@{one.handle}" for one in people), 8, "1280x720", "m", people)
    sent = fitting(people, service.capabilities)
    words = [one.handle for one in sent if one.image is None]
    dropped = [one.message for one in remarks(ask, service) if one.code == "reference_dropped"]
    assert all(f"@{handle} is told by" in message for handle, message in zip(words, dropped, strict=True))
    call = service.dialect.create_video(replace(ask, cast=sent))
    assert call.json is not None and len(call.json.get("input_references", ())) == min(count, most)
    some = tuple(replace(one, image=IMAGE if shown[i] else None) for i, one in enumerate(people))
    fewer = fitting(some, service.capabilities)
    assert sum(one.image is not None for one in fewer) == min(sum(shown[:count]), most)
