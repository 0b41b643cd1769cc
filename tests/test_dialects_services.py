"""A service is found by name or address, and never gets a key or a label that is not its own."""

from __future__ import annotations

import pytest

from sora_nb.dialects import DIALECTS, PLAYED, SERVICES, estimate, service_for
from sora_nb.errors import ConfigError
from sora_nb.simulator.profiles import PROFILES
from sora_nb.timerange import LIMITS


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"azure"}))
def test_every_service_is_found_by_its_name_and_by_what_a_journal_keeps_of_it(name: str) -> None:
    service = service_for(name)
    assert service is SERVICES[name]
    assert service_for(service.name, dialect=service.dialect.name, base_url=service.base_url) == service


@pytest.mark.parametrize("shape", sorted(DIALECTS))
def test_the_simulator_speaks_every_shape_and_says_what_it_is(shape: str) -> None:
    service = service_for("simulator", dialect=shape)
    assert (service.name, service.dialect.name) == ("simulator", shape)
    assert service.base_url is not None and service.base_url.endswith(service.dialect.prefix)
    assert service.capabilities.simulated
    assert not service.capabilities.needs_key
    assert service.capabilities.limits is LIMITS.get(shape, LIMITS["reference"])
    assert estimate(service.capabilities, service.capabilities.models[0], 10) is not None
    assert service_for("simulator", dialect=shape, base_url=service.base_url) == service


@pytest.mark.parametrize("name", sorted(PLAYED))
def test_the_simulator_plays_every_service_and_is_found_again(name: str) -> None:
    service, real = service_for("simulator", profile=name), SERVICES[name]
    assert service.dialect is real.dialect
    assert service.capabilities.native == real.capabilities.native
    assert (service.capabilities.simulated, service.capabilities.needs_key, service.retired) == (True, False, None)
    assert service_for("simulator", dialect=service.dialect.name, base_url=service.base_url) == service
    afar = service_for("simulator", profile=name, base_url="http://127.0.0.1:8750")
    assert afar.base_url == f"http://127.0.0.1:8750{real.prefix}"
    assert afar.capabilities == service.capabilities
    if name not in ("openai", "apiyi", "tutorial"):
        assert service.base_url == f"simulator:/as/{name}{real.prefix}"
        assert service.title == f"simulator as {name}"
        assert (service.key_header, service.plays) == (real.key_header, name)


@pytest.mark.parametrize("name", sorted(PLAYED))
def test_what_is_expected_of_the_simulator_is_what_it_charges(name: str) -> None:
    can = PLAYED[name].capabilities
    for model in can.models:
        charged = next((one for one in PROFILES["default"].models[name] if one.name == model), None)
        charged = charged or next(one for one in PROFILES["default"].models[name] if one.any_name)
        assert estimate(can, model, 10, can.default_size) == charged.usd(10, can.default_size)


def test_every_service_is_played_but_the_simulator() -> None:
    assert PLAYED.keys() == SERVICES.keys() - {"simulator"}
    assert service_for("simulator", profile="default") is service_for("simulator")


@pytest.mark.parametrize("name", ["vllm-omni", "sglang", "tensorrt-llm", "litellm", "azure"])
def test_what_stands_anywhere_is_the_same_everywhere(name: str) -> None:
    service = service_for(name, base_url="http://gpu3:9000")
    assert (service.name, service.base_url) == (name, f"http://gpu3:9000{SERVICES[name].prefix}")
    assert service.capabilities == SERVICES[name].capabilities
    assert "in the open" in service.note
    assert service.key_names == ("SORA_API_KEY",)
    again = service_for(service.name, dialect=service.dialect.name, base_url=service.base_url)
    assert again == service


def test_azure_has_no_address_of_its_own() -> None:
    with pytest.raises(ConfigError, match=r'Give its address: base_url="https://\.\.\./openai/v1"'):
        service_for("azure")
    service = service_for("azure", base_url="https://lab.openai.azure.com")
    assert service.base_url == "https://lab.openai.azure.com/openai/v1"
    assert (service.key_header, service.retired) == ("api-key", "2026-10-15")


@pytest.mark.parametrize("shape", sorted(DIALECTS))
def test_a_service_of_ones_own_is_found_again_by_its_address_and_shape(shape: str) -> None:
    service = service_for("lab", dialect=shape, base_url="http://gpu3:8000")
    assert (service.name, service.dialect.name) == ("lab", shape)
    assert service.base_url == f"http://gpu3:8000{service.dialect.prefix}"
    assert not service.capabilities.usd_per_second


def test_an_address_on_this_machine_is_nobodys_in_particular() -> None:
    assert service_for("http://localhost:4000").name == "localhost:4000"
    assert service_for("http://localhost:8000", dialect="sglang").name == "localhost:8000"


def test_only_the_simulator_is_simulated() -> None:
    assert [name for name, service in SERVICES.items() if service.capabilities.simulated] == ["simulator"]
    assert all(service.note for service in SERVICES.values())


def test_the_simulator_alone_takes_any_length_and_three_characters() -> None:
    can = service_for("simulator").capabilities
    assert (can.models, can.seconds, can.seconds_range, can.sizes) == (("sim-1",), (), (1, 60), ())
    assert (can.max_characters, dict(can.usd_per_second), can.usd_per_character) == (3, {"sim-1": 0.01}, 0.0)


