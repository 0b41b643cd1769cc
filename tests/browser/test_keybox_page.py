"""The key box in a page: masked, worked by the keyboard, and empty of the key once it is sent."""

from __future__ import annotations

from sora_nb import KeyBox
from tests.browser.esm import Harness

CANARY = "sk-c4n4ry-7h1s-1s-s3cr37"
STATE = ("service", "has_key", "said")


def show(esm_page, box: KeyBox) -> Harness:
    return esm_page(str(box._esm), str(box._css), box.get_state(STATE))


def everything(harness: Harness) -> str:
    """All that the page holds: its markup, the fields' values, and the state that a notebook would keep."""
    return harness.page.evaluate(
        "() => document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((field) => field.value)"
        " + JSON.stringify(window.host.python)"
    )


def test_a_key_is_typed_and_sent_by_the_keyboard_alone(esm_page) -> None:
    box = KeyBox("openrouter")
    harness = show(esm_page, box)
    page = harness.page
    page.keyboard.press("Tab")
    page.keyboard.type(CANARY)
    assert CANARY in everything(harness), "the check would see it"
    assert page.get_by_role("textbox", name="Key for openrouter").get_attribute("type") == "password"
    page.keyboard.press("Enter")
    assert harness.wait_for_sent() == [{"kind": "key", "key": CANARY}]
    assert CANARY not in everything(harness)
    box._handle_custom_msg(harness.sent[0], [])
    harness.set("has_key", box.has_key)
    assert page.get_by_text("There is a key. It stays in the kernel").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert harness.wait_for_sent(2)[-1] == {"kind": "forget"}
    assert harness.errors == [] and harness.remove() == []


def test_what_is_wrong_is_said_and_nothing_is_sent_for_nothing(esm_page) -> None:
    harness = show(esm_page, KeyBox("lab"))
    page = harness.page
    page.get_by_role("button", name="Use this key").click()
    assert harness.sent == []
    assert page.get_by_role("button", name="Forget it").is_hidden()
    harness.set("said", "That is no key.")
    assert page.get_by_text("That is no key.").is_visible()
    assert page.get_by_role("textbox", name="Key for lab").get_attribute("aria-invalid") == "true"
