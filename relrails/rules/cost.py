"""What it costs Prometheus to evaluate rules, worked out from their expressions.

A selector reads series x range / interval samples, and a selector without a range one sample of each series; a subquery
reads its inside once for each of its steps. That is what Prometheus itself counts as `totalQueryableSamples`, but for
two things: Prometheus 2 also reads the sample on the left edge of a range, one more for each series, and it reports
only the results of a subquery, not what the subquery reads. What the texts of firing alerts query is not in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from relrails.promql import Expr, Selector, reads, text
from relrails.promql.example import accepts
from relrails.rules.values import RecordingRule, RuleGroup
from relrails.units import Duration, exact


@dataclass(frozen=True, slots=True)
class Stored:
    """One series in the database: its metric, its labels, and the time between two samples."""

    metric: str
    labels: dict[str, str]
    interval: Duration

    def is_in(self, selector: Selector) -> bool:
        """Whether a selector selects it; a label that it lacks is empty."""
        named = {**self.labels, "__name__": self.metric}
        return selector.metric in {"", self.metric} and all(
            accepts(matcher, named.get(matcher.label, "")) for matcher in selector.matchers
        )


def samples_per_minute(
    groups: Sequence[RuleGroup], raw: Iterable[Stored], by: Sequence[dict[str, str]] = ({},)
) -> Fraction:
    """Count the samples that rule groups read in a minute, from raw series and from those that they record.

    `by` are the label sets that the rules keep apart: a grouped SLO records each series once for each of them.
    """
    stored = (*raw, *recorded(groups, by))
    return sum((samples(group, stored) * 60 / _seconds(group.interval) for group in groups), Fraction(0))


def recorded(groups: Iterable[RuleGroup], by: Sequence[dict[str, str]] = ({},)) -> Iterator[Stored]:
    """List the series that rule groups record."""
    for group in groups:
        for rule in group.rules:
            if isinstance(rule, RecordingRule):
                yield from (Stored(rule.record, {**rule.labels, **kept}, group.interval) for kept in by)


def samples(group: RuleGroup, stored: Sequence[Stored]) -> Fraction:
    """Count the samples that one evaluation of a group reads."""
    return sum((_of_expr(rule.expr, stored) for rule in group.rules), Fraction(0))


def _of_expr(expr: Expr, stored: Sequence[Stored]) -> Fraction:
    found = Fraction(0)
    for read in reads(text(expr)):
        for series in stored:
            if series.is_in(read.selector):
                found += read.times * (read.seconds / _seconds(series.interval) if read.seconds else 1)
    return found


def _seconds(interval: Duration) -> Fraction:
    return Fraction(exact(interval, "second"))
