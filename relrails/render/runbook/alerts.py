"""The sections that alerts link to: one for each alert name, found by its heading."""

from collections.abc import Iterator

from relrails.promql import duration_text
from relrails.render.runbook.markdown import table
from relrails.render.runbook.meanings import ALERTS
from relrails.render.runbook.numbers import arithmetic, digits
from relrails.rules import AlertingRule, names, rule_groups, tiers
from relrails.rules.annotations import percent_text
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import exact


def alert_sections(service: Service) -> Iterator[str]:
    """Write a section for each alert that the rules of this service have."""
    rules = alerts_of(service)
    yield "## Alerts"
    for alert in sorted({rule.alert for _, rule in rules}, key=list(ALERTS).index):
        meaning = ALERTS[alert]
        # The heading is the name alone: GitHub makes the anchor that the alert links to of it.
        yield f"### {alert}"
        yield meaning.what
        yield _limits(service, alert, [(slo, rule) for slo, rule in rules if rule.alert == alert])
        yield "\n".join(f"{number}. {step}" for number, step in enumerate(meaning.do, start=1))
        yield meaning.ends


def alerts_of(service: Service) -> list[tuple[SLO, AlertingRule]]:
    """Give the alerts of a service with their SLOs, sorted by the name of the SLO."""
    return [
        (slo, rule)
        for slo in sorted(service.promises, key=lambda s: s.name)
        for group in rule_groups(service, slo)
        for rule in group.rules
        if isinstance(rule, AlertingRule)
    ]


def _limits(service: Service, alert: str, rules: list[tuple[SLO, AlertingRule]]) -> str:
    if alert == names.BURN:
        head = ("SLO", "calls", "bad over both", "more than", "= factor × budget", "budget spent by then")
        return table(head, [_burn_row(slo, rule) for slo, rule in rules])
    if alert in {names.BUDGET_LOW, names.BUDGET_SPENT}:
        policy = service.error_budget
        below = percent_text(exact(policy.warn_below if alert == names.BUDGET_LOW else policy.freeze_below, "ratio"))
        rows = [(s.name, r.labels["severity"], f"{below} of {duration_text(s.window)}") for s, r in rules]
        return table(("SLO", "calls", "budget left is below"), rows)
    waits = [
        (s.name, r.labels["severity"], "at once" if r.for_ is None else f"after {duration_text(r.for_)}")
        for s, r in rules
    ]
    return table(("SLO", "calls", "fires"), waits)


def _burn_row(slo: SLO, rule: AlertingRule) -> tuple[str, ...]:
    long, short = rule.labels["long"], rule.labels["short"]
    tier = next(t for t in tiers(slo) if (duration_text(t.long), duration_text(t.short)) == (long, short))
    return (
        slo.name,
        tier.severity,
        f"{long} and {short}",
        percent_text(tier.threshold),
        arithmetic(slo, tier).rpartition(" = ")[0],
        f"{digits(tier.share * 100)} %",
    )
