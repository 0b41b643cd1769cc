"""Characters are named in a prompt the way each shape wants it."""

from __future__ import annotations

import pytest

from sora_nb.dialects import Cast
from sora_nb.dialects.prompts import with_ids, with_names

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


@pytest.mark.parametrize("prompt", ["@ada waves", "in a park", ""])
def test_without_a_cast_a_prompt_stays_as_it_is(prompt: str) -> None:
    assert with_ids(prompt, ()) == with_names(prompt, ()) == prompt
