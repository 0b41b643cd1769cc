"""What outlives the kernel: the tables, the journal of paid jobs, and the files.

`Library` is the one door. Nothing above it knows which database it is, or where a file lies.
"""

from sora_nb.library.jobrow import JobRow, heard, told
from sora_nb.library.journal import LeaseLost, Limit, Withheld
from sora_nb.library.kinds import Away
from sora_nb.library.library import Library, default_folder
from sora_nb.library.opinions import Rating, whoever
from sora_nb.library.people import CharacterRow

__all__ = [
    "Away",
    "CharacterRow",
    "JobRow",
    "LeaseLost",
    "Library",
    "Limit",
    "Rating",
    "Withheld",
    "default_folder",
    "heard",
    "told",
    "whoever",
]
