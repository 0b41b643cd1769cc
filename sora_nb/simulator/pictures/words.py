"""From the words of a prompt to a scene."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sora_nb.simulator.pictures import vocabulary as words
from sora_nb.simulator.pictures.palette import COLOURS, HAIR, SKIN, Colour
from sora_nb.simulator.pictures.scene import Figure, Scene

MAX_FIGURES = 3

_MENTION = re.compile(r"@[\w.\-]*\w")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ARTICLES = frozenset({"a", "an", "the", "and", "with", "in", "on", "at", "his", "her", "their", "another", "one"})
_CLOTH = ("blue", "red", "mustard", "teal", "coral", "green", "lavender", "navy", "pink", "olive")

T = TypeVar("T")


def read(prompt: str, seed: int = 0) -> Scene:
    """What *prompt* asks to see; what it leaves open is decided by its words and *seed*.

    Colours and other attributes go to the nearest figure: the one just named, or the next one.
    `@handles` are names, not words.
    """
    text = _MENTION.sub(" ", prompt).lower().replace("-", " ")
    for phrase, word in words.PHRASES.items():
        text = re.sub(rf"\b{phrase.replace('-', ' ')}\b", word, text)
    tokens = _WORD.findall(text)
    reader = _Reader()
    for index, token in enumerate(tokens):
        reader.take(token, tokens[index + 1] if index + 1 < len(tokens) else "")
    return reader.scene(_Choices(" ".join(tokens), seed), bool(_MENTION.search(prompt)))


@dataclass
class _Choices:
    """Decisions that the same words and the same seed always make alike."""

    text: str
    seed: int

    def pick(self, name: str, options: Sequence[T]) -> T:
        digest = hashlib.blake2b(f"{self.seed}\n{name}\n{self.text}".encode(), digest_size=4).digest()
        return options[int.from_bytes(digest, "big") % len(options)]


@dataclass
class _Draft:
    """A figure while its sentence is being read."""

    kind: str
    said: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Reader:
    drafts: list[_Draft] = field(default_factory=list)
    things: list[_Draft] = field(default_factory=list)
    colour: str | None = None
    """The colour word that waits for its noun."""
    shape: str | None = None
    """The hair shape that waits for `hair`."""
    early: dict[str, Any] = field(default_factory=dict)
    """Attributes that came before the figure they belong to."""
    count: int = 0
    compound: bool = False
    """Whether the word before named a figure, so that `toy robot` is one thing."""
    place: str | None = None
    time: str | None = None
    weather: str | None = None
    action: str | None = None
    crossing: bool = False

    def take(self, token: str, following: str) -> None:
        was_figure, self.compound = self.compound, False
        self._take_setting(token)
        single = words.PLURALS.get(token, token)
        if token in words.HAIR_PEOPLE and following not in words.HAIR_NOUNS and token not in words.PEOPLE:
            self._say("hair", "red" if token == "redhead" else token, early=following in words.PEOPLE)
            if token in COLOURS and following not in words.PEOPLE:
                self.colour = token
        elif token in COLOURS or token in HAIR:
            self._take_colour(token, following)
        elif token in words.NUMBERS:
            self.count = words.NUMBERS[token]
        elif single in words.PEOPLE and not (single == "cook" and token != following and self.drafts):
            self._figure("person", words.PEOPLE[single], plural=token != single, compound=was_figure)
        elif single in words.ANIMALS:
            self._figure(words.ANIMALS[single], {}, plural=token != single, compound=was_figure)
        elif token in words.THINGS:
            self.things.append(_Draft(words.THINGS[token], {"colour": self._paint()}))
        else:
            self._take_attribute(token)

    def _take_setting(self, token: str) -> None:
        self.place = self.place or words.PLACES.get(token)
        self.time = self.time or words.TIMES.get(token)
        self.weather = self.weather or words.WEATHER.get(token)
        self.crossing = self.crossing or token in words.CROSSINGS
        if token in words.PLACES or token in words.TIMES:
            self.colour = None
        if self.action is None and token not in words.PEOPLE:
            self.action = next((act for stem, act in words.ACTIONS.items() if _is_form(token, stem)), None)

    def _take_colour(self, token: str, following: str) -> None:
        if following == "skin" and token in words.SKINS:
            self._say("skin", SKIN[words.SKINS[token]])
        else:
            self.colour = token

    def _take_attribute(self, token: str) -> None:
        if token in words.HAIR_SHAPES:
            self.shape = words.HAIR_SHAPES[token]
            if token == "bald":
                self._say("hair_shape", self.shape, early=True)
                self.shape = None
        if token in words.HAIR_NOUNS:
            if self.shape:
                self._say("hair_shape", self.shape)
            if self.colour:
                self._say("hair", self.colour)
            self.shape = self.colour = None
        elif token in words.CLOTHES:
            if "clothes" not in self._told() or self.colour:
                self._say("clothes", words.CLOTHES[token])
                self._say("colour", self._paint())
            self.shape = None
        elif token in words.HATS:
            self._say("hat", words.HATS[token])
            self._say("hat_colour", self._paint())
        elif token == "scarf":
            self._say("scarf", self._paint() or COLOURS["red"])
        elif token in words.LEGWEAR:
            self._say("legs", self._paint())
        elif token in words.FOOTWEAR:
            self._say("shoes", self._paint())
        elif token in ("glasses", "spectacles"):
            self._say("glasses", True)
        elif token in ("beard", "bearded", "moustache"):
            self._say("beard", True, early=token == "bearded")
        elif token in words.AGES:
            self.early["age"] = words.AGES[token]
        elif token in words.SKINS:
            self._say("skin", SKIN[words.SKINS[token]], early=True)

    def _figure(self, kind: str, brings: dict[str, Any], *, plural: bool, compound: bool) -> None:
        if compound and self.drafts:
            before = self.drafts.pop()
            self.early = before.said | self.early
        said = {**brings, **self.early}
        if kind != "person":
            said["colour"] = self._paint() or said.get("colour")
        elif self.colour in HAIR and "hair" not in said and self.colour in ("ginger", "blonde", "blond"):
            said["hair"] = self.colour
        copies = (self.count or 2) if plural else 1
        for _ in range(copies):
            if len(self.drafts) < MAX_FIGURES:
                self.drafts.append(_Draft(kind, dict(said)))
        self.early, self.count, self.colour, self.shape = {}, 0, None, None
        self.compound = not plural

    def _told(self) -> dict[str, Any]:
        return self.drafts[-1].said if self.drafts else self.early

    def _say(self, name: str, value: Any, *, early: bool = False) -> None:
        if value is None:
            return
        (self.early if early else self._told())[name] = value

    def _paint(self) -> Colour | None:
        word, self.colour = self.colour, None
        return COLOURS.get(word) or HAIR.get(word) if word else None

    def scene(self, choices: _Choices, has_handles: bool) -> Scene:
        drafts = self.drafts or self.things[:1]
        if not drafts and (self.early or not (self.place or has_handles)):
            drafts = [_Draft("person", self.early)]
        place = self.place or ("city" if self.time == "night" else "studio")
        action = self.action or words.PLACE_ACTIONS.get(place, "standing")
        figures = tuple(_finish(draft, choices, index) for index, draft in enumerate(drafts))
        return Scene(
            place=place,
            time=self.time or "day",
            weather=self.weather or "clear",
            action="walking" if self.crossing and action == "standing" else action,
            crossing=self.crossing and action in ("standing", "walking", "running"),
            figures=figures,
        )


def _is_form(token: str, stem: str) -> bool:
    """Whether *token* is a form of the verb that begins with *stem*."""
    return token.startswith(stem) and token[len(stem) :] in _ENDINGS


_ENDINGS = frozenset({"", "s", "es", "ing", "ning", "ting", "ping", "ed", "e", "ies", "y"})


def _finish(draft: _Draft, choices: _Choices, index: int) -> Figure:
    """The figure with everything decided that the prompt left open."""

    def pick(name: str, options: Sequence[T]) -> T:
        return choices.pick(f"{index} {name}", options)

    said = {name: value for name, value in draft.said.items() if value is not None}
    if draft.kind != "person":
        said.setdefault("colour", COLOURS[words.COATS[draft.kind]])
        return Figure(draft.kind, **{k: v for k, v in said.items() if k != "hair" and k != "skin"})
    look = said.setdefault("look", "man" if said.get("beard") else pick("look", ("woman", "man")))
    age = said.setdefault("age", "adult")
    hair = said.get("hair") or pick(
        "hair", ("silver", "white") if age == "old" else ("brown", "black", "auburn", "blonde")
    )
    said["hair"] = HAIR.get(hair) or COLOURS[hair]
    shapes = ("long", "bob", "bun", "ponytail", "curly") if look == "woman" else ("short", "short", "curly")
    said.setdefault("hair_shape", pick("hair shape", shapes))
    said.setdefault("skin", pick("skin", tuple(SKIN.values())[:5]))
    said.setdefault(
        "clothes", pick("clothes", ("sweater", "dress", "shirt") if look == "woman" else ("sweater", "shirt", "jacket"))
    )
    cloth: Sequence[str] = ("white",) if said["clothes"] == "apron" else _CLOTH
    cloth = ("yellow",) if said["clothes"] == "raincoat" else cloth
    said.setdefault("colour", COLOURS[pick("cloth", cloth)])
    said.setdefault("hat_colour", COLOURS["white" if said.get("hat") == "chef" else pick("hat", _CLOTH)])
    said.setdefault("legs", pick("legs", ((66, 76, 112), (84, 78, 88), (122, 104, 92), (52, 62, 84))))
    said.setdefault("shoes", pick("shoes", ((92, 66, 62), (236, 230, 222), (58, 56, 70))))
    return Figure("person", **said)
