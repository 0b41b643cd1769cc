"""The words the simulator understands, and what they stand for."""

from __future__ import annotations

from typing import Any

PHRASES: dict[str, str] = {
    "t-shirt": "tshirt",
    "t shirt": "tshirt",
    "tee shirt": "tshirt",
    "rain coat": "raincoat",
    "coffee shop": "cafe",
    "coffee house": "cafe",
    "coffee bar": "cafe",
    "living room": "home",
    "golden hour": "sunset",
    "new york": "city",
    "pony tail": "ponytail",
    "bow tie": "suit",
}
"""Two words that mean one thing."""

PEOPLE: dict[str, dict[str, Any]] = {
    "woman": {"look": "woman"},
    "lady": {"look": "woman"},
    "girl": {"look": "woman", "age": "child"},
    "mother": {"look": "woman"},
    "mom": {"look": "woman"},
    "daughter": {"look": "woman", "age": "child"},
    "sister": {"look": "woman"},
    "queen": {"look": "woman", "hat": "crown", "clothes": "dress"},
    "princess": {"look": "woman", "age": "young", "hat": "crown", "clothes": "dress"},
    "grandmother": {"look": "woman", "age": "old"},
    "grandma": {"look": "woman", "age": "old"},
    "ballerina": {"look": "woman", "clothes": "dress", "hair_shape": "bun"},
    "man": {"look": "man"},
    "guy": {"look": "man"},
    "gentleman": {"look": "man", "clothes": "suit"},
    "boy": {"look": "man", "age": "child"},
    "father": {"look": "man"},
    "dad": {"look": "man"},
    "son": {"look": "man", "age": "child"},
    "brother": {"look": "man"},
    "king": {"look": "man", "hat": "crown", "beard": True},
    "grandfather": {"look": "man", "age": "old"},
    "grandpa": {"look": "man", "age": "old"},
    "businessman": {"look": "man", "clothes": "suit"},
    "child": {"age": "child"},
    "kid": {"age": "child"},
    "toddler": {"age": "child"},
    "teenager": {"age": "young"},
    "person": {},
    "character": {},
    "hero": {},
    "heroine": {"look": "woman"},
    "friend": {},
    "chef": {"clothes": "apron", "hat": "chef"},
    "cook": {"clothes": "apron"},
    "barista": {"clothes": "apron"},
    "baker": {"clothes": "apron", "hat": "chef"},
    "detective": {"clothes": "jacket", "hat": "brim"},
    "explorer": {"clothes": "jacket", "hat": "brim"},
    "gardener": {"clothes": "apron", "hat": "brim"},
    "fisherman": {"look": "man", "clothes": "raincoat", "hat": "beanie", "beard": True},
    "sailor": {"clothes": "sweater", "hat": "beanie"},
    "professor": {"clothes": "suit", "glasses": True},
    "scientist": {"clothes": "jacket", "glasses": True},
    "artist": {"clothes": "apron"},
    "dancer": {"clothes": "dress"},
    "student": {"age": "young", "clothes": "sweater"},
}
"""Words for people, and what they bring along unasked."""

PLURALS: dict[str, str] = {
    "women": "woman",
    "ladies": "lady",
    "girls": "girl",
    "men": "man",
    "guys": "guy",
    "boys": "boy",
    "children": "child",
    "kids": "kid",
    "people": "person",
    "persons": "person",
    "friends": "friend",
    "twins": "person",
    "couple": "person",
    "cats": "cat",
    "kittens": "cat",
    "dogs": "dog",
    "puppies": "dog",
    "foxes": "fox",
    "rabbits": "rabbit",
    "bunnies": "rabbit",
    "bears": "bear",
    "robots": "robot",
}
"""More than one: two of them, or as many as a number before the word says."""

NUMBERS: dict[str, int] = {"two": 2, "three": 3, "2": 2, "3": 3, "several": 3, "four": 3}

ANIMALS: dict[str, str] = {
    "cat": "cat",
    "kitten": "cat",
    "kitty": "cat",
    "tiger": "cat",
    "dog": "dog",
    "puppy": "dog",
    "corgi": "dog",
    "retriever": "dog",
    "wolf": "dog",
    "fox": "fox",
    "rabbit": "rabbit",
    "bunny": "rabbit",
    "hare": "rabbit",
    "bear": "bear",
    "teddy": "bear",
    "panda": "bear",
    "bird": "bird",
    "owl": "bird",
    "parrot": "bird",
    "penguin": "bird",
    "duck": "bird",
    "robot": "robot",
    "android": "robot",
}
"""Words for animals, and for what moves like one."""

THINGS: dict[str, str] = {
    "ball": "ball",
    "mug": "mug",
    "cup": "mug",
    "car": "car",
    "truck": "car",
    "toy": "ball",
    "balloon": "ball",
}
"""Words for things; they come into the picture only where nobody else does."""

COATS: dict[str, str] = {
    "cat": "orange",
    "dog": "tan",
    "fox": "orange",
    "rabbit": "cream",
    "bear": "brown",
    "bird": "turquoise",
    "robot": "silver",
    "ball": "red",
    "mug": "coral",
    "car": "red",
}
"""The colour of what is not a person, where the prompt names none."""

