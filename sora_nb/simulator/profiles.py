"""What the service accepts and charges, shape by shape, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sora_nb.simulator.records import Family
from sora_nb.timerange import Limits

P720 = ("720x1280", "1280x720")
LARGE = ("1024x1792", "1792x1024")
P1080 = ("1080x1920", "1920x1080")


@dataclass(frozen=True, slots=True)
class Model:
    """A model by its name in one shape. All prices are pretend dollars."""

    name: str
    usd_per_second: float
    seconds: tuple[float, ...] = ()
    """Lengths it makes; empty where any from 1 to 60 s is one."""
    sizes: tuple[str, ...] = ()
    """Sizes it makes; empty where any even one up to 1920 pixels a side is."""
    default_size: str = "1280x720"
    usd_by_size: Mapping[str, float] = field(default_factory=dict)
    """Prices per second of sizes that cost other than `usd_per_second`."""
    max_characters: int = 2
    any_name: bool = False
    """It runs under whatever name is asked for, which is then told back."""

    def usd(self, seconds: float, size: str) -> float:
        """What a video costs."""
        return round(seconds * self.usd_by_size.get(size, self.usd_per_second), 6)


SIM = Model("sim-1", 0.01, max_characters=3)
"""The simulator's own: any length, any size."""

_OPENAI_SECONDS = (4.0, 8.0, 12.0, 16.0, 20.0)
_PRO_PRICES = {**dict.fromkeys(LARGE, 0.50), **dict.fromkeys(P1080, 0.70)}


def _sora(name: str) -> Model:
    return Model(name, 0.10, _OPENAI_SECONDS, P720, "720x1280")


def _pro(name: str) -> Model:
    return Model(name, 0.30, _OPENAI_SECONDS, P720 + LARGE + P1080, "720x1280", _PRO_PRICES)


_OPENAI = (
    _sora("sora-2"),
    _pro("sora-2-pro"),
    _sora("sora-2-2025-10-06"),
    _sora("sora-2-2025-12-08"),
    _pro("sora-2-pro-2025-10-06"),
)
_TUTORIAL = (Model("sora-2.0-turbo", 0.10),)
_APIYI = (Model("sora-2", 0.012, sizes=("1280x720", "1920x1080")),)


_LITELLM = (Model("sora-2", 0.10), Model("sora-2-pro", 0.30))
"""Behind the proxy may be anything, so its models are not held to OpenAI's lengths and sizes."""

_AZURE = (Model("sora-2", 0.10, (4.0, 8.0, 12.0), P720, "720x1280", any_name=True),)
_OPENROUTER = (Model("google/veo-3.1", 0.40, any_name=True), Model("alibaba/wan-2.6", 0.04))
_OWN = Model("sim-1", 0.0, any_name=True)
"""What a server of one's own runs: one model, whatever the request calls it, and nobody asks for money."""

_SERVED: Mapping[Family, tuple[Model, ...]] = {
    "vllm-omni": (_OWN,),
    "sglang": (replace(_OWN, name="sora-2"),),
    "tensorrt-llm": (_OWN,),
}


@dataclass(frozen=True, slots=True)
class Profile:
    """One temper of the service: which models each shape has. The first of a shape is its default."""

    models: Mapping[Family, tuple[Model, ...]]

    def model(self, family: Family, name: str) -> Model | None:
        """The model of a shape by name."""
        return next((model for model in self.models[family] if model.name == name), None)


_SHAPES: Mapping[Family, tuple[Model, ...]] = {
    "openai": _OPENAI,
    "tutorial": _TUTORIAL,
    "apiyi": _APIYI,
    "litellm": _LITELLM,
    "azure": _AZURE,
    "openrouter": _OPENROUTER,
    "laozhang": _APIYI,
}

PROFILES: dict[str, Profile] = {
    "default": Profile({**{family: (*models, SIM) for family, models in _SHAPES.items()}, **_SERVED}),
    "strict": Profile({**_SHAPES, **_SERVED}),
}
"""`default` has the simulator's own model beside the services'; `strict` has only theirs."""

TUTORIAL_RANGE = Limits("tutorial", min_seconds=1, max_seconds=10)
"""The first tutorial's own check accepts 1 to 10 s."""

APIYI_RANGE = Limits("apiyi", min_seconds=1, max_seconds=3)
"""The second tutorial: at least 1 s, more than 3 s is an error."""
