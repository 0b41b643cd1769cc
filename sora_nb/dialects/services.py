"""The places where the shapes are spoken, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sora_nb.dialects import apiyi, openai, openrouter, sglang, tensorrt_llm, tutorial, vllm_omni
from sora_nb.dialects.base import Capabilities, Dialect, Service

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        openai.OpenAIDialect(),
        vllm_omni.VllmOmniDialect(),
        sglang.SglangDialect(),
        tensorrt_llm.TensorrtLlmDialect(),
        openrouter.OpenRouterDialect(),
        apiyi.ApiyiDialect(),
        tutorial.TutorialDialect(),
    )
}
"""The shapes by name. For each there is a service of the same name."""

PRETEND = "Its videos are drawn by a program, not generated, and its money is pretend money."

PRETEND_USD: Mapping[str, Mapping[str, float]] = {
    "litellm": {"sora-2": 0.10, "sora-2-pro": 0.30},
    "openrouter": {"google/veo-3.1": 0.40, "alibaba/wan-2.6": 0.04},
    "azure": {"sora-2": 0.10},
    "laozhang": {"sora-2": 0.012},
}
"""What the simulator charges for a second as each service; what people run themselves costs nothing there."""

SAMPLES = tuple(f"/samples/{name}.mp4" for name in ("hero", "showcase", "cat", "walk"))
"""Clips that the simulator draws to be tried."""

OWN_KEY = ("SORA_API_KEY",)
"""A key that was issued by one service is never sent to another by itself; this one is the user's to place."""

DROPS = (
    "It makes no characters and would drop one without a word, so the reference and the description go with each video."
)


def _simulated(shape: Dialect, capabilities: Capabilities) -> Service:
    return Service(
        name="simulator",
        dialect=shape,
        base_url=f"simulator:{shape.prefix}",
        capabilities=replace(capabilities, needs_key=False, simulated=True),
        samples=SAMPLES,
        note=PRETEND,
    )


SIMULATED: dict[str, Service] = {
    "openai": _simulated(
        DIALECTS["openai"],
        replace(
            openai.COMPATIBLE,
            models=("sim-1",),
            max_characters=3,
            side_max=1920,
            usd_per_second={"sim-1": 0.01},
            usd_per_character=0.0,
        ),
    ),
    "apiyi": _simulated(DIALECTS["apiyi"], replace(apiyi.CAPABILITIES, usd_per_character=0.0)),
    "tutorial": _simulated(
        DIALECTS["tutorial"], replace(tutorial.CAPABILITIES, usd_per_second={"sora-2.0-turbo": 0.10})
    ),
}
"""The simulator as itself, in three shapes."""

HOSTED: dict[str, Service] = {
    "openai": Service(
        name="openai",
        dialect=DIALECTS["openai"],
        base_url="https://api.openai.com/v1",
        capabilities=openai.CAPABILITIES,
        key_names=("SORA_API_KEY", "OPENAI_API_KEY"),
        note="OpenAI closed this service on 2026-09-24; give base_url= of a server that speaks its shape.",
        retired="2026-09-24",
    ),
    "openrouter": Service(
        name="openrouter",
        dialect=DIALECTS["openrouter"],
        base_url="https://openrouter.ai/api/v1",
        capabilities=openrouter.CAPABILITIES,
        key_names=("SORA_API_KEY", "OPENROUTER_API_KEY"),
        note="Lengths, sizes and references differ by model; GET /videos/models tells them.",
    ),
    "apiyi": Service(
        name="apiyi",
        dialect=DIALECTS["apiyi"],
        base_url="https://api.apiyi.com/sora/v1",
        capabilities=apiyi.CAPABILITIES,
        key_names=("SORA_API_KEY", "APIYI_API_KEY"),
        note="The app behind this gateway closed on 2026-04-26; "
        'Studio("simulator", dialect="apiyi") answers in its shape.',
        retired="2026-04-26",
    ),
    "laozhang": Service(
        name="laozhang",
        dialect=DIALECTS["apiyi"],
        base_url="https://api.laozhang.ai/sora/v1",
        capabilities=apiyi.LAOZHANG,
        key_names=("SORA_API_KEY", "LAOZHANG_API_KEY"),
        note="The app behind this gateway closed on 2026-04-26; "
        'Studio("simulator", profile="laozhang") answers in its shape.',
        retired="2026-04-26",
    ),
    "tutorial": Service(
        name="tutorial",
        dialect=DIALECTS["tutorial"],
        base_url="https://api.openai.com/v1/sora",
        capabilities=tutorial.CAPABILITIES,
        key_names=("SORA_API_KEY", "OPENAI_API_KEY"),
        note="This address is in a tutorial and was never in OpenAI's published description; "
        'Studio("simulator", dialect="tutorial") answers in its shape.',
    ),
}
"""Services at one address."""

