"""Who runs a journey: Blackbox Exporter where one URL says it all, else our own runner."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from relrails.probe.expect import Json, ZipManifest
from relrails.probe.secret import Secret

if TYPE_CHECKING:
    from relrails.probe.journey import Journey

LONGEST: float = 2
"""Minutes: a series that is scraped less often goes stale between two scrapes."""


@dataclass(frozen=True, slots=True)
class Backend:
    """The one that runs it, and all that keeps Blackbox from it; no reason where Blackbox does."""

    name: Literal["blackbox", "runner"]
    reasons: tuple[str, ...]


def backend(journey: "Journey") -> Backend:
    """Choose who runs a journey."""
    reasons = tuple(_reasons(journey))
    return Backend("runner" if reasons else "blackbox", reasons)


def _reasons(journey: "Journey") -> list[str]:
    from relrails.probe.step import Poll  # has units, and who only wants a name from this package has no need of pint
    from relrails.units import exact, text

    found = []
    if len(journey.steps) > 1:
        found.append(f"it has {len(journey.steps)} steps; Blackbox sends one request")
    if any(isinstance(s, Poll) for s in journey.steps):
        found.append("it waits for an answer to change; Blackbox asks once")
    if any(s.extract for s in journey.steps):
        found.append("it keeps something of an answer; Blackbox forgets it")
    if any(s.writes or s.request.method not in {"GET", "HEAD"} for s in journey.steps):
        found.append("it writes; two Prometheis that are each other's spare would both do it")
    for step in journey.steps:
        if any(isinstance(e, Json | ZipManifest) for e in (*step.expect, *getattr(step, "until", ()))):
            found.append(f"step {step.name!r} looks into the body; Blackbox only knows regular expressions")
        if any(isinstance(v, Secret) for v in step.request.headers.values()):
            found.append(f"step {step.name!r} sends a secret in a header; Blackbox would have it in its configuration")
        sent = (step.request.path, *step.request.headers.values(), *step.request.query.values())
        if any(isinstance(value, str) and "{run_id}" in value for value in sent):
            found.append(f"step '{step.name}' names its run; Blackbox sends the same every time")
    if journey.retry is not None:
        found.append("it tries again; Blackbox does not")
    if exact(journey.every, "minute") > LONGEST:
        found.append(f"it runs every {text(journey.every)}; a series scraped that rarely goes stale, so at most 2 min")
    return found
