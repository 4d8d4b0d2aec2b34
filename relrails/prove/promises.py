"""What the proofs of an SLO promise to the people on call, in minutes."""

from dataclasses import dataclass
from fractions import Fraction

from relrails.judge.detection import NEVER, detection, recovery
from relrails.prove.incident import DAYS_STEP, outage_alerts, partial_ratio, plays
from relrails.prove.scene import Scene, minutes_of
from relrails.service import Service
from relrails.slo import SLO, Severity


@dataclass(frozen=True, slots=True)
class Promises:
    """When an SLO pages and when it is silent again; None where it has no page, or cannot."""

    calls: Severity
    """What an outage sets off: a page, or the ticket of an SLO that has no page."""
    outage: int | None
    """Minutes of total outage until the first of them."""
    partial: int | None
    """Minutes at `partial_ratio` until the first of them."""
    partial_ratio: Fraction
    clears: int | None
    """Minutes after a long total outage until it is silent, at most."""
    ticket: int | None
    """Minutes at twice the error budget's pace until the first ticket."""
    raw: bool
    """Whether the proofs begin at raw samples; else at the two recorded sums."""

    def sentence(self) -> str:
        """Say it in one line."""
        if self.outage is None:
            return "pages nobody"
        calls = "pages" if self.calls == "page" else "pages nobody, opens a ticket"
        parts = [f"{calls} after {self.outage} min at total outage"]
        if self.partial is not None:
            parts[0] += f", {self.partial} min at {float(self.partial_ratio * 100):g} % bad"
        parts.append("silent at 0.9x")
        if self.clears is not None:
            parts.append(f"clears {self.clears} min after recovery")
        if self.ticket is not None:
            parts.append(f"ticket after {self.ticket / 60:.3g} h at twice the budget")
        return ", ".join(parts)


def promises(service: Service, slo: SLO) -> Promises:
    """Work out the promises of one SLO; raises nothing for an SLO that passed its checks."""
    scene = Scene.of_slo(service, slo)
    pages = outage_alerts(scene)
    outage = partial = clears = None
    calls: Severity = pages[0].severity if pages else "page"
    ratio = Fraction(0)
    if pages:
        outage = _first(scene, Fraction(1), every=1, severity=calls)
        ratio = partial_ratio(scene)
        partial = _first(scene, ratio, every=1, severity=calls) if slo.sli.graded else None
        lasted = minutes_of(pages[0].long)
        clears = recovery(scene.alert(pages[0], 1), scene.burn(Fraction(1)), lasted).latest
    twice = 2 * Fraction(slo.budget)
    ticket = _first(scene, twice, every=DAYS_STEP, severity="ticket") if twice <= 1 else None
    return Promises(calls, outage, partial, ratio, None if clears == NEVER else clears, ticket, plays(scene))


def _first(scene: Scene, ratio: Fraction, every: int, severity: Severity = "page") -> int | None:
    found = [
        detection(scene.alert(tier, every), scene.burn(ratio, every=every)).latest * every
        for tier in scene.tiers
        if tier.severity == severity
    ]
    return min((k for k in found if k > 0), default=None)
