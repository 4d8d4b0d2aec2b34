"""What the probe runner and Blackbox tell of journeys, as expressions over the runs that a reader has chosen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self

from relrails.probe import Journey, backend
from relrails.probe import names as probe
from relrails.promql import (
    Expr,
    Matcher,
    Selector,
    call,
    number,
    or_,
    product,
    quotient,
    rate,
    sum_by,
)
from relrails.promql.ast import Binary, Range
from relrails.render.grafana import queries
from relrails.units import Duration, exact, minutes

CHOSEN = Matcher("journey", "=~", "$journey")
"""Chosen by the reader of the journeys' dashboard."""
SEVERAL_RUNS = 10
"""Runs that a quantile on a chart is taken of; of fewer it jumps with each of them."""
COUNTED = "success|flaky|failure"
"""The outcomes that say something of the service."""
BLACKBOX_DURATION = "probe_duration_seconds"
BLACKBOX_PHASE = "probe_http_duration_seconds"


@dataclass(frozen=True, kw_only=True, slots=True)
class Runs:
    """Runs of journeys: `which` picks them, `by` keeps them apart, `window` holds several runs of each."""

    which: tuple[Matcher, ...]
    by: tuple[str, ...]
    window: Duration
    backends: frozenset[Literal["runner", "blackbox"]]

    @classmethod
    def chosen(cls, journeys: Sequence[Journey]) -> Self:
        """All that the reader has chosen of these journeys."""
        return cls(
            which=(CHOSEN,),
            by=("journey",),
            window=max((_several(j) for j in journeys), key=_seconds),
            backends=frozenset(backend(j).name for j in journeys),
        )

    @classmethod
    def of(cls, journey: Journey) -> Self:
        """Those of one journey."""
        return cls(
            which=(Matcher("journey", "=", journey.name),),
            by=(),
            window=_several(journey),
            backends=frozenset({backend(journey).name}),
        )

    def all_of(self, metric: str, *where: Matcher) -> Selector:
        """Select a series of these runs in the chosen environments."""
        return Selector(metric, (*where, *self.which, queries.ENVIRONMENT))

    def results(self, *where: Matcher) -> Selector:
        """Select the results of the last runs, 1 or 0, whoever runs them."""
        return self.all_of(probe.SUCCESS, RUN_BY_US, *where)

    def counted(self, metric: str, *by: str, over: Duration | None = None, **where: str) -> Expr:
        """How many in the window; `outcome="a|b"` matches alternatives."""
        matchers = tuple(Matcher(k, "=~" if "|" in v else "=", v) for k, v in where.items())
        return sum_by(_increase(self.all_of(metric, *matchers), over or self.window), *self.by, *by)

    def quantile(self, q: Decimal, metric: str = probe.DURATION, *by: str) -> Expr:
        """Give a quantile of a histogram of the runner."""
        buckets = rate(self.all_of(f"{metric}_bucket"), self.window)
        return call("histogram_quantile", number(q), sum_by(buckets, *self.by, *by, "le"))

    def blackbox_quantile(self, q: Decimal) -> Expr:
        """Give a quantile of the durations that Blackbox was scraped with."""
        of = self.all_of(BLACKBOX_DURATION, BY_BLACKBOX)
        return queries.largest(call("quantile_over_time", number(q), Range(of, self.window)), *self.by)

    def duration(self, q: Decimal) -> Expr:
        """Give a quantile of the durations of runs, whoever runs them."""
        asked = {"runner": self.quantile, "blackbox": self.blackbox_quantile}
        found = [asked[name](q) for name in ("runner", "blackbox") if name in self.backends]
        return found[0] if len(found) == 1 else or_(found[0], found[1])

    def phases(self) -> Expr:
        """Seconds that the last run spent in each phase, all its steps together."""
        found = []
        if "runner" in self.backends:
            found.append(sum_by(self.all_of(probe.PHASE), *self.by, "phase"))
        if "blackbox" in self.backends:
            found.append(sum_by(self.all_of(BLACKBOX_PHASE, BY_BLACKBOX), *self.by, "phase"))
        return found[0] if len(found) == 1 else or_(found[0], found[1])

    def flaky(self, over: Duration) -> Expr:
        """Share of the runs that succeeded only at a second attempt; none where nothing ran."""
        return quotient(
            self.counted(probe.RUNS, over=over, outcome="flaky"), self.counted(probe.RUNS, over=over, outcome=COUNTED)
        )

    def constant(self, value: Decimal) -> Expr:
        """A number that is there only where there are results: a line to hold durations against."""
        return Binary("+", product(number(0), queries.largest(self.results(), *self.by)), number(value))

    def together(self) -> Self:
        """Take them as one, for charts on which many journeys could not be told apart."""
        return type(self)(which=self.which, by=(), window=self.window, backends=self.backends)

    def only(self, journey: Journey) -> Self:
        """Narrow the choice to one journey, which keeps its name."""
        which = (Matcher("journey", "=", journey.name), *self.which)
        return type(self)(which=which, by=self.by, window=self.window, backends=self.backends)


RUN_BY_US = Matcher("job", "=~", f"{probe.BLACKBOX_JOB}|{probe.JOB}")
BY_BLACKBOX = Matcher("job", "=", probe.BLACKBOX_JOB)
BY_RUNNER = Matcher("job", "=", probe.JOB)


def _several(journey: Journey) -> Duration:
    """Give the window that holds several runs of a journey, in whole minutes."""
    needed = SEVERAL_RUNS * exact(journey.every, "minute")
    return max(math.ceil(needed), SEVERAL_RUNS) * minutes


def _increase(of: Expr, window: Duration) -> Expr:
    return call("increase", Range(of, window))


def _seconds(window: Duration) -> Decimal:
    return exact(window, "second")