ANYWHERE: dict[str, Service] = {
    "vllm-omni": Service(
        name="vllm-omni",
        dialect=DIALECTS["vllm-omni"],
        base_url="http://localhost:8000/v1",
        capabilities=vllm_omni.CAPABILITIES,
        key_names=OWN_KEY,
        note=DROPS,
    ),
    "sglang": Service(
        name="sglang",
        dialect=DIALECTS["sglang"],
        base_url="http://localhost:30000/v1",
        capabilities=sglang.CAPABILITIES,
        key_names=OWN_KEY,
        note=f"{DROPS} It forgets its videos when it is restarted.",
    ),
    "tensorrt-llm": Service(
        name="tensorrt-llm",
        dialect=DIALECTS["tensorrt-llm"],
        base_url="http://localhost:8000/v1",
        capabilities=tensorrt_llm.CAPABILITIES,
        key_names=OWN_KEY,
        note="It makes no characters and refuses fields it does not know, so the reference and the description go with "
        "each video. Its films may be AVI files.",
    ),
    "litellm": Service(
        name="litellm",
        dialect=DIALECTS["openai"],
        base_url="http://localhost:4000/v1",
        capabilities=openai.LITELLM,
        key_names=OWN_KEY,
        note="Its characters lead to OpenAI and Azure, which have closed. In front of others, "
        'Service.like("litellm", name="mine", character_ways=()) sends a reference instead.',
    ),
    "azure": Service(
        name="azure",
        dialect=DIALECTS["openai"],
        base_url=None,
        capabilities=openai.AZURE,
        key_names=OWN_KEY,
        note="Azure closed this service on 2026-10-15. A model is named as it was deployed.",
        retired="2026-10-15",
        key_header="api-key",
        path="/openai/v1",
    ),
}
"""Services that stand wherever somebody put them; an address here is the one that their manuals begin with."""

_ORDER = (
    *("openai", "vllm-omni", "sglang", "tensorrt-llm", "litellm"),
    *("openrouter", "azure", "apiyi", "laozhang", "tutorial"),
)

SERVICES: dict[str, Service] = {
    "simulator": SIMULATED["openai"],
    **{name: {**HOSTED, **ANYWHERE}[name] for name in _ORDER},
}
"""The services by name."""


def _played(service: Service) -> Service:
    can = service.capabilities
    return replace(
        service,
        name="simulator",
        base_url=f"simulator:/as/{service.name}{service.prefix}",
        capabilities=replace(
            can,
            needs_key=False,
            simulated=True,
            side_max=1920,
            usd_per_second=PRETEND_USD.get(service.name, dict.fromkeys(can.models, 0.0)),
            usd_per_character=0.0 if can.native else None,
            priced_on=None,
        ),
        key_names=(),
        samples=SAMPLES,
        note=PRETEND,
        retired=None,
        plays=service.name,
    )


PLAYED: dict[str, Service] = {
    **SIMULATED,
    **{name: _played(service) for name, service in SERVICES.items() if name not in ("simulator", *SIMULATED)},
}
"""The simulator as each service, by the service's name."""
