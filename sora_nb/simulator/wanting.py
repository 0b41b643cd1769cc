"""What servers want to be asked: each field with its schema and the part it plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from sora_nb.simulator import asking
from sora_nb.simulator.profiles import Model
from sora_nb.simulator.records import ReferenceKind
from sora_nb.simulator.schemas import ANY, FILE, NUMBER, STRING, WHOLE, Schema, choice, listed, one_of, record, text

Role = Literal[
    "prompt", "model", "seconds", "size", "width", "height", "frames", "rate", "resolution", "aspect", "characters",
    "reference", "extra",
]  # fmt: skip
"""The part a field plays, whatever it is called; `extra` is read by no one here."""


@dataclass(frozen=True, slots=True)
class Media:
    """How a field holds a picture or a clip."""

    kind: ReferenceKind | None
    """None where what it holds decides: a picture is a first frame."""
    file: bool = True
    """It may be a file of a form."""
    written: Literal["address", "base64", "json", "path"] | None = None
    """What a text in it is; `path` is one on the server's own disk."""
    keys: tuple[str, ...] = ()
    """Fields of an object in it of which one holds the address, or an object with a `url`."""
    many: bool = False
    """It may be a list of these."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field of a request."""

    role: Role
    schema: Schema
    seconds: Callable[[object, Model], float] | None = None
    """Reads a length."""
    media: Media | None = None
    echoed: bool = False
    """It is told back as it was sent."""


Fields = Mapping[str, Wanted]

_PROMPT = Wanted("prompt", text(1, asking.PROMPT_MAX))
_MODEL = Wanted("model", text(1, asking.NAME_MAX))
_SIZE = Wanted("size", text(pattern=r"^[1-9]\d{1,4}x[1-9]\d{1,4}$"))
_CHARACTERS = Wanted("characters", listed(record({"id": STRING})))
_EXTRA = Wanted("extra", ANY)


def _extras(*names: str) -> Fields:
    return dict.fromkeys(names, _EXTRA)


def _reference(
    kind: ReferenceKind | None,
    *,
    file: bool = True,
    written: Literal["address", "base64", "json", "path"] | None = None,
    keys: tuple[str, ...] = (),
    many: bool = False,
) -> Wanted:
    forms: list[Schema] = [FILE] if file else []
    if written or not file:
        forms.append(STRING)
    if keys and written != "json":
        forms.append({"type": "object", "properties": dict.fromkeys(keys, ANY)})
    if many:
        forms.append({"type": "array"})
    return Wanted("reference", one_of(*forms), media=Media(kind, file, written, keys, many))


OPENAI: Fields = {
    "prompt": _PROMPT,
    "model": _MODEL,
    "seconds": Wanted("seconds", STRING, asking.seconds_as_text),
    "size": _SIZE,
    "characters": _CHARACTERS,
    "input_reference": _reference("first_frame", keys=("image_url", "file_id")),
}

AZURE: Fields = {**OPENAI, "input_reference": _reference("first_frame")}

LITELLM: Fields = {**OPENAI, **_extras("custom_llm_provider", "target_model_names", "resolution", "user")}

VLLM: Fields = {
    "prompt": _PROMPT,
    "model": _MODEL,
    "seconds": Wanted("seconds", text(pattern=r"^[1-9]\d*$"), asking.seconds_as_digits, echoed=True),
    "size": Wanted("size", text(pattern=r"^\d+x\d+$"), echoed=True),
    "width": Wanted("width", WHOLE),
    "height": Wanted("height", WHOLE),
    "num_frames": Wanted("frames", WHOLE),
    "fps": Wanted("rate", WHOLE),
    "input_reference": _reference(None),
    "image_reference": _reference("first_frame", file=False, written="json", keys=("image_url", "file_id")),
    "video_reference": _reference("clip", file=False, written="json", keys=("video_url", "file_id")),
    **_extras("audio_reference", "user", "num_inference_steps", "guidance_scale", "guidance_scale_2"),
    **_extras("boundary_ratio", "flow_shift", "true_cfg_scale", "seed", "negative_prompt", "lora", "extra_params"),
}

SGLANG: Fields = {
    "prompt": _PROMPT,
    "model": _MODEL,
    "seconds": Wanted("seconds", WHOLE, asking.seconds_as_whole),
    "size": _SIZE,
    "width": Wanted("width", WHOLE),
    "height": Wanted("height", WHOLE),
    "num_frames": Wanted("frames", WHOLE),
    "fps": Wanted("rate", WHOLE),
    "input_reference": _reference("first_frame", written="path"),
    "reference_url": _reference("first_frame", file=False, written="address", many=True),
    "video_url": _reference("clip", file=False, written="address"),
    **_extras("n", "seed", "negative_prompt", "guidance_scale", "num_inference_steps", "extra_body"),
}

TENSORRT: Fields = {
    "prompt": _PROMPT,
    "model": _MODEL,
    "seconds": Wanted(
        "seconds", {**NUMBER, "exclusiveMinimum": 0, "maximum": 60}, asking.seconds_as_float, echoed=True
    ),
    "size": Wanted("size", text(pattern=r"^(\d+x\d+|auto)$")),
    "width": Wanted("width", WHOLE),
    "height": Wanted("height", WHOLE),
    "num_frames": Wanted("frames", WHOLE),
    "frame_rate": Wanted("rate", NUMBER, echoed=True),
    "fps": Wanted("rate", NUMBER, echoed=True),
    "image_reference": _reference("first_frame", written="base64", keys=("content",), many=True),
    "video_reference": _reference("clip", written="base64", keys=("content",), many=True),
    "input_reference": _reference(None, written="base64"),
    "response_format": Wanted("extra", choice("file", "path"), echoed=True),
    "format": Wanted("extra", choice("mp4", "avi", "auto"), echoed=True),
    **_extras("audio_reference", "seed", "num_inference_steps", "guidance_scale", "max_sequence_length"),
    **_extras("negative_prompt", "extra_params"),
}

_PART: Schema = {"type": "object", "required": ["type"]}

OPENROUTER: Fields = {
    "prompt": _PROMPT,
    "model": _MODEL,
    "duration": Wanted("seconds", WHOLE, asking.seconds_as_number),
    "size": _SIZE,
    "resolution": Wanted("resolution", text(pattern=r"^\d{3,4}p$")),
    "aspect_ratio": Wanted("aspect", text(pattern=r"^\d{1,2}:\d{1,2}$")),
    "frame_images": Wanted(
        "reference", listed(_PART), media=Media("first_frame", file=False, keys=("image_url",), many=True)
    ),
    "input_references": Wanted(
        "reference", listed(_PART), media=Media("image", file=False, keys=("image_url", "video_url"), many=True)
    ),
    **_extras("generate_audio", "seed", "callback_url", "provider", "user"),
}
