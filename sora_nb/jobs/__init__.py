"""The paid conversation: one background thread that sends, waits, polls, downloads, and writes it all down."""

from sora_nb.jobs.engine import Engine, engine_for
from sora_nb.jobs.keys import Key, find_key

__all__ = ["Engine", "Key", "engine_for", "find_key"]
