"""What the runner counts of one journey: plain numbers, all there from the start, so that no failure adds a series."""

import time
from bisect import bisect_left
from dataclasses import dataclass

from relrails.live.probe.outcome import Run, StepRun
from relrails.live.probe.plan import Plan
from relrails.live.probe.trace import parts
from relrails.probe.names import OUTCOMES, REASONS, TRACE_DIGITS, Outcome

PHASES = ("resolve", "connect", "tls", "send", "wait", "receive")
LATENESS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5)
_SHAPE = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5)
"""Buckets as multiples of the latency that is promised, which is exactly one of them."""


@dataclass(frozen=True, slots=True)
class Exemplar:
    """One observation that a counter or a bucket points at; `span_id` is empty where a whole run was observed."""

    trace_id: str
    span_id: str
    value: float
    at: float


class Histogram:
    """Observations in buckets, each with its newest exemplar."""

    __slots__ = ("bounds", "counts", "exemplars", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.exemplars: list[Exemplar | None] | None = None
        self.sum = 0.0

    def observe(self, value: float, exemplar: Exemplar | None = None) -> None:
        """Count a value."""
        at = bisect_left(self.bounds, value)
        self.counts[at] += 1
        self.sum += value
        if exemplar is not None:
            if self.exemplars is None:
                self.exemplars = [None] * len(self.counts)
            self.exemplars[at] = exemplar


def bounds(latency: float) -> tuple[float, ...]:
    """Give the buckets of a journey that promises a latency in seconds."""
    return tuple(latency if share == 1 else float(f"{latency * share:.9g}") for share in _SHAPE)


class JourneyNumbers:
    """All numbers of one journey. Rows of `failures` and `failing` are steps, columns are reasons."""

    __slots__ = (
        "durations",
        "failing",
        "failure_exemplars",
        "failures",
        "last_failure",
        "last_run",
        "last_success",
        "lateness",
        "phases",
        "plan",
        "retries",
        "run_exemplars",
        "runs",
        "step_durations",
        "succeeded",
        "suppressed",
        "trace_parts",
    )

    def __init__(self, plan: Plan) -> None:
        names = [step.name for step in plan.steps]
        self.plan = plan
        self.runs = dict.fromkeys(OUTCOMES, 0)
        self.run_exemplars: dict[Outcome, Exemplar] = {}
        self.failures = {name: [0] * len(REASONS) for name in names}
        self.failure_exemplars: dict[tuple[str, int], Exemplar] = {}
        self.failing: tuple[str, int] | None = None
        self.durations = Histogram(bounds(plan.latency))
        self.step_durations = {name: Histogram(self.durations.bounds) for name in names}
        self.phases = {name: [0.0] * len(PHASES) for name in names}
        self.succeeded: bool | None = None
        self.last_run = self.last_success = self.last_failure = 0.0
        self.trace_parts: tuple[int, ...] = (0,) * len(TRACE_DIGITS)
        self.retries = self.suppressed = 0
        self.lateness = Histogram(LATENESS)

    def note(self, run: Run) -> None:
        """Count a run that was walked."""
        now = time.time()
        self.runs[run.outcome] += 1
        self.run_exemplars[run.outcome] = Exemplar(run.trace_id, "", 1, now)
        self.retries += run.retries
        self.suppressed += run.suppressed
        for step in run.steps:
            self._note_step(step, run.trace_id, now)
        if run.outcome == "cancelled":
            return
        failed = run.failed
        self.failing = None if failed is None or failed.reason is None else (failed.name, REASONS.index(failed.reason))
        # An error of the runner itself is no good news either: nobody knows whether the journey works.
        self.succeeded = failed is None
        self.last_run = now
        if run.outcome != "error":
            self.durations.observe(run.seconds, Exemplar(run.trace_id, "", run.seconds, now))
        if failed is None:
            self.last_success = now
        else:
            self.last_failure = now
            self.trace_parts = parts(run.trace_id)

    def skip(self) -> None:
        """Count a run that did not begin, because the one before was not over."""
        self.runs["skipped"] += 1

    def _note_step(self, step: StepRun, trace_id: str, now: float) -> None:
        self.step_durations[step.name].observe(step.seconds, Exemplar(trace_id, step.span_id, step.seconds, now))
        self.phases[step.name] = [step.phases[phase] for phase in PHASES]
        if step.reason is not None:
            at = REASONS.index(step.reason)
            self.failures[step.name][at] += 1
            self.failure_exemplars[step.name, at] = Exemplar(trace_id, step.span_id, 1, now)