@pytest.mark.parametrize(
    ("url", "dialect", "base_url"),
    [
        ("http://localhost:8000", None, "http://localhost:8000/v1"),
        ("http://localhost:8000/", "apiyi", "http://localhost:8000/sora/v1"),
        ("https://videos.example/api/v2/", None, "https://videos.example/api/v2"),
        ("  https://videos.example ", "tutorial", "https://videos.example/v1/sora"),
        ("http://[::1]:8000", None, "http://[::1]:8000/v1"),
    ],
)
def test_an_address_without_a_path_gets_that_of_its_shape(url: str, dialect: str | None, base_url: str) -> None:
    service = service_for(url, dialect=dialect)
    assert service.base_url == base_url
    assert service.dialect.name == (dialect or "openai")
    assert service_for(service.name, dialect=service.dialect.name, base_url=base_url) == service


def test_nothing_is_known_of_the_prices_of_a_strange_server() -> None:
    for shape in DIALECTS:
        can = service_for("https://videos.example", dialect=shape).capabilities
        assert (dict(can.usd_per_second), can.usd_per_character, can.simulated) == ({}, None, False)


def test_a_key_of_a_service_stays_with_it() -> None:
    assert "OPENAI_API_KEY" in service_for("openai").key_names
    assert "OPENAI_API_KEY" in service_for("https://api.openai.com/v1/").key_names
    for elsewhere in (
        service_for("openai", base_url="https://videos.example/v1"),
        service_for("https://videos.example"),
    ):
        assert elsewhere.key_names == ("SORA_API_KEY",)
    assert service_for("simulator").key_names == ()


@pytest.mark.parametrize(
    ("url", "needs_key"),
    [("http://localhost:1", False), ("http://127.0.0.1:1", False), ("http://gpu:1", True), ("https://a.example", True)],
)
def test_a_server_on_this_machine_needs_no_key(url: str, needs_key: bool) -> None:
    assert service_for(url).capabilities.needs_key is needs_key
    assert service_for("openai", base_url=url).capabilities.needs_key is needs_key


def test_prompts_in_the_open_are_remarked() -> None:
    assert "in the open" in service_for("http://gpu:8000").note
    assert service_for("http://localhost:8000").note == service_for("https://a.example").note == ""


def test_a_named_service_can_stand_elsewhere() -> None:
    service = service_for("openai", base_url="http://localhost:8000")
    assert (service.name, service.base_url) == ("openai", "http://localhost:8000/v1")
    assert service.capabilities.sizes == ()
    assert "closed" not in service.note


def test_a_simulator_elsewhere_must_be_on_this_machine() -> None:
    service = service_for("simulator", dialect="apiyi", base_url="http://127.0.0.1:8750")
    assert service.base_url == "http://127.0.0.1:8750/sora/v1"
    assert service.capabilities.simulated
    with pytest.raises(ConfigError, match="not on this machine"):
        service_for("simulator", base_url="https://videos.example")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name_or_url": "simulatr"}, 'Did you mean "simulator"'),
        ({"name_or_url": "OpenAI"}, 'Did you mean "openai"'),
        ({"name_or_url": "zzz"}, "There are simulator, openai, vllm-omni, sglang"),
        ({"name_or_url": "apiy", "base_url": "https://videos.example"}, 'Did you mean "apiyi"'),
        ({"name_or_url": "simulator", "dialect": "opnai"}, 'no dialect .* Did you mean "openai"'),
        ({"name_or_url": "openai", "dialect": "apiyi"}, "openai speaks openai, not apiyi"),
        ({"name_or_url": "http://a", "base_url": "http://b"}, "Two addresses"),
        ({"name_or_url": "openai", "profile": "sglang"}, "profile= is for the simulator"),
        ({"name_or_url": "simulator", "profile": "sglan"}, 'no profile .* Did you mean "sglang"'),
        ({"name_or_url": "simulator", "profile": "sglang", "dialect": "apiyi"}, "speaks sglang alone"),
        ({"name_or_url": "ftp://a"}, "not the address of a server"),
        ({"name_or_url": "http://"}, "not the address of a server"),
        ({"name_or_url": "http://a:99999"}, "not the address of a server"),
        ({"name_or_url": "http://[a"}, "not the address of a server"),
        ({"name_or_url": "openai", "base_url": "videos.example/v1"}, "not the address of a server"),
    ],
)
def test_what_cannot_be_used_is_told(options: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        service_for(**options)


@pytest.mark.parametrize(
    "url", ["https://me:hunter2@a.example/v1", "https://a.example/v1?key=hunter2", "https://a/#hunter2"]
)
def test_an_address_with_a_secret_in_it_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError, match="api_key=") as caught:
        service_for(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "size", "usd"),
    [
        ("sora-2", "1280x720", 0.8),
        ("sora-2-2025-12-08", "1280x720", 0.8),
        ("sora-2-pro", "1280x720", 2.4),
        ("sora-2-pro", "1792x1024", 4.0),
        ("sora-2-pro-2025-10-06", "1920x1080", 5.6),
        ("sora-2-pro", None, 2.4),
        ("somebody-elses", "1280x720", None),
    ],
)
def test_a_price_is_estimated_by_model_and_size(model: str, size: str | None, usd: float | None) -> None:
    assert estimate(SERVICES["openai"].capabilities, model, 8, size) == usd


def test_no_price_is_without_its_date_where_money_is_real() -> None:
    for service in SERVICES.values():
        can = service.capabilities
        assert can.simulated or bool(can.usd_per_second or can.usd_per_character) == bool(can.priced_on)
