"""What outlives the kernel: the tables, the journal of paid jobs, and the files.

`Library` is the one door. Nothing above it knows which database it is, or where a file lies.
"""

from sora_nb.library.journal import JobRow, LeaseLost
from sora_nb.library.library import Library, default_folder
from sora_nb.library.opinions import Rating, whoever
from sora_nb.library.people import CharacterRow

__all__ = ["CharacterRow", "JobRow", "LeaseLost", "Library", "Rating", "default_folder", "whoever"]
