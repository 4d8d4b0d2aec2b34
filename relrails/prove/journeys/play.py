"""Runs of a journey as a proof plays them: what its prober would export at each scrape."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from relrails.judge.paging import Paging
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


@dataclass(frozen=True, kw_only=True)
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

    once: bool = False
    """Scraped once for each run, where windows are so long that nothing depends on it."""

    @cached_property
    def scrape(self) -> int:
        """Seconds between two scrapes: Blackbox probes when it is scraped."""
        often = self.watch.by_runner and not self.once
        return int(exact(self.watch.service.scrape_interval if often else self.watch.journey.every, "second"))

    @cached_property
    def scrapes(self) -> range:
        """The seconds of all scrapes."""
        return range(0, self.end + 1, self.scrape)

    @cached_property
    def every(self) -> int:
        """Seconds between two runs."""
        return int(exact(self.watch.journey.every, "second"))

    def over(self, run: int) -> int:
        """Give the second at which a run is over."""
        return self.first + run * self.every

    @cached_property
    def times(self) -> list[int]:
        """Give the seconds at which the runs are over."""
        return [self.first + n * self.every for n in range(len(self.runs))]

    def seen(self, run: int) -> int:
        """Give the scrape that first sees a run."""
        return -(-self.over(run) // self.scrape) * self.scrape

    def ended(self, *outcomes: Outcome) -> list[int]:
        """Give the seconds at which runs were over that ended so."""
        return [over for over, outcome in zip(self.times, self.runs, strict=True) if outcome in outcomes]

    @cached_property
    def paging(self) -> Paging:
        """Describe the page to the arithmetic."""
        return paging(self.watch)

    def series(self) -> tuple[Series, ...]:
        """Write everything that is exported of the journey."""
        return tuple(self._of_runner() if self.watch.by_runner else self._of_blackbox())

    def _of_runner(self) -> Iterator[Series]:
        times = self.times
        for outcome in OUTCOMES:
            yield self._counter(exported.RUNS, self.ended(outcome), outcome=outcome)
        failed = self.ended("failure", "error")
        for reason, of_reason in ((REASON, failed), (OTHER_REASON, [])):
            yield self._counter(exported.STEP_FAILURES, of_reason, step=self.step, reason=reason)
            yield self._gauge(exported.FAILING, _last_in(times, of_reason), step=self.step, reason=reason)
        yield self._gauge(exported.LAST_RUN, _newest(times, "0"))
        if failed:
            yield self._gauge(exported.LAST_FAILURE, _newest(failed, "_"))
        for part, number in enumerate(PARTS):
            yield self._gauge(exported.TRACE_PART, _since(failed, str(number)), part=str(part))
        yield self._counter(f"{exported.DURATION}_count", times)
        # The bucket at the latency, in the spelling of the client library, between two that must not be read.
        latency = float(exact(self.watch.journey.latency, "second"))
        in_time = [over for n, over in enumerate(times) if n not in self.slow]
        for le, counted in ((str(latency / 10), []), (str(latency), in_time), ("+Inf", times)):
            yield self._counter(f"{exported.DURATION}_bucket", counted, le=le)
        yield self._counter(exported.RETRIES_SUPPRESSED, [times[n] for n in sorted(self.suppressed)])
        yield self._gauge("up", lambda _: "1")

    def _of_blackbox(self) -> Iterator[Series]:
        times = self.times
        latency = float(exact(self.watch.journey.latency, "second"))

        def result(at: int) -> str:
            known = bisect_right(times, at)
            return "_" if not known else "0" if self.runs[known - 1] == "failure" else "1"

        def duration(at: int) -> str:
            known = bisect_right(times, at)
            return "_" if not known else str(latency * (2 if known - 1 in self.slow else 0.5))

        yield self._gauge(exported.SUCCESS, result)
        yield self._gauge("probe_duration_seconds", duration)
        yield self._gauge("probe_http_status_code", lambda at: "503" if result(at) == "0" else "200")
        yield self._gauge("up", lambda _: "1")

    def _counter(self, metric: str, times: list[int], **labels: str) -> Series:
        """What has been counted by each scrape; a restart begins at nothing."""
        numbers, counted, before, restarted = [], 0, 0, 0
        restarts = sorted(self.restarts)
        for at in self.scrapes:
            counted = bisect_right(times, at, lo=counted)
            while restarted < len(restarts) and restarts[restarted] <= at:
                before = bisect_right(times, restarts[restarted])
                restarted += 1
            numbers.append(counted - before if restarted else self.base + counted)
        return series(metric, {**self.labels, **labels}, " ".join(_stretches(numbers)))

    def _gauge(self, metric: str, points: Callable[[int], str], **labels: str) -> Series:
        return series(metric, {**self.labels, **labels}, _notation([points(at) for at in self.scrapes]))

    @cached_property
    def labels(self) -> dict[str, str]:
        """The labels that all of them have."""
        job = exported.JOB if self.watch.by_runner else exported.BLACKBOX_JOB
        journey = self.watch.journey
        return {"job": job, "instance": "probe:9100", "env": journey.env, "journey": journey.name}


def _last_in(times: list[int], some: list[int]) -> Callable[[int], str]:
    """1 while the newest of these times is one of those."""
    chosen = set(some)

    def points(at: int) -> str:
        known = bisect_right(times, at)
        return "1" if known and times[known - 1] in chosen else "0"

    return points


def _since(times: list[int], value: str) -> Callable[[int], str]:
    return lambda at: value if times and times[0] <= at else "0"


def _newest(times: list[int], otherwise: str) -> Callable[[int], str]:
    def points(at: int) -> str:
        known = bisect_right(times, at)
        return str(times[known - 1]) if known else otherwise

    return points


def decoys(play: Play) -> tuple[Series, ...]:
    """The same journey in another environment, and another journey in the same: what they do is not this one's."""
    out = play.series()
    others = ({"env": "elsewhere"}, {"journey": "another"}, {"job": "decoy"})
    return tuple(
        chain.from_iterable((series(s.metric, {**dict(s.labels), **o}, s.values) for s in out) for o in others)
    )


def _notation(points: list[str]) -> str:
    """Missing samples at the start are gaps, not the end of a series."""
    blank = next((n for n, point in enumerate(points) if point != "_"), len(points))
    gap = [f"_x{blank}"] if blank else []
    rest = points[blank:]
    if not all(point.isdigit() for point in rest):
        return " ".join([*gap, gauge(rest)])
    return " ".join([*gap, *_stretches([int(point) for point in rest])])


def _stretches(numbers: list[int]) -> Iterator[str]:
    """Write numbers as stretches that rise or fall evenly: `3+2x5`."""
    start = 0
    while start < len(numbers):
        end = start + 1
        step = numbers[end] - numbers[start] if end < len(numbers) else 0
        while end < len(numbers) and numbers[end] - numbers[end - 1] == step:
            end += 1
        yield f"{numbers[start]}{step:+d}x{end - start - 1}" if end - start > 1 else str(numbers[start])
        start = end


def paging(watch: Watch) -> Paging:
    """Describe the page of a journey to the arithmetic; Blackbox' runs are its scrapes, so the window has none more."""
    page = watch.journey.page
    every = int(exact(watch.journey.every, "second"))
    scrape = int(exact(watch.service.scrape_interval, "second")) if watch.by_runner else every
    return Paging(page.failures, page.of, every, scrape, int(exact(KEEP, "second")))
