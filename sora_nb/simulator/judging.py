"""From the fields of a request to what the world is asked, by the rules of one server."""

from __future__ import annotations

import json
import re
from typing import Any

from sora_nb.simulator import asking, body, references
from sora_nb.simulator.profiles import Model
from sora_nb.simulator.records import Ask, Job
from sora_nb.simulator.references import Given
from sora_nb.simulator.refusal import Refusal, invalid, shown
from sora_nb.simulator.servers import Body, Server
from sora_nb.simulator.telling import FPS
from sora_nb.simulator.wanting import Role
from sora_nb.simulator.world import World

FRAMES_MAX, RATE_MAX = 7200, 120

_LISTED_ID = re.compile(r"characters\[\d*\]\[id\]")
_RATIO = re.compile(r"([1-9]\d?):([1-9]\d?)")
_LINES = re.compile(r"([1-9]\d{2,3})p")


class Asked:
    """The fields of a request by the parts they play."""

    def __init__(self, server: Server, fields: body.Fields) -> None:
        self.fields = fields
        self.names: dict[Role, str] = {}
        for name, wanted in server.asks.items():
            if fields.get(name) is not None:
                self.names.setdefault(wanted.role, name)

    def get(self, role: Role) -> Any:
        """The value of the field that plays a part, None where it was not sent."""
        name = self.names.get(role)
        return None if name is None else self.fields[name]

    def whole(self, role: Role, most: int) -> int | None:
        """The same, as a whole number up to *most*."""
        name = self.names.get(role)
        return None if name is None else asking.whole(self.fields, name, most)


def ask(world: World, server: Server, fields: body.Fields, kind: Body) -> tuple[Ask, dict[str, bytes]]:
    """What a create request asks for, and the bytes of its references by their names. Raises `Refusal`."""
    fields = _with_characters(fields) if server.casts else fields
    if kind in server.refuses_unknown:
        asking.refuse_unknown(fields, server.asks)
    asked = Asked(server, fields)
    prompt = asking.text(fields, "prompt", asking.PROMPT_MAX)
    name = asked.get("model")
    model = asking.model({} if name is None else {"model": name}, world, server.name)
    seconds = _seconds(server, asked, model)
    size = _size(asked, model)
    cast: tuple[str, ...] = ()
    if server.casts:
        ids = [server.character_ids.back(id_) for id_ in _ids(asked.get("characters") or [])]
        cast = asking.cast(prompt, ids, world, model, every_mention=False)
    given = _references(world, server, fields)
    if server.exact_references:
        _check_sizes(given, size)
    echo = {name: fields[name] for name, wanted in server.asks.items() if wanted.echoed and name in fields}
    asked_for = Ask(
        server.name,
        model.name,
        prompt,
        seconds,
        size,
        model.usd(seconds, size),
        cast,
        references=tuple(one.reference for one in given),
        echo=echo,
    )
    return asked_for, {one.reference.file: one.data for one in given}


def remix(world: World, server: Server, source: Job, fields: body.Fields) -> Ask:
    """What a remix of *source* asks for: all that was asked for then, with another prompt."""
    if server.refuses_unknown:
        asking.refuse_unknown(fields, ("prompt",))
    if world.standing(source).status != "completed":
        raise Refusal(400, f"{source.id} is not completed, so it cannot be remixed yet.", param="video_id")
    old = source.ask
    model = asking.model({"model": old.model}, world, server.name)
    prompt = asking.text(fields, "prompt", asking.PROMPT_MAX)
    cast = asking.cast(prompt, [*old.characters], world, model, every_mention=False)
    return Ask(server.name, old.model, prompt, old.seconds, old.size, old.usd, cast, remixed_from=source.id)


