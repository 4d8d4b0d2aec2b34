"""Traffic as a proof plays it: phases of events per scrape, written in promtool's notation for series."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from relrails.promql import Matcher
from relrails.promql.example import refused, values
from relrails.promql.printer import quoted

INSTANCES = ("a:80", "b:80")
"""Every exporter is played twice, so that a rule that reads only one instance is caught."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of scrapes with the same traffic: events between two scrapes, and how many of them were bad."""

    scrapes: int
    total: int
    bad: int = 0
    gone: bool = False
    """The target cannot be scraped."""
    reset: bool = False
    """The process restarts: counters begin again at zero."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Phases one after the other, `interval` seconds between two scrapes."""

    phases: tuple[Phase, ...]
    interval: int
    never_bad: bool = False
    """No bad event has ever happened, so that its series does not exist yet."""
    start: int = 10**9
    """What the counters stand at when the recording begins: far from zero, towards which rates are not extrapolated."""

    @property
    def scrapes(self) -> int:
        """How many scrapes there are after the first."""
        return sum(phase.scrapes for phase in self.phases)

    def phase_of(self, scrape: int) -> Phase:
        """Find the phase that a scrape belongs to; scrapes count from 1."""
        for phase in self.phases:
            if scrape <= phase.scrapes:
                return phase
            scrape -= phase.scrapes
        msg = "the traffic ends before this scrape"
        raise ValueError(msg)

    def scrapes_in(self, at: int, window: int, *, closed: bool) -> range:
        """Count out the scrapes in the `window` seconds before second `at`, with or without one on the left edge."""
        first = -(-(at - window) // self.interval)
        if not closed and first * self.interval == at - window:
            first += 1
        return range(max(first, 0), at // self.interval + 1)

    def flags(self, per: int = 1) -> list[bool]:
        """Tell for each scrape whether it is bad, for gauges that know only yes and no.

        The bad ones are spread evenly over each phase; `per` scrapes in a row share a flag. The first scrape is good.
        """
        out = [False]
        for phase in self.phases:
            total = phase.total or 1
            blocks = -(-phase.scrapes // per)
            bad = [(k + 1) * phase.bad // total > k * phase.bad // total for k in range(blocks)]
            out += [bad[k // per] for k in range(phase.scrapes)]
        return out

    def gone(self) -> list[bool]:
        """Tell for each scrape whether the target was gone."""
        return [False, *(phase.gone for phase in self.phases for _ in range(phase.scrapes))]


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a promtool test: `metric{label="value"}` and its values in promtool's notation."""

    metric: str
    labels: tuple[tuple[str, str], ...]
    values: str

    @property
    def name(self) -> str:
        """The series as promtool reads it."""
        return _name(self.metric, self.labels)


@lru_cache(maxsize=1024)  # a series is named where it is made, compared and written
def _name(metric: str, labels: tuple[tuple[str, str], ...]) -> str:
    inner = ",".join([f"{label}={quoted(value)}" for label, value in sorted(labels)])
    return f"{metric}{{{inner}}}"


def series(metric: str, labels: dict[str, str], notation: str) -> Series:
    """Make a series from a dictionary of labels."""
    return Series(metric, tuple(sorted(labels.items())), notation)


def counter(traffic: Traffic, increase: Callable[[Phase], int]) -> str:
    """Write a counter that rises by `increase(phase)` with each scrape."""
    value = traffic.start
    parts = [str(value)]
    for phase in traffic.phases:
        step = increase(phase)
        value = 0 if phase.reset else value
        first = value + step
        value += step * phase.scrapes
        parts.append(gone(phase.scrapes) if phase.gone else f"{first}+{step}x{phase.scrapes - 1}")
    return " ".join(parts)


def gone(scrapes: int) -> str:
    """Write scrapes that fail: Prometheus marks every series of the target stale at the first of them."""
    return f"stale _x{scrapes - 1}" if scrapes > 1 else "stale"


def gauge(points: list[str]) -> str:
    """Write a gauge from its values, runs of the same value made short."""
    parts: list[str] = []
    run = 0
    for index, point in enumerate(points):
        run += 1
        if index + 1 == len(points) or points[index + 1] != point:
            parts.append(gone(run) if point == "_" else f"{point}x{run - 1}" if run > 1 else point)
            run = 0
    return " ".join(parts)


def labels_of(matchers: tuple[Matcher, ...], unlike: tuple[Matcher, ...] = ()) -> tuple[dict[str, str], ...]:
    """Give label sets that the matchers select and, where `unlike` is given, that those refuse.

    Two sets where the matchers leave room for two, so that a rule that reads only one of them is caught; none where
    no value is found (a regular expression that we cannot play).
    """
    names = list(dict.fromkeys(m.label for m in matchers))
    found = {name: values(m for m in matchers if m.label == name) for name in names}
    if not unlike:
        if any(not choice for choice in found.values()):
            return ()
        ends = ({name: choice[end] for name, choice in found.items()} for end in (0, -1))
        return tuple({tuple(sorted(e.items())): e for e in ends}.values())
    out = []
    for matcher in unlike:
        same = tuple(m for m in matchers if m.label == matcher.label)
        for value in refused(matcher, same)[:2]:
            rest = labels_of(tuple(m for m in matchers if m.label != matcher.label))
            out += [{**base, matcher.label: value} for base in rest[:1] or ({},)]
    return tuple(out[:2])


def instances(matchers: tuple[Matcher, ...], labels: dict[str, str]) -> tuple[dict[str, str], ...]:
    """Give the labels of two instances of an exporter that the matchers select; none where no value is found."""
    chosen = labels_of(matchers) or (() if matchers else ({},))
    if not chosen:
        return ()
    ends = zip(INSTANCES, (chosen[0], chosen[-1]), strict=True)
    label = apart(matchers, labels)
    return tuple({**found, **labels, label: instance} for instance, found in ends)


def apart(matchers: tuple[Matcher, ...], labels: dict[str, str]) -> str:
    """Name the label that tells two instances apart: `instance`, unless the SLI or its grouping speaks of that one."""
    taken = {m.label for m in matchers} | set(labels)
    return "replica" if "instance" in taken else "instance"


def decoys(metric: str, matchers: tuple[Matcher, ...], labels: dict[str, str], notation: str) -> tuple[Series, ...]:
    """Series just outside the selector, one for each matcher: a rule that loses a matcher reads one of them."""
    out = []
    for matcher in matchers:
        same = tuple(m for m in matchers if m.label == matcher.label and m != matcher)
        found = refused(matcher, same)
        out += [series(metric, {**labels, matcher.label: value}, notation) for value in found[-1:]]
    return tuple(out)
