"""How often the canary judge is wrong, and how soon it is right: seeded releases through the very code that judges."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, repeat
from time import process_time

import numpy as np

from bench.releases import BOUNDS, SLO_BOUND, Answers, Errors, Release
from bench.table import Cell, Table
from relrails.judge.canary import Code, Observation, ResolvedPolicy, ResolvedTest, State, Verdict, step

SEED = 20_260_101
HEALTHY_RUNS, BAD_RUNS = 10_000, 2_000
ERRORS = ResolvedPolicy(
    tests=(
        ResolvedTest(check="errors", test="error_rate_delta", weight=0.9, allowance=0.001),
        ResolvedTest(check="errors", test="error_rate_ceiling", weight=0.1, ceiling=0.0144),
    ),
    warmup=0,
)
_SHARE = ResolvedTest(
    check="answers",
    test="latency_share",
    weight=0.5,
    allowance=0.05,
    bounds=BOUNDS,
    bound=BOUNDS.index(SLO_BOUND),
)
ANSWERS = ResolvedPolicy(
    tests=(_SHARE, replace(_SHARE, test="latency_distribution", tolerated_ratio=1.1)),
    warmup=0,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A kind of release, and the share of runs that may go wrong; a healthy one may not be rolled back, a bad one must.

    `limit` is None where nothing is promised and the number is only told. `median` bounds the looks to a rollback.
    """

    name: str
    release: Release
    limit: float | None
    median: float | None = None
    healthy: bool = False
    whole: bool = False
    """Watch to the end whatever is accepted, so that every look may err; healthy releases always are."""

    @property
    def policy(self) -> ResolvedPolicy:
        """The default policy, for the kind of check that the release needs."""
        policy = ANSWERS if isinstance(self.release, Answers) else ERRORS
        return replace(policy, min_duration=policy.max_duration) if self.healthy or self.whole else policy


