"""The questions of a gate: four queries for all SLOs, journeys and alerts of a service together.

Recorded series are read as raw samples, because those of the budget are only recorded every five minutes: an instant
query sees a sample for exactly that long, and a late evaluation would look like missing data. Their own times also tell
how old they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from relrails.live.prometheus import Instant
from relrails.probe import names as exported
from relrails.promql import Expr, Matcher, Selector, call, duration_text, number, or_, product, sum_over_time, text
from relrails.promql.ast import Range, String
from relrails.rules import names, tiers
from relrails.service import Service
from relrails.units import Duration, exact, minutes, seconds

LOOK_BACK: Duration = 10 * minutes
"""Twice the interval of the slower rule group."""
WINDOW_LABEL = "relrails_window"
ALERTS = "ALERTS"
SINCE = "ALERTS_FOR_STATE"
"""Prometheus' own series whose value is when an alert began."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked: recorded series, bad events of the long windows, alerts, and the runs of journeys if any."""

    recorded: Instant
    events: Instant
    alerts: Instant
    runs: Instant | None

    def __iter__(self) -> Iterator[Instant]:
        yield from (q for q in (self.recorded, self.events, self.alerts, self.runs) if q is not None)


def questions(service: Service, at: float, where: Sequence[Matcher] = ()) -> Questions:
    """Ask about a service at a moment; `where` chooses among several Prometheis behind one API."""
    of = (Matcher("service", "=", service.name), *where)
    recorded = Selector("", (_any(_recorded(service)), *of))
    alerts = Selector("", (_any((ALERTS, SINCE)), *of))
    return Questions(
        recorded=Instant(text(Range(recorded, LOOK_BACK)), at),
        events=Instant(text(_events(service, of)), at),
        alerts=Instant(text(alerts), at),
        runs=_runs(service, at, where),
    )


def _recorded(service: Service) -> Iterator[str]:
    yield from (names.TOTAL, names.BAD, names.OBJECTIVE, names.BUDGET_REMAINING, names.COVERAGE)
    if any(budget.enforce for budget in service.budgets):
        yield from (names.BUDGET_USED, names.BUDGET_LIMIT)
    for slo in service.promises:
        yield names.bad_over(slo.window)
        for tier in tiers(slo):
            yield from (names.error_ratio(tier.long), names.error_ratio(tier.short))


def _any(metrics: Iterator[str] | Sequence[str]) -> Matcher:
    return Matcher("__name__", "=~", "|".join(sorted(set(metrics))))


def _events(service: Service, of: tuple[Matcher, ...]) -> Expr:
    """Sum the bad events of each long window as the alerts do, told apart by a label."""
    windows = {exact(t.long, "second"): t.long for slo in service.promises for t in tiers(slo)}
    # Without a single tier nothing burns, and an empty question is none.
    found = [_bad_events(windows[key], of) for key in sorted(windows)] or [Selector(names.BAD, of)]
    sums: Expr = found[0]
    for one in found[1:]:
        sums = or_(sums, one)
    return sums


def _bad_events(window: Duration, of: tuple[Matcher, ...]) -> Expr:
    if names.is_long(window):
        summed: Expr = sum_over_time(Selector(names.BAD_5M, of), window)
    else:
        interval = number(exact(names.SHORT_INTERVAL, "second"))
        summed = product(sum_over_time(Selector(names.BAD, of), window), interval)
    return call("label_replace", summed, *map(String, (WINDOW_LABEL, duration_text(window), "", "")))


def _runs(service: Service, at: float, where: Sequence[Matcher]) -> Instant | None:
    if not service.journeys:
        return None
    scrape = Fraction(exact(service.scrape_interval, "second"))
    longest = max(Fraction(exact(j.every, "second")) * (j.page.of + 1) for j in service.journeys)
    of = (
        Matcher("job", "=~", "|".join(sorted((exported.JOB, exported.BLACKBOX_JOB)))),
        Matcher("journey", "=~", "|".join(sorted(j.name for j in service.journeys))),
        *where,
    )
    runs = Selector("", (_any((exported.SUCCESS, exported.LAST_RUN)), *of))
    return Instant(text(Range(runs, float(longest + 2 * scrape) * seconds)), at)
