"""Characters as plain files, to be kept beside a notebook, shown by a diff, and given to others.

A bundle is a folder with `character.json`, `clip.mp4` and `poster.jpg`, or those three in one `.zip`. It holds
what the character is and where it comes from, and no key, no signed address and no path of a machine.
"""

from sora_nb.bundles.carrying import export_character, import_character

__all__ = ["export_character", "import_character"]
