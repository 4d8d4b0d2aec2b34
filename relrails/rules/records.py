"""The recorded series of an SLO: two sums, and everything else derived from them.

Numerator and denominator are recorded once, over a base window of four scrapes. Every longer window is a ratio of sums
of those two series: never an average of ratios, which is wrong wherever traffic is uneven, and never a second read of
the raw series, whose cost grows with the fleet.
"""

from relrails.promql import (
    Expr,
    avg_over_time,
    compare,
    count_over_time,
    difference,
    number,
    or_,
    product,
    quotient,
    sum_by,
    sum_over_time,
    vector,
)
from relrails.promql.build import call
from relrails.promql.duration import duration_text
from relrails.rules import names
from relrails.rules.burn_windows import tiers
from relrails.rules.values import RecordingRule
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import Duration, exact, minutes, plain, seconds

SCRAPES_IN_BASE = 4
"""A rate needs two samples; four forgive a lost scrape and the left-open ranges of Prometheus 3."""


def base_window(service: Service, slo: SLO) -> Duration:
    """The window of the two sums: four scrapes, and never less than the time between two evaluations."""
    own = [m.scrape_interval for m in slo.sli.metrics() if m.scrape_interval is not None]
    slowest = max(exact(i, "second") for i in (*own, service.scrape_interval))
    width = max(SCRAPES_IN_BASE * slowest, exact(names.SHORT_INTERVAL, "second"))
    return float(width) * seconds


def alert_windows(slo: SLO) -> tuple[Duration, ...]:
    """All windows that the alerts of an SLO read, shortest first."""
    found = {exact(w, "second"): w for t in tiers(slo) for w in (t.short, t.long)}
    found.setdefault(exact(5 * minutes, "second"), 5 * minutes)
    return tuple(found[key] for key in sorted(found))


def short_records(service: Service, slo: SLO) -> tuple[RecordingRule, ...]:
    """What is recorded every minute."""
    record = _Recorder(service, slo)
    base = base_window(service, slo)
    none = product(number(0), sum_by(record.series(names.TOTAL), *slo.by))
    out = [
        record(names.TOTAL, slo.sli.total_rate(base, slo.by)),
        record(names.BAD, slo.sli.bad_rate(base, slo.by, none)),
    ]
    bad, total = record.series(names.BAD), record.series(names.TOTAL)
    out += [
        record(names.error_ratio(w), _ratio(sum_over_time(bad, w), sum_over_time(total, w)))
        for w in alert_windows(slo)
        if not names.is_long(w)
    ]
    five = record.series(names.error_ratio(5 * minutes))
    out += [
        record(names.CURRENT_BURN_RATE, quotient(five, number(slo.budget))),
        record(names.OBJECTIVE, vector(slo.goal)),
        record(names.ERROR_BUDGET, vector(slo.budget)),
        record(names.TIME_PERIOD, vector(exact(slo.window, "day"))),
        record(
            names.INFO,
            vector(1),
            owner=service.owner,
            objective=format(plain(slo.goal * 100), "f"),
            window=duration_text(slo.window),
            sli=type(slo.sli).__name__,
        ),
    ]
    return tuple(out)


def long_records(service: Service, slo: SLO) -> tuple[RecordingRule, ...]:
    """What is recorded every five minutes: sums of five minutes, and the windows that read them."""
    record = _Recorder(service, slo)
    tile = exact(names.LONG_INTERVAL, "second")
    total, bad = record.series(names.TOTAL_5M), record.series(names.BAD_5M)
    total_over, bad_over = names.total_over(slo.window), names.bad_over(slo.window)
    out = [
        record(recorded, product(avg_over_time(record.series(base), names.LONG_INTERVAL), number(tile)))
        for recorded, base in ((names.TOTAL_5M, names.TOTAL), (names.BAD_5M, names.BAD))
    ]
    out += [
        record(names.error_ratio(w), _ratio(sum_over_time(bad, w), sum_over_time(total, w)))
        for w in alert_windows(slo)
        if names.is_long(w) and exact(w, "second") != exact(slo.window, "second")
    ]
    ratio = record.series(names.error_ratio(slo.window))
    # Without traffic in the whole window there is no ratio, and nothing is spent.
    spent = quotient(or_(ratio, product(number(0), total)), number(slo.budget))
    tiles = exact(slo.window, "second") / tile
    out += [
        record(total_over, sum_over_time(total, slo.window)),
        record(bad_over, sum_over_time(bad, slo.window)),
        record(names.error_ratio(slo.window), _ratio(record.series(bad_over), record.series(total_over))),
        record(names.PERIOD_BURN_RATE, quotient(ratio, number(slo.budget))),
        record(names.BUDGET_REMAINING, difference(number(1), spent)),
        record(
            names.COVERAGE,
            call("clamp_max", quotient(count_over_time(total, slo.window), number(tiles)), number(1)),
        ),
    ]
    return tuple(out)


def _ratio(bad: Expr, total: Expr) -> Expr:
    # A window without traffic has no ratio; dividing would record NaN, which every longer window would inherit.
    return quotient(bad, compare(total, ">", number(0)))


class _Recorder:
    """Records and reads series of one SLO."""

    def __init__(self, service: Service, slo: SLO) -> None:
        self.service, self.slo = service, slo

    def __call__(self, name: str, expr: Expr, **labels: str) -> RecordingRule:
        return RecordingRule(
            record=name, expr=expr, labels={"service": self.service.name, "slo": self.slo.name, **labels}
        )

    def series(self, name: str) -> Expr:
        return names.series_of(self.service, self.slo, name)
