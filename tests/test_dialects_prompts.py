"""Characters are named in a prompt the way each shape wants it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.dialects import Cast
from sora_nb.dialects.prompts import mentions, with_descriptions, with_ids, with_names

ADA = Cast("Ada Lovelace", "ada", "char_1")
TWO = Cast("Ada the Second", "ada_2", "char_2")
ZOE = Cast("Zoë", "zoe", "char_3", remote_handle="zoe.moon")


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("@ada waves", "@char_1 waves"),
        ("Here is @Ada.", "Here is @char_1."),
        ("(@ADA), @ada's dog", "(@char_1), @char_1's dog"),
        ("@ada, @ada!", "@char_1, @char_1!"),
        ("in a park", "@char_1 in a park"),
        ("mail me@ada.org", "@char_1 mail me@ada.org"),
        ("@adam and @ada_2 and @ada-like", "@char_1 @adam and @ada_2 and @ada-like"),
        ("@@ada", "@char_1 @@ada"),
        (r"a \1 and @ada", r"a \1 and @char_1"),
        ("", "@char_1 "),
    ],
)
def test_by_id(prompt: str, said: str) -> None:
    assert with_ids(prompt, (ADA,)) == said


def test_the_longest_handle_wins_and_no_name_is_read_twice() -> None:
    assert with_ids("@ada_2 meets @ada", (ADA, TWO)) == "@char_2 meets @char_1"
    swapped = (Cast("A", "a", "b"), Cast("B", "b", "a"))
    assert with_ids("@a and @b", swapped) == "@b and @a"


def test_the_services_own_handle_is_used_where_it_gave_one() -> None:
    assert with_ids("@zoe sings with @ada", (ADA, ZOE)) == "@zoe.moon sings with @char_1"


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("@ada waves", "Ada Lovelace waves"),
        ("Here is @ADA.", "Here is Ada Lovelace."),
        ("in a park", "Ada Lovelace: in a park"),
        ("Ada Lovelace in a park", "Ada Lovelace in a park"),
        ("Ada Lovelaces in a park", "Ada Lovelace: Ada Lovelaces in a park"),
        ("ada lovelace in a park", "Ada Lovelace: ada lovelace in a park"),
    ],
)
def test_by_name_letter_by_letter(prompt: str, said: str) -> None:
    assert with_names(prompt, (ADA,)) == said


def test_everyone_who_is_missing_is_put_in_front() -> None:
    assert with_names("a duet", (ADA, ZOE)) == "Ada Lovelace and Zoë: a duet"
    assert with_ids("a duet", (ADA, TWO)) == "@char_1 @char_2 a duet"
    assert with_names("@zoe sings", (ADA, ZOE)) == "Ada Lovelace: Zoë sings"


SEEN = Cast("Ada Lovelace", "ada", "", description=" A woman\n with glasses. ")
BARE = Cast("Bob", "bob", "")


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("@ada waves", "Ada Lovelace (A woman with glasses) waves"),
        ("@ada waves, and @ADA sings", "Ada Lovelace (A woman with glasses) waves, and Ada Lovelace sings"),
        ("in a park", "Ada Lovelace (A woman with glasses): in a park"),
        ("Ada Lovelace in a park", "Ada Lovelace (A woman with glasses): Ada Lovelace in a park"),
        ("", "Ada Lovelace (A woman with glasses): "),
    ],
)
def test_by_name_and_description(prompt: str, said: str) -> None:
    assert with_descriptions(prompt, (SEEN,)) == said


def test_whoever_is_made_or_not_described_is_named_alone() -> None:
    made = replace(SEEN, remote_id="char_1")
    assert with_descriptions("@ada waves", (made,)) == "Ada Lovelace waves"
    assert with_descriptions("@bob waves", (BARE,)) == "Bob waves"
    assert with_descriptions("Bob waves", (BARE,)) == "Bob waves"
    assert with_descriptions("a duet", (SEEN, BARE)) == "Ada Lovelace (A woman with glasses) and Bob: a duet"


@given(st.text(max_size=60), st.lists(st.sampled_from([ADA, TWO, ZOE, BARE]), unique=True))
def test_without_descriptions_they_are_names(prompt: str, cast: list[Cast]) -> None:
    assert with_descriptions(prompt, tuple(cast)) == with_names(prompt, tuple(cast))


@given(st.text(max_size=60), st.text(max_size=30))
def test_a_description_is_told_once_and_never_read_as_a_mention(prompt: str, words: str) -> None:
    one = replace(SEEN, description=words)
    said = with_descriptions(prompt, (one,))
    told = " ".join(words.split()).rstrip(".")
    assert one.name in said
    assert not told or f"{one.name} ({told})" in said
    assert with_descriptions("x", (replace(one, description="@ada"),)) == "Ada Lovelace (@ada): x"


def test_mentions_are_told_in_order() -> None:
    assert mentions("@Ada and @zoe.moon, me@ada.org, @ada") == ["ada", "zoe.moon", "ada"]


@pytest.mark.parametrize("prompt", ["@ada waves", "in a park", ""])
def test_without_a_cast_a_prompt_stays_as_it_is(prompt: str) -> None:
    assert with_ids(prompt, ()) == with_names(prompt, ()) == prompt
