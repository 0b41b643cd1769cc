"""A purse for second tries, shared by every job, so that many that fail together cannot storm a service.

Sizes and prices are those of botocore's retry quota, version 2.1 of its standard mode.
"""

from __future__ import annotations

CAPACITY = 500
COST = 14
THROTTLED_COST = 5
EARNED = 1
"""What an answer at the first try puts back."""


class Quota:
    """Tokens left for trying again."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self.left = capacity

    def take(self, cost: int) -> bool:
        """Pay for one more try; False where there is not enough left, and nothing is taken."""
        if cost > self.left:
            return False
        self.left -= cost
        return True

    def give_back(self, cost: int = 0) -> None:
        """An answer came: what the last try had cost, or a little where none was needed."""
        self.left = min(self._capacity, self.left + (cost or EARNED))
