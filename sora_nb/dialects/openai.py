"""The shape `/v1/videos`, as OpenAI published it and as many servers speak it today.

Fields and limits: OpenAI's published description of 2026-08-21. `characters`, 16 and 20 seconds, and
the 1080p sizes: OpenAI's video guide of June 2026, which says more than the description does.
"""

from __future__ import annotations

from dataclasses import replace

from sora_nb.dialects.base import Call, Capabilities, CharacterAsk, Inline, RemoteCharacter, Reply, VideoAsk
from sora_nb.dialects.reading import id_of, object_of, reason_of, segment, status_of
from sora_nb.dialects.videos import VideosDialect, film, first_image, picture
from sora_nb.errors import ConfigError, ServerError
from sora_nb.timerange import OPENAI, plain

CAPABILITIES = Capabilities(
    limits=OPENAI,
    character_ways=("clip",),
    models=("sora-2", "sora-2-pro"),
    seconds=(4, 8, 12, 16, 20),
    default_seconds=4,
    sizes=("1280x720", "720x1280", "1792x1024", "1024x1792", "1920x1080", "1080x1920"),
    default_size="1280x720",
    naming="name",
    bodies=("json", "multipart"),
    seconds_as="text",
    prompt_max=32_000,
    max_characters=2,
    reference_ways=("first_frame", "words"),
    name_max=80,
    variants=("video", "thumbnail", "spritesheet"),
    can_list=True,
    deletion="ended",
    reconcile="list",
    usd_per_second={
        "sora-2": 0.10,
        "sora-2-pro": 0.30,
        "sora-2-pro 1024x1792": 0.50,
        "sora-2-pro 1792x1024": 0.50,
        "sora-2-pro 1080x1920": 0.70,
        "sora-2-pro 1920x1080": 0.70,
    },
    # The last prices there were: the service closed on that day.
    priced_on="2026-09-24",
)
"""OpenAI's own service, until it closed."""

COMPATIBLE = replace(
    CAPABILITIES,
    seconds=(),
    seconds_range=(1, 60),
    sizes=(),
    usd_per_second={},
    priced_on=None,
    unknown_fields="untold",
)
"""Somebody else's server of this shape: which lengths and sizes it makes, and for how much, is its own affair."""

LITELLM = replace(
    COMPATIBLE,
    variants=("video",),
    routes_characters=True,
    can_list=False,
    reconcile="none",
    deletion="none",
    unknown_fields="passed_on",
    needs_key=False,
)
"""LiteLLM's proxy, which passes on what it is told to whoever makes the videos behind it.

It has routes for characters, which lead to OpenAI and Azure alone; in front of others `character_ways=()`. Its list
asks for a provider and then leaves the configured upstreams aside (1.108 was seen to), so it is no help here.
"""

AZURE = replace(
    CAPABILITIES,
    models=("sora-2",),
    seconds=(4, 8, 12),
    sizes=("1280x720", "720x1280"),
    variants=("video",),
    usd_per_second={},
    priced_on=None,
)
"""Azure's deployments of Sora 2 until they closed; a model is named as it was deployed. Its price was never noted."""


class OpenAIDialect(VideosDialect):
    """Words of `/v1/videos`: seconds as text; characters from a clip, named in the prompt and listed by id."""

    name = "openai"
    capabilities = CAPABILITIES

    def create_video(self, ask: VideoAsk) -> Call:
        words = {
            "model": ask.model,
            "prompt": self.sent_prompt(ask),
            "seconds": plain(ask.seconds),
            "size": ask.size,
        }
        characters = [{"id": one.remote_id} for one in ask.cast if one.made]
        frame = first_image(ask)
        if frame is not None and not characters:
            # Proxies read a reference from an upload alone, and only JSON is known to hold characters.
            return Call("POST", "/videos", form=words, files=(picture("input_reference", frame),), paid=True)
        extras: dict[str, object] = {"characters": characters} if characters else {}
        if frame is not None:
            extras["input_reference"] = {"image_url": Inline(frame, "image/png")}
        return Call("POST", "/videos", json={**words, **extras}, paid=True)

    def create_character(self, ask: CharacterAsk) -> Call:
        if ask.clip is None:
            raise ConfigError(
                f"The openai shape takes a character's clip itself, not an address or a task id, for {ask.name!r}. "
                "Cut the range to a file first."
            )
        route = {"target_model_names": ask.model} if ask.model else {}
        form = {"name": ask.name, **route}
        return Call("POST", "/videos/characters", form=form, files=(film("video", ask.clip),), paid=True)

    def get_character(self, task_id: str) -> Call:
        return Call("GET", f"/videos/characters/{segment(task_id)}")

    def read_character(self, reply: Reply) -> RemoteCharacter:
        body = object_of(reply, "a character")
        error_code, error = reason_of(body.get("error"))
        id_ = id_of(body.get("id"))
        if id_ is None:
            told = f" It says: {error}" if error else ""
            raise ServerError(f"The service's answer names no id of a character.{told}", code=error_code)
        # The published shape has no status: a character that is answered is ready.
        status = status_of(body.get("status") or "completed")
        return RemoteCharacter(status, id_, task_id=id_, error_code=error_code, error=error)
