"""Runs of a journey as a proof plays them: what its prober would export at each scrape."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from relrails.judge.paging import MINUTE, Paging
from relrails.probe import names as exported
from relrails.probe.names import OUTCOMES, Outcome
from relrails.rules.journeys.pages import KEEP
from relrails.rules.journeys.watch import Watch
from relrails.sli.traffic import Series, gauge, series
from relrails.units import exact

BASE = 1000
"""What the counters stand at when the recording begins: far from zero, towards which nothing is extrapolated."""
PARTS = (42, 98765432109, 7)
"""The parts of the trace id of a failed run; zeros in front must not be lost."""
TRACE = "00000000042987654321090000000007"
REASON = "assertion"
OTHER_REASON = "dns"


@dataclass(frozen=True, kw_only=True, slots=True)
class Play:
    """Runs one after the other: `first` is the second at which the first is over, `end` that of the last scrape."""

    watch: Watch
    runs: tuple[Outcome, ...]
    end: int
    first: int
    step: str
    """The step at which failed runs fail."""
    restarts: tuple[int, ...] = ()
    """Seconds at which the runner begins anew, and its counters with it."""
    base: int = BASE
    slow: frozenset[int] = field(default_factory=frozenset)
    """The runs that take longer than the latency."""
    suppressed: frozenset[int] = field(default_factory=frozenset)
    """The runs after which a second attempt was refused."""

    @property
    def scrape(self) -> int:
        """Seconds between two scrapes: Blackbox probes when it is scraped."""
        return int(
            exact(self.watch.service.scrape_interval if self.watch.by_runner else self.watch.journey.every, "second")
        )

    @property
    def scrapes(self) -> range:
        """The seconds of all scrapes."""
        return range(0, self.end + 1, self.scrape)

    def over(self, run: int) -> int:
        """Give the second at which a run is over."""
        return self.first + run * int(exact(self.watch.journey.every, "second"))

    def seen_minute(self, run: int) -> int:
        """Give the first evaluation that sees a run."""
        return -(-self.paging.seen(self.over(run)) // MINUTE)

    def ended(self, *outcomes: Outcome) -> list[int]:
        """Give the seconds at which runs were over that ended so."""
        return [self.over(n) for n, outcome in enumerate(self.runs) if outcome in outcomes]

    @property
    def paging(self) -> Paging:
        """Describe the page to the arithmetic."""
        return paging(self.watch)

    def series(self) -> tuple[Series, ...]:
        """Write everything that is exported of the journey."""
        return tuple(self._of_runner() if self.watch.by_runner else self._of_blackbox())

    def _of_runner(self) -> Iterator[Series]:
        for outcome in OUTCOMES:
            yield self._counter(exported.RUNS, self.ended(outcome), outcome=outcome)
        failed = self.ended("failure", "error")
        for reason, times in ((REASON, failed), (OTHER_REASON, [])):
            yield self._counter(exported.STEP_FAILURES, times, step=self.step, reason=reason)
            yield self._gauge(exported.FAILING, self._failing(times), step=self.step, reason=reason)
        yield self._gauge(exported.LAST_RUN, self._newest(list(map(self.over, range(len(self.runs))))))
        if failed:
            yield self._gauge(exported.LAST_FAILURE, self._newest(failed, "_"))
        for part, number in enumerate(PARTS):
            yield self._gauge(exported.TRACE_PART, self._since(failed, str(number)), part=str(part))
        everyone = [self.over(n) for n in range(len(self.runs))]
        yield self._counter(f"{exported.DURATION}_count", everyone)
        for le, times in self._buckets(everyone):
            yield self._counter(f"{exported.DURATION}_bucket", times, le=le)
        yield self._counter(exported.RETRIES_SUPPRESSED, [self.over(n) for n in sorted(self.suppressed)])
        yield self._gauge("up", lambda _: "1")

    def _buckets(self, everyone: list[int]) -> Iterator[tuple[str, list[int]]]:
        """The bucket at the latency, in the spelling of the client library, between two that must not be read."""
        latency = float(exact(self.watch.journey.latency, "second"))
        in_time = [self.over(n) for n in range(len(self.runs)) if n not in self.slow]
        yield from ((str(latency / 10), []), (str(latency), in_time), ("+Inf", everyone))

    def _of_blackbox(self) -> Iterator[Series]:
        def result(at: int) -> str:
            known = [n for n in range(len(self.runs)) if self.over(n) <= at]
            return "_" if not known else "0" if self.runs[known[-1]] == "failure" else "1"

        def duration(at: int) -> str:
            known = [n for n in range(len(self.runs)) if self.over(n) <= at]
            latency = float(exact(self.watch.journey.latency, "second"))
            return "_" if not known else str(latency * (2 if known[-1] in self.slow else 0.5))

        yield self._gauge(exported.SUCCESS, result)
        yield self._gauge("probe_duration_seconds", duration)
        yield self._gauge("probe_http_status_code", lambda at: "503" if result(at) == "0" else "200")
        yield self._gauge("up", lambda _: "1")

    def _counter(self, metric: str, times: list[int], **labels: str) -> Series:
        def standing(at: int) -> str:
            since = max((r for r in self.restarts if r <= at), default=-1)
            begun = self.base if since < 0 else 0
            return str(begun + sum(since < t <= at for t in times))

        return self._gauge(metric, standing, **labels)

    def _failing(self, times: list[int]) -> Callable[[int], str]:
        def failing(at: int) -> str:
            known = [self.over(n) for n in range(len(self.runs)) if self.over(n) <= at]
            return "1" if known and known[-1] in times else "0"

        return failing

    @staticmethod
    def _since(times: list[int], value: str) -> Callable[[int], str]:
        return lambda at: value if any(t <= at for t in times) else "0"

    @staticmethod
    def _newest(times: list[int], otherwise: str = "0") -> Callable[[int], str]:
        return lambda at: str(max((t for t in times if t <= at), default=otherwise))

    def _gauge(self, metric: str, points: Callable[[int], str], **labels: str) -> Series:
        return series(metric, {**self.labels, **labels}, _notation([points(at) for at in self.scrapes]))

    @property
    def labels(self) -> dict[str, str]:
        """The labels that all of them have."""
        job = exported.JOB if self.watch.by_runner else exported.BLACKBOX_JOB
        journey = self.watch.journey
        return {"job": job, "instance": "probe:9100", "env": journey.env, "journey": journey.name}


def decoys(play: Play) -> tuple[Series, ...]:
    """The same journey in another environment, and another journey in the same: what they do is not this one's."""
    out = play.series()
    others = ({"env": "elsewhere"}, {"journey": "another"}, {"job": "decoy"})
    return tuple(
        chain.from_iterable((series(s.metric, {**dict(s.labels), **o}, s.values) for s in out) for o in others)
    )


def _notation(points: list[str]) -> str:
    """Missing samples at the start are gaps, not the end of a series."""
    if points[0] != "_":
        return gauge(points)
    blank = next((n for n, point in enumerate(points) if point != "_"), len(points))
    rest = gauge(points[blank:]) if blank < len(points) else ""
    return f"_x{blank} {rest}".strip()


def paging(watch: Watch) -> Paging:
    """Describe the page of a journey to the arithmetic; Blackbox' runs are its scrapes, so the window has none more."""
    page = watch.journey.page
    every = int(exact(watch.journey.every, "second"))
    scrape = int(exact(watch.service.scrape_interval, "second")) if watch.by_runner else every
    return Paging(page.failures, page.of, every, scrape, int(exact(KEEP, "second")))
