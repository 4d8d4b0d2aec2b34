"""Budgets that are spent, or nearly."""

from collections.abc import Iterator

from relrails.judge.canary.reason import Code
from relrails.judge.gate.facts import Facts, Missing, SLOFacts
from relrails.judge.gate.finding import Finding, checked, no_data, percent

WHOLE = 0.99
"""A window that is covered to less than this has not been seen whole."""


def budgets(facts: Facts) -> Iterator[Finding]:
    """Give each budget below the limits of the policy."""
    for slo in facts.slos:
        yield from _budget(facts, slo)


def _budget(facts: Facts, slo: SLOFacts) -> Iterator[Finding]:
    left, events = checked(slo.budget_left), checked(slo.bad_events)
    if left is None:
        left = Missing(Code.GATE_NO_DATA, "what is left of its budget is not recorded")
    if isinstance(left, Missing):
        yield no_data(slo.name, left, "its remaining budget is recorded again", slo.group)
        return
    if left >= facts.warn_below and left >= facts.freeze_below:
        return
    few = events is not None and not isinstance(events, Missing) and events <= slo.least
    spent = left < facts.freeze_below and not few
    limit = facts.freeze_below if spent else facts.warn_below
    seen = "" if slo.coverage is None or slo.coverage >= WHOLE else f", of which {percent(slo.coverage)} was seen"
    bad = f"; only {events:.0f} bad events, too few to block" if few else ""
    yield Finding(
        code=Code.BUDGET_EXHAUSTED,
        subject=slo.name,
        group=slo.group,
        text=f"{percent(left)} of the error budget of {slo.window} is left{seen}, below {percent(limit)}{bad}",
        until=f"at least {percent(limit)} of it is left again, as older errors leave the window of {slo.window}",
        since=slo.since if spent else None,
        observed=left,
        threshold=limit,
        unit="of the error budget",
        warning=not spent,
    )