CLOTHES: dict[str, str] = {
    "sweater": "sweater",
    "pullover": "sweater",
    "jumper": "sweater",
    "hoodie": "sweater",
    "cardigan": "jacket",
    "shirt": "shirt",
    "blouse": "shirt",
    "tshirt": "tshirt",
    "tee": "tshirt",
    "top": "tshirt",
    "jacket": "jacket",
    "blazer": "suit",
    "suit": "suit",
    "tuxedo": "suit",
    "coat": "raincoat",
    "raincoat": "raincoat",
    "parka": "raincoat",
    "cloak": "raincoat",
    "robe": "raincoat",
    "dress": "dress",
    "gown": "dress",
    "skirt": "dress",
    "apron": "apron",
    "overalls": "apron",
    "dungarees": "apron",
}

LEGWEAR = frozenset({"trousers", "pants", "jeans", "shorts", "leggings"})

FOOTWEAR = frozenset({"shoes", "boots", "sneakers"})

HATS: dict[str, str] = {
    "hat": "brim",
    "fedora": "brim",
    "cap": "cap",
    "beanie": "beanie",
    "crown": "crown",
    "toque": "chef",
}

HAIR_SHAPES: dict[str, str] = {
    "curly": "curly",
    "curls": "curly",
    "wavy": "long",
    "frizzy": "curly",
    "afro": "curly",
    "long": "long",
    "straight": "long",
    "short": "short",
    "cropped": "short",
    "bob": "bob",
    "bald": "bald",
    "ponytail": "ponytail",
    "pigtails": "ponytail",
    "braid": "ponytail",
    "bun": "bun",
}

HAIR_NOUNS = frozenset({"hair", "haired", "curls", "afro", "ponytail", "pigtails", "braid", "bun", "bob"})

HAIR_PEOPLE = frozenset({"blonde", "blond", "brunette", "redhead", "ginger"})
"""Words for hair that may stand alone: `a blonde woman`."""

AGES: dict[str, str] = {
    "young": "young",
    "teenage": "young",
    "little": "child",
    "old": "old",
    "elderly": "old",
    "aged": "old",
}

SKINS: dict[str, str] = {
    "pale": "pale",
    "fair": "light",
    "tanned": "tan",
    "african": "dark",
    "black": "dark",
    "indian": "brown",
    "asian": "light",
    "latina": "tan",
    "latino": "tan",
}
"""Words for skin; a colour among them counts only right before `skin`."""

PLACES: dict[str, str] = {
    "park": "park",
    "garden": "park",
    "meadow": "park",
    "field": "park",
    "lawn": "park",
    "playground": "park",
    "farm": "park",
    "beach": "beach",
    "sea": "beach",
    "seaside": "beach",
    "ocean": "beach",
    "shore": "beach",
    "coast": "beach",
    "island": "beach",
    "cafe": "cafe",
    "café": "cafe",
    "bakery": "cafe",
    "restaurant": "cafe",
    "bar": "cafe",
    "kitchen": "kitchen",
    "city": "city",
    "street": "city",
    "downtown": "city",
    "town": "city",
    "alley": "city",
    "rooftop": "city",
    "market": "city",
    "forest": "forest",
    "woods": "forest",
    "jungle": "forest",
    "trail": "forest",
    "office": "office",
    "desk": "office",
    "classroom": "office",
    "laboratory": "office",
    "lab": "office",
    "home": "home",
    "bedroom": "home",
    "library": "home",
    "sofa": "home",
    "couch": "home",
    "room": "home",
    "mountain": "mountains",
    "mountains": "mountains",
    "hill": "mountains",
    "hills": "mountains",
    "desert": "mountains",
    "studio": "studio",
}

TIMES: dict[str, str] = {
    "sunset": "sunset",
    "sunrise": "sunset",
    "dusk": "sunset",
    "dawn": "sunset",
    "evening": "sunset",
    "twilight": "sunset",
    "night": "night",
    "midnight": "night",
    "moonlight": "night",
    "neon": "night",
    "starry": "night",
}

WEATHER: dict[str, str] = {
    "rain": "rain",
    "rainy": "rain",
    "raining": "rain",
    "storm": "rain",
    "snow": "snow",
    "snowy": "snow",
    "snowing": "snow",
    "winter": "snow",
}

ACTIONS: dict[str, str] = {
    "walk": "walking",
    "stroll": "walking",
    "wander": "walking",
    "hike": "walking",
    "run": "running",
    "jog": "running",
    "race": "running",
    "chase": "running",
    "driv": "running",
    "wav": "waving",
    "greet": "waving",
    "hello": "waving",
    "danc": "dancing",
    "spin": "dancing",
    "jump": "dancing",
    "celebrat": "dancing",
    "play": "dancing",
    "sit": "sitting",
    "drink": "sitting",
    "read": "sitting",
    "work": "sitting",
    "typ": "sitting",
    "cook": "cooking",
    "bak": "cooking",
    "fry": "cooking",
    "stir": "cooking",
    "stand": "standing",
    "pos": "standing",
    "smil": "standing",
    "look": "standing",
}
"""Stems of verbs; `walks`, `walking` and `walked` all begin with `walk`."""

PLACE_ACTIONS: dict[str, str] = {
    "park": "walking",
    "forest": "walking",
    "mountains": "walking",
    "city": "walking",
    "kitchen": "cooking",
    "cafe": "sitting",
    "office": "sitting",
}
"""What one does at a place, where the prompt does not say."""

CROSSINGS = frozenset({"enters", "entering", "leaves", "leaving", "past", "crosses", "crossing"})
"""Words for walking into the picture and out of it."""
