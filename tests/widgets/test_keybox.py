"""The key box: a key goes in by a message and is in no trait, no state, no repr and no static form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sora_nb import KeyBox
from sora_nb.errors import MissingKeyError

CANARY = "sk-c4n4ry-7h1s-1s-s3cr37"


def type_in(box: KeyBox, key: Any) -> None:
    """What the page sends on Enter."""
    box._handle_custom_msg({"kind": "key", "key": key}, [])


def saved(box: KeyBox) -> str:
    """All that a notebook keeps of it, and all that a person can make it show."""
    state = {name: value for name, value in box.get_state().items() if name not in ("_esm", "_css")}
    shown = [repr(box), str(box), f"{box}", repr(vars(box)), str(box._repr_mimebundle_()), box.trait_values()]
    return json.dumps([repr(state), *map(repr, shown)])


def test_what_is_typed_is_the_key_and_is_seen_nowhere() -> None:
    box = KeyBox("openrouter")
    with pytest.raises(MissingKeyError, match="key box for openrouter is empty"):
        box()
    type_in(box, f"  {CANARY}\n")
    assert (box(), box.has_key, box.said) == (CANARY, True, "")
    assert CANARY not in saved(box)
    assert "was typed in" in saved(box)


def test_a_key_in_a_trait_would_be_seen() -> None:
    box = KeyBox("openrouter")
    box.service = CANARY
    assert CANARY in saved(box)


def test_the_message_does_not_keep_it() -> None:
    box, content = KeyBox(), {"kind": "key", "key": CANARY}
    box._handle_custom_msg(content, [])
    assert content == {"kind": "key"}


@pytest.mark.parametrize("wrong", ["", "  ", "two words", "kęy", "a\x07b", None])
def test_what_no_key_is_is_refused_and_the_one_before_stays(wrong: Any) -> None:
    box = KeyBox()
    type_in(box, "first")
    type_in(box, "" if wrong is None else wrong)
    assert box() == "first" and box.said.startswith("That is no key")
    type_in(box, "second")
    assert box() == "second" and box.said == ""


def test_it_can_be_forgotten_from_either_side() -> None:
    box = KeyBox()
    for forget in (box.clear, lambda: box._handle_custom_msg({"kind": "forget"}, [])):
        type_in(box, CANARY)
        forget()
        assert not box.has_key
        with pytest.raises(MissingKeyError):
            box()


def test_no_page_can_set_it_and_no_other_message_is_a_key() -> None:
    box = KeyBox()
    for content in ({"kind": "other", "key": CANARY}, "key", None, {"key": CANARY}):
        box._handle_custom_msg(content, [])
    assert not box.has_key
