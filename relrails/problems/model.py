"""A problem as a value: what, where, why and how to fix it."""

from dataclasses import dataclass
from enum import Enum

from relrails.source import Span


class Severity(Enum):
    """How much a problem matters: an error stops everything, a warning is shown, a note is only said aloud."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Label:
    """A remark on a stretch of the writer's own code."""

    span: Span
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A fault in a description; the first label is where it is, the others are what it disagrees with.

    A check leaves `code` and `severity` to its registration.
    """

    what: str
    labels: tuple[Label, ...]
    why: str
    fix: str
    code: str = ""
    severity: Severity = Severity.ERROR
