"""What somebody should look at by day: journeys that work only at a second attempt, slowly, or cannot be tried."""

from decimal import Decimal
from fractions import Fraction

from relrails.metric import le_matcher
from relrails.probe import names as exported
from relrails.promql import Expr, Matcher, Number, and_, call, compare, difference, increase, number, quotient, sum_by
from relrails.promql.ast import Aggregate, Range
from relrails.rules import names
from relrails.rules.journeys import story
from relrails.rules.journeys.watch import Watch
from relrails.rules.values import AlertingRule
from relrails.units import Duration, exact, hours

LATENCY_OVER: Duration = 6 * hours
"""The runs of so many hours are looked at for the latency: 360 of a journey that runs every minute."""
LATENCY_ABOVE = Decimal("0.05")
"""The share of runs that may be slower than the latency that is promised to 95 of 100."""
RETRIES_OVER: Duration = 1 * hours
LEAST: Number = number(Fraction(5, 2))
"""At least three events, whatever their share: rates only estimate whole events, so half an event less."""
ANY: Number = number(Fraction(1, 2))
SCORED = Matcher("outcome", "=~", "success|flaky|failure")
"""The runs that say something of the service."""


def tickets(watch: Watch) -> tuple[AlertingRule, ...]:
    """Give the tickets of a journey; without a retry nothing is ever flaky, and no retry can be refused."""
    if not watch.by_runner:
        return (_latency(watch, _slow_probes(watch)),)
    retried = () if watch.journey.retry is None else (_flaky(watch), _retries(watch))
    return (*retried, _latency(watch, _slow_runs(watch)), _error(watch))


def _flaky(watch: Watch) -> AlertingRule:
    limit = watch.journey.flaky
    flaky = watch.runs("flaky", limit.over)
    scored = sum_by(increase(watch.series(exported.RUNS, SCORED), limit.over))
    return AlertingRule(
        alert=names.JOURNEY_FLAKY,
        expr=_above(flaky, scored, exact(limit.above, "ratio")),
        labels=watch.labels("ticket"),
        annotations=story.flaky(watch),
    )


def _above(part: Expr, whole: Expr, limit: Decimal) -> Expr:
    share = quotient(part, compare(whole, ">", number(0)))
    return and_(compare(share, ">", number(limit)), compare(part, ">", LEAST))


def _slow_runs(watch: Watch) -> Expr:
    """The share of a bucket, which is exact, and not an estimate of the 95th percentile between two of them."""
    le = le_matcher(exact(watch.journey.latency, "second"))
    runs = sum_by(increase(watch.series(f"{exported.DURATION}_count"), LATENCY_OVER))
    in_time = sum_by(increase(watch.series(f"{exported.DURATION}_bucket", le), LATENCY_OVER))
    return _above(difference(runs, in_time), runs, LATENCY_ABOVE)


def _slow_probes(watch: Watch) -> Expr:
    probes = Range(watch.series("probe_duration_seconds"), LATENCY_OVER)
    p95 = Aggregate("max", call("quantile_over_time", number(1 - LATENCY_ABOVE), probes))
    return compare(p95, ">", number(exact(watch.journey.latency, "second")))


def _latency(watch: Watch, expr: Expr) -> AlertingRule:
    return AlertingRule(
        alert=names.JOURNEY_LATENCY,
        expr=expr,
        labels=watch.labels("ticket"),
        annotations=story.latency(watch, LATENCY_ABOVE, LATENCY_OVER),
    )


def _retries(watch: Watch) -> AlertingRule:
    refused = sum_by(increase(watch.series(exported.RETRIES_SUPPRESSED), RETRIES_OVER))
    return AlertingRule(
        alert=names.RETRY_BUDGET,
        expr=compare(refused, ">", ANY),
        labels=watch.labels("ticket"),
        annotations=story.retries(watch, RETRIES_OVER),
    )


def _error(watch: Watch) -> AlertingRule:
    """Errors are the runner's own: the service may be well, but nobody knows."""
    return AlertingRule(
        alert=names.PROBE_ERROR,
        expr=watch.enough(watch.runs("error", watch.last_runs)),
        labels=watch.labels("ticket"),
        annotations=story.error(watch),
    )
