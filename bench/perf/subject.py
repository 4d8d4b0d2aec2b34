"""What is measured before and after: two versions of one thing, that are asked the same."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

Ask = Callable[[str], int]
"""Has a version do its work once; gives how many questions that were."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that was made faster, or was chosen because it is."""

    name: str
    open: Callable[[], AbstractContextManager[Ask]]
