"""What a prompt asks to see, as plain facts: the place, the weather and who is there."""

from __future__ import annotations

from dataclasses import dataclass

from sora_nb.simulator.pictures.palette import Colour


@dataclass(frozen=True, slots=True)
class Figure:
    """One character or thing in the picture, all its looks decided."""

    kind: str
    """`person`, or an animal or thing by its name: `cat`, `robot`, `car`."""
    age: str = "adult"
    """`child`, `young`, `adult` or `old`."""
    look: str = "woman"
    """`woman` or `man`: which clothes and hair come unasked."""
    skin: Colour = (247, 208, 180)
    hair: Colour = (110, 68, 46)
    hair_shape: str = "short"
    """`short`, `bob`, `long`, `curly`, `bun`, `ponytail` or `bald`."""
    beard: bool = False
    glasses: bool = False
    hat: str | None = None
    """`cap`, `beanie`, `brim`, `chef`, `crown`, or None."""
    hat_colour: Colour = (58, 106, 182)
    scarf: Colour | None = None
    clothes: str = "sweater"
    """`sweater`, `shirt`, `tshirt`, `jacket`, `suit`, `dress`, `apron` or `raincoat`."""
    colour: Colour = (58, 106, 182)
    """Of the clothes; of the coat, paint or plumage where the figure is no person."""
    legs: Colour = (70, 78, 110)
    shoes: Colour = (92, 70, 66)


@dataclass(frozen=True, slots=True)
class Scene:
    """A prompt, read."""

    place: str
    """Key of the backdrop, such as `park`."""
    time: str = "day"
    """`day`, `sunset` or `night`."""
    weather: str = "clear"
    """`clear`, `rain` or `snow`."""
    action: str = "standing"
    """`standing`, `walking`, `running`, `waving`, `dancing`, `sitting` or `cooking`."""
    crossing: bool = False
    """Whether one walks into the picture and out of it, while the camera stays."""
    figures: tuple[Figure, ...] = ()
    """Who is there, at most three, from left to right."""
