"""A service of one's own is a few lines of data, and what cannot be is told before it is used."""

from __future__ import annotations

from typing import Any

import pytest

import sora_nb
from sora_nb.dialects import SERVICES, Cast, Service, VideoAsk, check_video, estimate, service_for, with_prices
from sora_nb.errors import ConfigError


def lab(**changes: Any) -> Service:
    return Service.like("vllm-omni", **{"name": "lab", "base_url": "http://gpu3:8000/v1", **changes})


def test_it_is_what_it_is_like_but_for_the_changes() -> None:
    service = lab(sizes=("832x480",), seconds=(2, 4), usd_per_second={"wan": 0})
    known = SERVICES["vllm-omni"]
    assert (service.name, service.base_url, service.dialect) == ("lab", "http://gpu3:8000/v1", known.dialect)
    can = service.capabilities
    assert (can.sizes, can.seconds, can.default_size, can.default_seconds) == (("832x480",), (2, 4), "832x480", 4)
    assert (can.models, estimate(can, "wan", 4)) == (("wan",), 0)
    assert can.reference_ways == known.capabilities.reference_ways
    assert check_video(VideoAsk("A park", 4, "832x480", "wan"), service) == []
    assert "lab makes 832x480, not 1280x720" in check_video(VideoAsk("A park", 4, "1280x720", "wan"), service)[0]


def test_what_is_taken_where_nothing_is_said_is_itself_allowed() -> None:
    assert lab(seconds=[2, 3]).capabilities.default_seconds == 2
    assert lab(seconds_range=(5, 9)).capabilities.default_seconds == 5
    assert lab(seconds_range=(5, 9)).capabilities.seconds == ()
    assert lab(sizes=["640x360", "1280x720"]).capabilities.default_size == "1280x720"
    assert lab(sizes=["640x360"], default_size="640x360").capabilities.default_size == "640x360"


def test_an_address_without_a_path_gets_that_of_the_known_one() -> None:
    assert Service.like("azure", name="ours", base_url="https://x.example").base_url == "https://x.example/openai/v1"
    assert Service.like("sglang", name="here").base_url == "http://localhost:30000/v1"


def test_nothing_of_the_known_ones_prices_or_end_is_taken_over() -> None:
    ours = Service.like("openai", name="ours", base_url="http://gpu3:8000")
    assert (dict(ours.capabilities.usd_per_second), ours.capabilities.priced_on, ours.retired) == ({}, None, None)
    ours = Service.like("azure", name="ours", base_url="https://x.example")
    assert (ours.key_header, ours.retired) == ("api-key", None)


def test_a_proxy_in_front_of_others_tells_of_characters_by_reference() -> None:
    service = Service.like("litellm", name="proxy", character_ways=(), models=("veo",))
    assert not service.capabilities.native
    call = service.dialect.create_video(
        VideoAsk("@ada", 4, "1280x720", "veo", (Cast("Ada", "ada", "", description="a woman"),))
    )
    assert call.json is not None and call.json["prompt"] == "Ada (a woman)"


def test_it_is_within_reach_of_the_front_door() -> None:
    assert sora_nb.Service is Service


def test_it_is_found_again_by_address_and_dialect() -> None:
    service = lab()
    again = service_for(service.name, dialect=service.dialect.name, base_url=service.base_url)
    assert (again.name, again.base_url, again.dialect) == (service.name, service.base_url, service.dialect)


@pytest.mark.parametrize(
    ("known", "changes", "words"),
    [
        ("vllm-omi", {}, 'Did you mean "vllm-omni"'),
        ("vllm-omni", {"name": "openai"}, "a service 'openai' already"),
        ("vllm-omni", {"name": " "}, "cannot be the name"),
        ("vllm-omni", {"name": "http://gpu"}, "cannot be the name"),
        ("vllm-omni", {"size": ("1x1",)}, "no 'size'. Did you mean \"sizes\""),
        ("vllm-omni", {"sizes": "832x480"}, "sizes='832x480' are not sizes"),
        ("vllm-omni", {"sizes": ("big",)}, "are not sizes"),
        ("vllm-omni", {"seconds": 4}, "seconds=4 are not lengths"),
        ("vllm-omni", {"seconds": (0,)}, "are not lengths"),
        ("vllm-omni", {"seconds": (float("nan"),)}, "are not lengths"),
        ("vllm-omni", {"seconds_range": (1, 2, 3)}, "a shortest and a longest"),
        ("vllm-omni", {"models": ("",)}, "are not model ids"),
        ("vllm-omni", {"models": ()}, "names no model"),
        ("vllm-omni", {"models": []}, "names no model"),
        ("vllm-omni", {"reference_ways": ("photo",)}, "some of first_frame, clip, words, which the shape can say"),
        ("openrouter", {"reference_ways": ("clip",)}, "some of image, words, which the shape can say"),
        ("vllm-omni", {"character_ways": ("clip",)}, "some of no ways, which the shape can say"),
        ("vllm-omni", {"key_header": "x-key"}, "key_header= is one of authorization, api-key"),
        ("vllm-omni", {"usd_per_second": {"wan": -1}}, "is no price"),
        ("vllm-omni", {"usd_per_second": 3}, "no price table"),
        ("vllm-omni", {"simulated": True}, "no 'simulated'"),
        ("vllm-omni", {"base_url": "gpu3"}, "not the address of a server"),
        ("azure", {"base_url": None}, "Where is 'lab'"),
        ("simulator", {"base_url": "http://gpu3:8750"}, "not on this machine"),
    ],
)
def test_what_cannot_be_is_told(known: str, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Service.like(known, **{"name": "lab", "base_url": "http://gpu3:8000/v1", **changes})


def test_ones_own_prices_go_over_ours() -> None:
    service = with_prices(SERVICES["openai"], {"sora-2-pro": 0.2, "mine": 1, "date": "2026-11-26", "character": 0.05})
    can = service.capabilities
    assert estimate(can, "sora-2-pro", 10, "1792x1024") == 2.0, "a new price of a model stands for all its sizes"
    assert (estimate(can, "sora-2", 10), estimate(can, "mine", 10)) == (1.0, 10.0)
    assert (can.priced_on, can.usd_per_character) == ("2026-11-26", 0.05)
    assert estimate(SERVICES["openai"].capabilities, "sora-2-pro", 10, "1792x1024") == 5.0


def test_a_price_of_one_size_leaves_the_others() -> None:
    can = with_prices(SERVICES["openai"], {"sora-2-pro 1792x1024": 0.4}).capabilities
    assert [estimate(can, "sora-2-pro", 1, size) for size in ("1792x1024", "1024x1792", "1280x720")] == [0.4, 0.5, 0.3]
    assert can.priced_on == SERVICES["openai"].capabilities.priced_on


@pytest.mark.parametrize("table", [{"wan": "0.1"}, {"wan": -0.1}, {"wan": True}, {"wan": float("inf")}, {3: 0.1}])
def test_what_is_no_price_is_told(table: Any) -> None:
    with pytest.raises(ConfigError, match="is no price"):
        with_prices(SERVICES["openrouter"], table)


def test_a_character_has_a_price_or_none() -> None:
    assert with_prices(SERVICES["laozhang"], {"sora-2": 0.1}).capabilities.usd_per_character == 0.01
    with pytest.raises(ConfigError, match="'character': 'free' is no price"):
        with_prices(SERVICES["laozhang"], {"character": "free"})