HEALTHY = tuple(
    replace(s, healthy=True)
    for s in (
        Scenario(name="steady", release=Errors(), limit=0.005),
        Scenario(name="near the limit: 0.9 % errors", release=Errors(rate=0.009), limit=0.005),
        Scenario(name="an incident that hits both, x6", release=Errors(incident=6), limit=0.005),
        Scenario(name="1 request a second", release=Errors(rps=1), limit=0.005),
        Scenario(
            name="10 a second, 5 % share, 0.1 % errors", release=Errors(rps=10, share=0.05, rate=0.001), limit=0.005
        ),
        Scenario(name="bursts, dispersion 1.5", release=Errors(burst=1.5), limit=0.01),
        Scenario(name="bursts, dispersion 5", release=Errors(burst=5), limit=0.01),
        Scenario(name="bursts, dispersion 10", release=Errors(burst=10), limit=0.01),
        Scenario(name="answer times, 100 a second", release=Answers(), limit=0.005),
        Scenario(name="answer times, 10 a second", release=Answers(rps=10), limit=0.005),
        Scenario(name="answer times, a wave of x2 on both", release=Answers(incident=2), limit=0.005),
    )
)
BAD = (
    Scenario(name="errors x1.5", release=Errors(ratio=1.5), limit=None),
    Scenario(name="errors x2", release=Errors(ratio=2), limit=0.01),
    Scenario(name="errors x3", release=Errors(ratio=3), limit=0.01),
    Scenario(name="errors x5", release=Errors(ratio=5), limit=0.01, median=1),
    Scenario(name="errors x10", release=Errors(ratio=10), limit=0.01, median=1),
    Scenario(name="errors x3 from minute 20 of 30", release=Errors(ratio=3, onset=20), limit=0.01, whole=True),
    Scenario(name="errors 0.1 % to 0.3 %", release=Errors(rate=0.001, ratio=3), limit=0.01, whole=True),
    Scenario(name="errors x10 at 10 a second, 0.1 %", release=Errors(rps=10, rate=0.001, ratio=10), limit=None),
    Scenario(name="errors x20 at 1 a second, half the traffic", release=Errors(rps=1, share=0.5, ratio=20), limit=0.01),
    Scenario(name="errors x3 in bursts, dispersion 5", release=Errors(ratio=3, burst=5), limit=None),
    Scenario(name="errors x5 in bursts, dispersion 5", release=Errors(ratio=5, burst=5), limit=0.01),
    Scenario(name="answers x1.2", release=Answers(shift=1.2), limit=None),
    Scenario(name="answers x1.5", release=Answers(shift=1.5), limit=0.01),
    Scenario(name="answers, 0.5 % 1 s later", release=Answers(tail=0.005), limit=None),
    Scenario(name="answers, 2 % 1 s later", release=Answers(tail=0.02), limit=0.01),
    Scenario(name="answers, 2 % 1 s later at 10 a second", release=Answers(tail=0.02, rps=10), limit=0.01),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What became of the runs of a scenario; `looks` are those from the onset to a rollback, where there was one."""

    runs: int
    triggered: int
    verdicts: dict[str, int]
    looks: tuple[int, ...]
    seconds_a_look: float

    def wrong(self, *, healthy: bool) -> float:
        """Give the share of runs that went wrong: healthy ones that a trigger ended, bad ones that none did."""
        return (self.triggered if healthy else self.runs - self.triggered) / self.runs

    @property
    def median(self) -> float | None:
        """Looks to a rollback, in the middle run."""
        return float(np.median(self.looks)) if self.looks else None

    @property
    def p90(self) -> float | None:
        """Looks to a rollback, in nine of ten runs."""
        return float(np.percentile(self.looks, 90)) if self.looks else None

    def share(self, verdict: str) -> float:
        """Give the share of runs that ended so."""
        return self.verdicts.get(verdict, 0) / self.runs


def simulated(scenario: Scenario, runs: int, seed: int = SEED) -> Found:
    """Judge releases of one kind. A deadline is no trigger: who is not accepted in time has not been found bad."""
    random = np.random.default_rng([seed, *scenario.name.encode()])
    verdicts: Counter[str] = Counter()
    looks, judged, began = [], 0, process_time()
    policy = scenario.policy
    for _ in range(runs):
        state = State()
        for event in scenario.release.events(random):
            state = step(state, event, policy)
            judged += isinstance(event, Observation)
            if state.decision is not None:
                break
        verdict = _verdict(state)
        verdicts[verdict] += 1
        if verdict == "trigger":
            looks.append(state.look - scenario.release.onset)
    return Found(
        runs=runs,
        triggered=verdicts["trigger"],
        verdicts=dict(verdicts),
        looks=tuple(looks),
        seconds_a_look=(process_time() - began) / judged,
    )


def _verdict(state: State) -> str:
    if state.decision is None:
        return "undecided"
    if state.decision.verdict is Verdict.PROMOTE:
        return "promoted"
    return "inconclusive" if state.decision.reasons[0].code is Code.DEADLINE_EXCEEDED else "trigger"


def run() -> Iterator[Table]:
    """Run every scenario in full; it takes some minutes."""
    notes = (
        "100 requests a second, 10 % of them to the canary, 0.5 % errors, looks of a minute, alpha 1 %, unless said",
        "otherwise. Answer times are lognormal around 80 ms. A deadline without acceptance is inconclusive, and rolls",
        "back as well. The dispersion is measured on two hours of the stable version; live on up to six.",
    )
    yield Table(
        title=f"Healthy canaries that were rolled back, of {HEALTHY_RUNS}, in 30 looks",
        columns=("release", "rolled back", "aim", "inconclusive", "CPU ms a look"),
        forms=("", ".2%", ".1%", ".1%", ".2f"),
        rows=tuple(
            (s.name, f.wrong(healthy=True), s.limit, f.share("inconclusive"), f.seconds_a_look * 1000)
            for s, f in _all(HEALTHY, HEALTHY_RUNS)
        ),
        notes=notes,
    )
    yield Table(
        title=f"Bad canaries that were missed, of {BAD_RUNS}, and looks to the rollback of the others",
        columns=("release", "missed", "aim", "promoted", "median", "p90"),
        forms=("", ".2%", ".1%", ".2%", ".1f", ".1f"),
        rows=tuple(_bad_row(s, f) for s, f in _all(BAD, BAD_RUNS)),
        notes=("Missed: no trigger before the promotion or the deadline. Looks count from the onset.",),
    )


def _all(scenarios: tuple[Scenario, ...], runs: int) -> Iterator[tuple[Scenario, Found]]:
    return ((s, simulated(s, n)) for s, n in zip(scenarios, chain(repeat(runs)), strict=False))


def _bad_row(scenario: Scenario, found: Found) -> tuple[Cell, ...]:
    missed = found.wrong(healthy=False)
    return (scenario.name, missed, scenario.limit, found.share("promoted"), found.median, found.p90)
