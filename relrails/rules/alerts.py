"""The alerts of an SLO: burning too fast, budget nearly or wholly spent, and not being able to see."""

from fractions import Fraction

from relrails.promql import (
    Expr,
    Number,
    absent,
    and_,
    compare,
    duration_text,
    last_over_time,
    number,
    or_,
    product,
    selector,
    sum_over_time,
    unless,
)
from relrails.rules import names
from relrails.rules.annotations import VALUE, annotations, burn_text, percent_text
from relrails.rules.burn_windows import Tier, tiers
from relrails.rules.values import AlertingRule
from relrails.service import Service
from relrails.slo import SLO, Severity
from relrails.units import Duration, Ratio, days, exact, minutes

DOWN_FOR: Duration = 5 * minutes
MISSING_FOR: Duration = 15 * minutes
SEEN_WITHIN: Duration = 1 * days
"""A group (a region, say) that reported within this time and no longer does is missing."""


def short_alerts(service: Service, slo: SLO) -> tuple[AlertingRule, ...]:
    """Alerts on windows below a day, and on telemetry."""
    burns = [_burn(service, slo, t) for t in tiers(slo) if not names.is_long(t.long)]
    return (*burns, *_telemetry(service, slo))


def long_alerts(service: Service, slo: SLO) -> tuple[AlertingRule, ...]:
    """Alerts on windows of a day and more, and on the budget."""
    burns = [_burn(service, slo, t) for t in tiers(slo) if names.is_long(t.long)]
    policy = service.error_budget
    return (
        *burns,
        _budget(service, slo, names.BUDGET_LOW, policy.warn_below),
        _budget(service, slo, names.BUDGET_SPENT, policy.freeze_below),
    )


def labels(service: Service, slo: SLO, severity: Severity, **more: str) -> dict[str, str]:
    """The labels that route an alert; each alert of an SLO has its own set."""
    return {"severity": severity, "service": service.name, "slo": slo.name, "owner": service.owner, **more}


def _burn(service: Service, slo: SLO, tier: Tier) -> AlertingRule:
    long, short, bad = (
        names.series_of(service, slo, name)
        for name in (names.error_ratio(tier.long), names.error_ratio(tier.short), names.BAD)
    )
    limit = number(tier.threshold)
    # When the exporter dies in the middle of an outage, the last thing it said still stands: an alert that resolves
    # because nobody can look any more would be the worst of news.
    held = unless(compare(last_over_time(short, tier.long), ">", limit), bad)
    burning = and_(compare(long, ">", limit), or_(compare(short, ">", limit), held))
    return AlertingRule(
        alert=names.BURN,
        expr=and_(burning, _enough(service, slo, tier.long)),
        labels=labels(service, slo, tier.severity, long=duration_text(tier.long), short=duration_text(tier.short)),
        annotations=annotations(service, slo, names.BURN, *burn_text(service, slo, tier)),
    )


def _enough(service: Service, slo: SLO, window: Duration) -> Expr:
    """At least `minimum_bad_events` in the window; half an event less, as rates only estimate whole events."""
    if names.is_long(window):
        events: Expr = sum_over_time(names.series_of(service, slo, names.BAD_5M), window)
    else:
        interval = number(exact(names.SHORT_INTERVAL, "second"))
        events = product(sum_over_time(names.series_of(service, slo, names.BAD), window), interval)
    return compare(events, ">", _least(slo))


def _least(slo: SLO) -> Number:
    return number(slo.minimum_bad_events - Fraction(1, 2))


def _budget(service: Service, slo: SLO, alert: str, below: Ratio) -> AlertingRule:
    left = names.series_of(service, slo, names.BUDGET_REMAINING)
    enough = compare(names.series_of(service, slo, names.bad_over(slo.window)), ">", _least(slo))
    limit = exact(below, "ratio")
    spent = alert == names.BUDGET_SPENT
    summary = (
        f"{service.name} {slo.name} has spent its error budget"
        if spent
        else f"{service.name} {slo.name} has less than {percent_text(limit)} of its error budget left"
    )
    consequence = (
        f"Releases freeze below {percent_text(limit)}, until older errors leave the window."
        if spent
        else f"Releases freeze below {percent_text(exact(service.error_budget.freeze_below, 'ratio'))}."
    )
    description = (
        f"{VALUE} of the error budget of the last {duration_text(slo.window)} is left, "
        f"for an objective of {percent_text(slo.goal)}. {consequence}"
    )
    return AlertingRule(
        alert=alert,
        expr=and_(compare(left, "<", number(limit)), enough),
        labels=labels(service, slo, "ticket"),
        annotations=annotations(service, slo, alert, summary, description),
    )


def _telemetry(service: Service, slo: SLO) -> tuple[AlertingRule, ...]:
    total, bad = (names.series_of(service, slo, name) for name in (names.TOTAL, names.BAD))
    never = absent(total)
    uncounted = unless(compare(total, ">", number(0)), bad)
    stopped = unless(last_over_time(total, SEEN_WITHIN), total)
    missing: Expr = or_(never, stopped) if slo.by else never
    # What is read from one series cannot be there by half.
    halves = not slo.sli.silence_is_good and len(slo.sli.reads()) > 1
    up = _up(slo)
    if up is None:
        return (_missing(service, slo, or_(missing, uncounted) if halves else missing, "page"),)
    seen = and_(missing, up, ())
    down = AlertingRule(
        alert=names.EXPORTER_DOWN,
        expr=unless(never, up, ()),
        for_=DOWN_FOR,
        labels=labels(service, slo, "page"),
        annotations=annotations(
            service,
            slo,
            names.EXPORTER_DOWN,
            f"{service.name} {slo.name} cannot be seen: nothing answers the scrapes",
            f"No target of job {' or '.join(slo.sli.jobs())} has been up for {duration_text(DOWN_FOR)}, so "
            f"nobody knows whether the service works. Burn-rate alerts that were firing stay as they were.",
        ),
    )
    return (down, _missing(service, slo, or_(seen, uncounted) if halves else seen, "ticket"))


def _missing(service: Service, slo: SLO, expr: Expr, severity: Severity) -> AlertingRule:
    return AlertingRule(
        alert=names.METRIC_MISSING,
        expr=expr,
        for_=MISSING_FOR,
        labels=labels(service, slo, severity),
        annotations=annotations(
            service,
            slo,
            names.METRIC_MISSING,
            f"{service.name} {slo.name} cannot be computed: a metric is missing",
            f"For {duration_text(MISSING_FOR)} the rules have found no series to count {slo.sli.events}, good or bad, "
            f"with. A new release may have renamed a metric, a label or a bucket; right after a first deployment, "
            f"there may have been no traffic yet.",
        ),
    )


def _up(slo: SLO) -> Expr | None:
    """The targets that are up, of the jobs that the SLI reads; None where the SLI names no job."""
    jobs = [compare(selector("up", job=job), "==", number(1)) for job in slo.sli.jobs()]
    if not jobs:
        return None
    found: Expr = jobs[0]
    for job in jobs[1:]:
        found = or_(found, job)
    return found
