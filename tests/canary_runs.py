"""A canary to be judged, in as few words as a test needs: what a calm look is, and what differs from it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from relrails.judge.canary import (
    Buckets,
    Counts,
    Event,
    Observation,
    Reading,
    ResolvedPolicy,
    ResolvedTest,
    Runs,
    Start,
    State,
    step,
)

ARTIFACT = "sha256:new"
BOUNDS = (0.1, 0.3, 1.0)
ERRORS = (
    ResolvedTest(check="availability", test="error_rate_delta", weight=0.4, allowance=0.001),
    ResolvedTest(check="availability", test="error_rate_ceiling", weight=0.1, ceiling=0.0144),
)
LATENCY = (
    ResolvedTest(check="latency", test="latency_share", weight=0.2, allowance=0.05, bounds=BOUNDS, bound=1),
    ResolvedTest(
        check="latency",
        test="latency_distribution",
        weight=0.2,
        tolerated_ratio=1.1,
        allowance=0.05,
        bounds=BOUNDS,
        bound=1,
    ),
)
PROBES = ResolvedTest(check="probes", test="probe", weight=0.1, max_slow=0.2)
ALERTS = ResolvedTest(check="alerts", test="alert")
COST = ResolvedTest(check="cost", test="cost", max_ratio=1.5)
QUANTILE = ResolvedTest(check="latency", test="latency_quantile", weight=0.1, bounds=BOUNDS, bound=1, max_ratio=2)
POLICY = ResolvedPolicy(tests=(*ERRORS, *LATENCY, PROBES, ALERTS))

CALM: dict[str, Reading] = {
    "availability": Reading(canary=Counts(total=600, bad=1), stable=Counts(total=5400, bad=9)),
    "latency": Reading(
        canary=Buckets(total=600, within=(420, 588, 599)), stable=Buckets(total=5400, within=(3780, 5292, 5391))
    ),
    "probes": Reading(canary=Runs(runs=1, failures=0, in_a_row=0), stable=Runs(runs=1, failures=0, in_a_row=0)),
    "cost": Reading(canary=Counts(total=600, bad=60), stable=Counts(total=5400, bad=540)),
}
FAILING = Reading(canary=Counts(total=600, bad=20), stable=Counts(total=5400, bad=9))


def look(number: int, **differs: Any) -> Observation:
    """A look of a minute at 100 requests a second, a tenth of them to the canary; readings differ by their names."""
    readings = {**CALM, **{k: differs.pop(k) for k in list(differs) if k in CALM}}
    calm = Observation(
        look=number,
        at=1_767_225_600.0 + 60 * number,
        elapsed=60.0 * number,
        seconds=60.0,
        canary_series=2,
        stable_series=18,
        readings={k: v for k, v in readings.items() if v is not None},
        artifact=ARTIFACT,
    )
    return replace(calm, **differs)


def looks(first: int, last: int, **differs: Any) -> list[Event]:
    """Looks from a minute to another, both included; the first two minutes are the warm-up."""
    return [look(n, **differs) for n in range(first, last + 1)]


def begun(**differs: Any) -> Start:
    """Begin a run."""
    return replace(Start(artifact=ARTIFACT, share=0.1), **differs)


def played(events: Iterable[Event], policy: ResolvedPolicy = POLICY, state: State | None = None) -> State:
    """Judge events one after the other."""
    now = State() if state is None else state
    for event in events:
        now = step(now, event, policy)
    return now
