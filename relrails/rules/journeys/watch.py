"""What is read of one journey: its series, and the windows in which its last runs lie."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from relrails.probe import Journey, backend
from relrails.probe import names as exported
from relrails.probe.names import Outcome
from relrails.promql import Expr, Matcher, Selector, compare, increase, number, sum_by
from relrails.rules import names
from relrails.service import Service
from relrails.slo import Severity
from relrails.units import Duration, exact, ms


@dataclass(frozen=True)
class Watch:
    """A journey as its alerts see it."""

    service: Service
    journey: Journey

    @cached_property
    def by_runner(self) -> bool:
        """Whether our own runner runs it, rather than Blackbox."""
        return backend(self.journey).name == "runner"

    def series(self, metric: str, *more: Matcher, **labels: str) -> Selector:
        """Select a series of the journey."""
        job = exported.JOB if self.by_runner else exported.BLACKBOX_JOB
        labels = {"job": job, "env": self.journey.env, "journey": self.journey.name, **labels}
        return Selector(metric, (*(Matcher(k, "=", v) for k, v in labels.items()), *more))

    def runs(self, outcome: Outcome, window: Duration) -> Expr:
        """Count the runs of a window that ended so; estimated, as `increase` is."""
        return sum_by(increase(self.series(exported.RUNS, outcome=outcome), window))

    def labels(self, severity: Severity) -> dict[str, str]:
        """Give the labels that route an alert, and those by which one page silences another."""
        return {
            "severity": severity,
            "service": self.service.name,
            "owner": self.service.owner,
            "env": self.journey.env,
            "journey": self.journey.name,
            **{names.uses(shared): "true" for shared in self.journey.shared},
        }

    @property
    def scraped_every(self) -> Duration:
        """How often Prometheus hears of it: Blackbox runs it when it is scraped."""
        return self.service.scrape_interval if self.by_runner else self.journey.every

    @property
    def last_runs(self) -> Duration:
        """The window in which the counters see exactly the last `of` runs.

        It is one scrape longer than the runs take, since the newest and the oldest scrape lie up to one away from its
        edges; and a millisecond shorter than that, so that no further scrape lies on the edge, which Prometheus 2
        counts and 3 does not. Blackbox' gauge has one sample for each run, so its window is as long as the runs.
        """
        return (self._taken + (self._scrape if self.by_runner else 0) - 1) * ms

    @property
    def _taken(self) -> int:
        """Milliseconds that the last runs take, in whole scrapes: rather a run too few than one too many, if it may."""
        page, every = self.journey.page, int(exact(self.journey.every, "millisecond"))
        if not self.by_runner:
            return every * page.of
        if page.failures < page.of:
            return every * page.of // self._scrape * self._scrape
        return -(-every * page.of // self._scrape) * self._scrape

    def enough(self, runs: Expr) -> Expr:
        """At least `failures` runs, halfway between what `increase` may make of one run less and what it must count.

        It extrapolates by up to a scrape: in 5 minutes scraped every 15 s, 2 runs are at most 2.1.
        """
        page = self.journey.page
        most = (
            (page.failures - 1) * (1 + Fraction(self._scrape, self._taken))
            if self.by_runner
            else Fraction(page.failures - 1)
        )
        half = page.failures - Fraction(1, 2)
        limit = half if most < half else (most + page.failures) / 2
        return compare(runs, ">", number(limit))

    @property
    def _scrape(self) -> int:
        return int(exact(self.service.scrape_interval, "millisecond"))
