"""What kind of release it is, and when none is wanted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from relrails.source import Source, here

ReleaseClass = Literal["feature", "fix", "security"]
"""A `fix` makes the service more reliable, a `security` release closes a hole; everything else is a `feature`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Freeze:
    """A time without releases, from `start` to before `end`, both with a time zone; the classes in `allows` still pass.

    Source of the exceptions: The Site Reliability Workbook, "Example Error Budget Policy".
    """

    name: str
    start: datetime
    end: datetime
    reason: str = ""
    allows: tuple[ReleaseClass, ...] = ("security",)
    source: Source = field(default_factory=here, compare=False, repr=False)
