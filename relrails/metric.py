"""The metrics that a service exports: Counter, Histogram, Gauge, each narrowed with `.where(...)`."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Self

from relrails.promql import Matcher, Selector, text
from relrails.promql.ast import MatchOp
from relrails.source import Source, here
from relrails.units import Duration, plain


@dataclass(frozen=True, slots=True)
class Matching:
    """How a label is matched when it is not simply equal."""

    op: MatchOp
    value: str


def matching(regex: str) -> Matching:
    """Match the labels that the whole regular expression matches (RE2): `code=matching("5..")`."""
    return Matching("=~", regex)


def not_matching(regex: str) -> Matching:
    """Match the labels that the regular expression does not match."""
    return Matching("!~", regex)


def other_than(value: str) -> Matching:
    """Match every value but this one."""
    return Matching("!=", value)


@dataclass(frozen=True, slots=True)
class Metric:
    """A family of series: its name, the matchers that narrow it, and what we know of how it is scraped.

    `labels`, where given, are all the labels that the instrumentation sets; checks then know a misspelt one.
    `scrape_interval` is needed only where it differs from the service's.
    """

    name: str
    labels: tuple[str, ...] | None = field(default=None, kw_only=True)
    scrape_interval: Duration | None = field(default=None, kw_only=True)
    matchers: tuple[Matcher, ...] = field(default=(), kw_only=True)
    source: Source = field(default_factory=here, compare=False, repr=False, kw_only=True)

    def where(self, **labels: str | Matching) -> Self:
        """Narrow the metric to series with these labels."""
        added = tuple(
            Matcher(label, how.op, how.value) if isinstance(how, Matching) else Matcher(label, "=", how)
            for label, how in labels.items()
        )
        return replace(self, matchers=(*self.matchers, *added))

    @property
    def selector(self) -> Selector:
        """The series as an instant vector."""
        return Selector(self.name, self.matchers)

    @property
    def selector_text(self) -> str:
        """The series as PromQL."""
        return text(self.selector)


@dataclass(frozen=True, slots=True)
class Counter(Metric):
    """A count that only rises, such as `http_requests_total`."""


@dataclass(frozen=True, slots=True)
class Gauge(Metric):
    """A value that rises and falls, such as `probe_success`."""


@dataclass(frozen=True, slots=True)
class Histogram(Metric):
    """A distribution of seconds: classic with its `buckets` (upper bounds in seconds), or `native=True`."""

    buckets: tuple[float, ...] = field(default=(), kw_only=True)
    native: bool = field(default=False, kw_only=True)

    @property
    def count(self) -> Selector:
        """How many observations a classic histogram has."""
        return Selector(f"{self.name}_count", self.matchers)

    def bucket(self, bound: Decimal) -> Selector:
        """Observations of at most `bound` seconds."""
        return Selector(f"{self.name}_bucket", (*self.matchers, le_matcher(bound)))


def le_matcher(bound: Decimal) -> Matcher:
    """Match a bucket's bound in both of its spellings: whole numbers are `1` in Prometheus 2 and `1.0` in 3."""
    written = format(plain(bound), "f")
    if "." in written:
        return Matcher("le", "=", written)
    return Matcher("le", "=~", f"{re.escape(written)}(\\.0)?")
