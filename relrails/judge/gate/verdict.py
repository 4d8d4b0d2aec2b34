"""The verdict of a gate: every finding, whether it blocks this release, and what must become true before it passes.

A release is allowed when nothing is found, or only what its class is exempt from. Missing data is a finding from which
nothing is exempt. Source: The Site Reliability Workbook, "Example Error Budget Policy".
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from relrails.judge.canary.reason import Code
from relrails.judge.gate.budgets import budgets
from relrails.judge.gate.burning import burning
from relrails.judge.gate.facts import Facts
from relrails.judge.gate.finding import Finding
from relrails.judge.gate.watching import alerts, failures, freezes, journeys, limits


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Allowed or not: `blocking` findings in the order in which they matter, `exempted` ones, and `warnings`.

    `healthy` names what was looked at and found in order.
    """

    allowed: bool
    blocking: tuple[Finding, ...]
    exempted: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    healthy: tuple[str, ...]

    @property
    def blind(self) -> bool:
        """Whether it blocks only because nobody can tell."""
        return bool(self.blocking) and all(finding.code is Code.GATE_NO_DATA for finding in self.blocking)

    @property
    def word(self) -> Literal["ALLOWED", "BLOCKED"]:
        """The verdict in one word."""
        return "ALLOWED" if self.allowed else "BLOCKED"


_ORDER = (
    Code.GATE_NO_DATA,
    Code.BURN_RATE_EXCEEDED,
    Code.PROBE_FAILURE,
    Code.ALERT_FIRING,
    Code.BUDGET_EXHAUSTED,
    Code.COST_DELTA,
    Code.FREEZE_WINDOW,
)


def judge(facts: Facts) -> Verdict:
    """Decide. No clock, no network: the same facts give the same verdict."""
    found = sorted(_once(_findings(facts)), key=lambda f: (_ORDER.index(f.code), f.about))
    hard = [finding for finding in found if not finding.warning]
    blocking = tuple(f for f in hard if not _exempt(f, facts))
    about = {finding.about for finding in found}
    looked_at = (
        *(slo.name if not slo.group else f"{slo.name} {slo.group}" for slo in facts.slos),
        *(f"journey {journey.name}" for journey in facts.journeys),
        *(limit.name for limit in facts.limits),
    )
    return Verdict(
        # Nothing to look at is not the same as nothing wrong.
        allowed=not blocking and bool(looked_at),
        blocking=blocking or (() if looked_at else (_nothing(),)),
        exempted=tuple(f for f in hard if _exempt(f, facts)),
        warnings=tuple(finding for finding in found if finding.warning),
        healthy=tuple(name for name in looked_at if name not in about),
    )


def _findings(facts: Facts) -> Iterator[Finding]:
    by_numbers = [*failures(facts), *burning(facts), *budgets(facts), *journeys(facts), *limits(facts)]
    yield from by_numbers
    yield from alerts(facts, {finding.subject for finding in by_numbers if not finding.warning})
    yield from freezes(facts)


def _once(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Say once that something is not known, however many questions it leaves open."""
    blind: dict[str, Finding] = {}
    for finding in findings:
        if finding.code is not Code.GATE_NO_DATA:
            yield finding
            continue
        first = blind.setdefault(finding.about, finding)
        if finding.text not in first.text:
            blind[finding.about] = replace(first, text=f"{first.text}; {finding.text}")
    yield from blind.values()


def _exempt(finding: Finding, facts: Facts) -> bool:
    if finding.code is Code.GATE_NO_DATA:
        return False
    return facts.release in (facts.exempt if finding.exempt is None else finding.exempt)


def _nothing() -> Finding:
    return Finding(
        code=Code.GATE_NO_DATA,
        subject="the service",
        text="it has neither an SLO nor a journey by which it could be judged",
        until="the service file promises something",
    )
