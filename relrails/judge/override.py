"""Whether a person's override holds: for this artifact, in this hour, once, and by two people."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Kind = Literal["gate", "promote", "rollback", "extend"]

LONGEST = 24 * 3600.0
"""Seconds that an override may live."""
SHORTEST_REASON = 15
"""Characters of a reason below which it is none."""
EARLY = 300.0
"""Seconds by which a clock may be off before a creation in the future is no mistake."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """What a person decides against the automatic verdict, or before it; times are unix seconds.

    It is bound to one `artifact` by its digest, and counts once. `seconds` is how much longer an "extend" watches.
    """

    id: str
    kind: Kind
    service: str
    artifact: str
    by: str
    approved_by: str
    reason: str
    created: float
    expires: float
    ticket: str = ""
    seconds: float = 0


def unsound(override: Override) -> str:
    """Say what is wrong with an override whoever uses it; empty where nothing is."""
    if not override.by.strip() or not override.approved_by.strip():
        return "it does not say who decided and who approved it"
    if _person(override.by) == _person(override.approved_by):
        return f"{override.by} approved it alone; it takes somebody else"
    if len(set(override.reason.strip())) < SHORTEST_REASON // 3 or len(override.reason.strip()) < SHORTEST_REASON:
        return f"its reason says nothing: at least {SHORTEST_REASON} characters, for whoever asks later"
    if not override.artifact.startswith("sha256:"):
        return "it is bound to no artifact"
    if not 0 < override.expires - override.created <= LONGEST:
        return f"it holds for {(override.expires - override.created) / 3600:.1f} h; more than 0 and at most 24 h"
    if override.kind == "extend" and not 0 < override.seconds <= LONGEST:
        return "it does not say by how long it extends"
    return ""


def rejected(
    override: Override, *, now: float, kinds: Collection[Kind], service: str, artifact: str, used: Collection[str]
) -> str:
    """Say why an override has no effect here and now; empty where it has."""
    if override.service != service:
        return f"it is for {override.service}, not {service}"
    if override.kind not in kinds:
        return f"it is to {override.kind}, which is not asked here"
    if override.artifact != artifact:
        return f"it is for {override.artifact}, not {artifact or 'an artifact that nobody named'}"
    if override.id in used:
        return "it was used; it counts once"
    if override.created > now + EARLY:
        return "it is of the future"
    # Written so that a time which is no number is rejected too.
    if not now < override.expires:
        return f"it expired {max(0.0, now - override.expires) / 60:.0f} min ago"
    return unsound(override)


def _person(name: str) -> str:
    return " ".join(name.split()).casefold()
