"""What calls somebody: runs in a row that fail, and runs that are not made."""

from relrails.probe import names as exported
from relrails.promql import (
    Aggregate,
    Expr,
    absent,
    compare,
    count_over_time,
    difference,
    duration_text,
    number,
    or_,
    sum_by,
    sum_over_time,
    time,
)
from relrails.rules import names
from relrails.rules.journeys import story
from relrails.rules.journeys.watch import Watch
from relrails.rules.values import AlertingRule
from relrails.units import Duration, exact, minutes, seconds

KEEP: Duration = 5 * minutes
"""A page stays so long after its last cause, so that a journey that flaps is one page and not ten."""
LEAST_STALE: Duration = 2 * minutes
"""A prober that is down pages first, and silences this page."""


def pages(watch: Watch) -> tuple[AlertingRule, ...]:
    """Give the pages of a journey."""
    return (_failing(watch), _stale(watch))


def _failing(watch: Watch) -> AlertingRule:
    return AlertingRule(
        alert=names.JOURNEY_FAILING,
        expr=failing(watch),
        keep_firing_for=KEEP,
        labels=watch.labels("page"),
        annotations=story.failing(watch),
    )


def failing(watch: Watch) -> Expr:
    """So many of the last runs failed that somebody is called."""
    if watch.by_runner:
        return watch.enough(watch.runs("failure", watch.last_runs))
    result = watch.series(exported.SUCCESS)
    probes, good = count_over_time(result, watch.last_runs), sum_over_time(result, watch.last_runs)
    return watch.enough(sum_by(difference(probes, good)))


def _stale(watch: Watch) -> AlertingRule:
    """No run is made: each run is one interval after the other, so after one more interval twice that is no chance."""
    newest = last_run(watch)
    never: Expr = absent(newest)
    late = compare(difference(time(), newest), ">", number(exact(watch.journey.every, "second")))
    wait = stale_for(watch)
    return AlertingRule(
        alert=names.JOURNEY_STALE,
        expr=or_(late, never) if watch.by_runner else never,
        for_=wait,
        labels=watch.labels("page"),
        annotations=story.stale(watch, stale_after(watch)),
    )


def last_run(watch: Watch) -> Aggregate:
    """Give when the journey last ran, in unix seconds; of Blackbox, whether there is a result at all."""
    metric = exported.LAST_RUN if watch.by_runner else exported.SUCCESS
    return Aggregate("max", watch.series(metric))


def stale_for(watch: Watch) -> Duration:
    """How long nothing must have run: long enough for a runner that has just started to reach the first run."""
    every = exact(watch.journey.every, "second")
    return float(max(2 * every, exact(LEAST_STALE, "second"))) * seconds


def stale_after(watch: Watch) -> str:
    """Say how old the last run is when the page comes."""
    every = exact(watch.journey.every, "second") if watch.by_runner else 0
    return duration_text(float(every + exact(stale_for(watch), "second")) * seconds)