def _seconds(server: Server, asked: Asked, model: Model) -> float:
    rate = asked.get("rate")
    per_second = FPS if rate is None else asking.number(asked.names["rate"], rate)
    if not 0 < per_second <= RATE_MAX:
        raise invalid(asked.names["rate"], f"{shown(rate)} is not a frame rate from above 0 to {RATE_MAX}.")
    frames = asked.whole("frames", FRAMES_MAX)
    if frames is not None:
        return asking.length(asked.names["frames"], round(frames / per_second, 3), model)
    value = asked.get("seconds")
    if value is None:
        return float(server.default_seconds)
    read = server.asks[asked.names["seconds"]].seconds
    assert read is not None
    return read(value, model)


def _size(asked: Asked, model: Model) -> str:
    size = asked.get("size")
    if size not in (None, "auto", ""):
        return asking.size(size, model)
    width, height = asked.whole("width", asking.SIDE_MAX), asked.whole("height", asking.SIDE_MAX)
    if (width is None) != (height is None):
        raise invalid("width", "width and height must be sent together.")
    if width is not None:
        return asking.size(f"{width}x{height}", model)
    lines, ratio = asked.get("resolution"), asked.get("aspect")
    if lines is None and ratio is None:
        return model.default_size
    return asking.size(_of_lines(lines or "720p", ratio or "16:9"), model, "resolution" if lines else "aspect_ratio")


def _of_lines(lines: object, ratio: object) -> str:
    """The size that a number of lines, such as `720p`, and a ratio, such as `16:9`, make together."""
    short = _LINES.fullmatch(lines) if isinstance(lines, str) else None
    sides = _RATIO.fullmatch(ratio) if isinstance(ratio, str) else None
    if short is None:
        raise invalid("resolution", f"{shown(lines)} is not a resolution. Write one such as 720p.")
    if sides is None:
        raise invalid("aspect_ratio", f"{shown(ratio)} is not a ratio. Write one such as 16:9.")
    wide, high = map(int, sides.groups())
    scale = int(short[1]) / min(wide, high)
    return "x".join(str(round(side * scale / 2) * 2) for side in (wide, high))


def _references(world: World, server: Server, fields: body.Fields) -> list[Given]:
    """What is sent to go by. A first frame rules out what only shows somebody, where a server takes either."""
    found = [
        one
        for name, wanted in server.asks.items()
        if wanted.media is not None and fields.get(name) not in (None, "", [])
        for one in references.read(world, name, fields[name], wanted.media)
    ]
    if len({name for name, wanted in server.asks.items() if wanted.media and fields.get(name) is not None}) > 1:
        firsts = [one for one in found if one.reference.kind == "first_frame"]
        return firsts or found
    return found


def _check_sizes(given: list[Given], size: str) -> None:
    for one in given:
        if one.size is not None and one.size != tuple(map(int, size.split("x"))):
            width, height = one.size
            message = f"The picture has {width}x{height} pixels and the video {size}; they must be the same."
            raise invalid("input_reference", message)


def _with_characters(fields: body.Fields) -> body.Fields:
    """Undo the two ways a form writes the list: as JSON text, or as `characters[][id]` fields."""
    plain_fields = {name: value for name, value in fields.items() if not _LISTED_ID.fullmatch(name)}
    listed = [value for name, value in fields.items() if name not in plain_fields]
    if listed:
        flat = [id_ for value in listed for id_ in (value if isinstance(value, list) else [value])]
        return {**plain_fields, "characters": [{"id": id_} for id_ in flat]}
    if isinstance(fields.get("characters"), str):
        try:
            return {**fields, "characters": json.loads(fields["characters"])}
        except (ValueError, RecursionError) as error:
            raise invalid("characters", 'characters is not a JSON list such as [{"id": "char_123"}].') from error
    return fields


def _ids(characters: object) -> list[str]:
    if isinstance(characters, list) and all(
        isinstance(item, dict) and item.keys() == {"id"} and isinstance(item["id"], str) for item in characters
    ):
        return [item["id"] for item in characters]
    raise invalid("characters", 'characters must be a list such as [{"id": "char_123"}].', "invalid_type")
