"""What a drill is, and what it found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from staging.drill.stage import Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One thing that had to happen, and what was seen instead or of it."""

    what: str
    ok: bool
    text: str


@dataclass(kw_only=True, slots=True)
class Told:
    """What one drill found: every expectation by itself, and where the evidence lies."""

    name: str
    purpose: str
    seen: list[Seen] = field(default_factory=list)
    bundle: Path | None = None

    def expect(self, what: str, ok: bool, text: str) -> bool:
        """Note whether something happened."""
        self.seen.append(Seen(what=what, ok=ok, text=text))
        return ok

    @property
    def passed(self) -> bool:
        """Whether all of it happened; a drill that looked at nothing has proved nothing."""
        return bool(self.seen) and all(seen.ok for seen in self.seen)


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """A drill: what it is for, and how it goes."""

    name: str
    purpose: str
    play: "Callable[[Stage, Told], None]"
