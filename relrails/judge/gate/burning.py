"""Budgets that burn too fast, by the very tiers that the alerts have."""

from collections.abc import Iterator
from dataclasses import replace

from relrails.judge.canary.reason import Code
from relrails.judge.gate.facts import BurnFacts, Facts, Missing, SLOFacts
from relrails.judge.gate.finding import Finding, checked, length, no_data, percent, times


def burning(facts: Facts) -> Iterator[Finding]:
    """Give the fastest burn of each SLO, and each that cannot be computed; one finding for each SLO is enough."""
    for slo in facts.slos:
        found = [finding for burn in slo.burns for finding in _burn(slo, burn)]
        blind = [finding for finding in found if finding.code is Code.GATE_NO_DATA]
        hot = [finding for finding in found if finding.code is not Code.GATE_NO_DATA and not finding.warning]
        few = [finding for finding in found if finding.warning]
        if blind:
            yield _merged(blind)
        if hot:
            yield hot[0]
        elif few:
            yield few[0]


def _burn(slo: SLOFacts, burn: BurnFacts) -> Iterator[Finding]:
    long, short, events = checked(burn.long_ratio), checked(burn.short_ratio), checked(burn.bad_events)
    for reading in (long, short):
        if isinstance(reading, Missing):
            yield no_data(slo.name, reading, "its error ratios are recorded again", slo.group)
            return
    if isinstance(long, Missing) or isinstance(short, Missing) or long is None or short is None:
        return  # Without traffic nothing burns.
    if long <= burn.threshold or short <= burn.threshold:
        return
    allowance = 1 - slo.goal
    finding = Finding(
        code=Code.BURN_RATE_EXCEEDED,
        subject=slo.name,
        group=slo.group,
        text=(
            f"{percent(long)} bad over {burn.long} and {percent(short)} over {burn.short}, more than "
            f"{percent(burn.threshold)}: the budget burns {times(long / allowance)} and {times(short / allowance)} "
            f"times too fast, limit {times(burn.factor)}; {_left(slo, max(long, short) / allowance)}"
        ),
        until=f"at most {percent(burn.threshold)} are bad over {burn.short} or {burn.long}",
        since=burn.since,
        observed=long / allowance,
        threshold=burn.factor,
        unit="times the budget",
    )
    if events is not None and not isinstance(events, Missing) and events <= burn.least:
        # The alert does not fire either: one failed request at night says nothing.
        text = f"{finding.text}; only {events:.0f} bad events in {burn.long}, too few to block"
        yield replace(finding, text=text, warning=True)
    else:
        yield finding


def _left(slo: SLOFacts, burn_rate: float) -> str:
    left = checked(slo.budget_left)
    if left is None or isinstance(left, Missing):
        return "how much of it is left is not known"
    if left <= 0:
        return f"nothing is left of the budget of {slo.window}"
    return (
        f"{percent(left)} of the budget of {slo.window} is left, which lasts about "
        f"{length(left * slo.window_seconds / burn_rate)} at this rate"
    )


def _merged(blind: list[Finding]) -> Finding:
    texts = list(dict.fromkeys(finding.text for finding in blind))
    return replace(blind[0], text="; ".join(texts))
