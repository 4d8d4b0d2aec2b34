"""Freshness: the share of time in which data is younger than a limit."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

from relrails.metric import Gauge, Metric
from relrails.promql import Expr, Selector, compare, difference, group_by, max_by, number, quotient, time
from relrails.sli.base import SLI
from relrails.sli.traffic import Series, Traffic, decoys, gone, instances, series
from relrails.source import Source, here
from relrails.units import Duration, exact, text

LOOK_EVERY = 60
"""Seconds between two looks: the interval of the group that records them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Freshness(SLI):
    """Looks at which the newest record was too old, over all looks, one a minute.

    `last_update` is the unix time of the newest record; of several exporters, the newest counts.
    """

    last_update: Gauge
    limit: Duration
    source: Source = field(default_factory=here, compare=False, repr=False)

    events: ClassVar[str] = "minutes"
    graded: ClassVar[bool] = False
    fixed_pace: ClassVar[bool] = True

    def total_rate(self, window: Duration, by: tuple[str, ...]) -> Expr:  # noqa: ARG002 - a look needs no window
        """Looks per second."""
        return quotient(group_by(self.last_update.selector, *by), number(LOOK_EVERY))

    def bad_rate(self, window: Duration, by: tuple[str, ...], none: Expr) -> Expr:  # noqa: ARG002 - an age that is missing is not young
        """Looks per second that found old data."""
        age = difference(time(), max_by(self.last_update.selector, *by))
        old = compare(age, ">", number(exact(self.limit, "second")), bool_=True)
        return quotient(old, number(LOOK_EVERY))

    def metrics(self) -> tuple[Metric, ...]:
        """Give the gauge."""
        return (self.last_update,)

    def reads(self) -> tuple[Selector, ...]:
        """Give it as a selector."""
        return (self.last_update.selector,)

    def series(self, traffic: Traffic, labels: dict[str, str]) -> tuple[Series, ...]:
        """Play a clock that stops in the bad stretches; two exporters, the second always behind."""
        limit = int(exact(self.limit, "second"))
        out: dict[str, Series] = {}
        for index, where in enumerate(instances(self.last_update.matchers, labels)):
            made = series(self.last_update.name, where, _clock(traffic, limit, behind=index * 3 * limit))
            stopped = _clock(traffic, limit, behind=-3 * limit)
            outside = decoys(self.last_update.name, self.last_update.matchers, where, stopped)
            out.update({s.name: s for s in (*outside, made)})
        return tuple(out.values())

    def seen(self, traffic: Traffic, at: int, window: int, *, closed: bool) -> tuple[Fraction, Fraction]:  # noqa: ARG002 - a look has no window
        """Look once: one look a minute."""
        old = traffic.flags(_per_look(traffic))[at // traffic.interval]
        return Fraction(1, LOOK_EVERY), Fraction(int(old), LOOK_EVERY)

    def sentence(self) -> str:
        """Say what is bad."""
        newest = self.last_update.selector_text
        return f"A minute is bad when the newest record in `{newest}` is older than {text(self.limit)}."


def _clock(traffic: Traffic, limit: int, behind: int) -> str:
    """Unix time of the newest record at each scrape: now, or twice the limit ago where the look is to be bad."""
    flags = list(zip(traffic.gone(), traffic.flags(_per_look(traffic)), strict=True))
    parts: list[str] = []
    start = 0
    for index, flag in enumerate(flags):
        if index + 1 < len(flags) and flags[index + 1] == flag:
            continue
        run = index - start + 1
        first = start * traffic.interval - behind - (2 * limit if flag[1] else 0)
        parts.append(gone(run) if flag[0] else f"{first}+{traffic.interval}x{run - 1}")
        start = index + 1
    return " ".join(parts)


def _per_look(traffic: Traffic) -> int:
    return max(LOOK_EVERY // traffic.interval, 1)
