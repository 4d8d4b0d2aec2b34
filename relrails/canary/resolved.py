"""A policy as the judge reads it: every default filled in, every quantity a plain number."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from relrails.canary.alerts import Alerts
from relrails.canary.cost import Cost
from relrails.canary.errors import ErrorRate
from relrails.canary.latency import Latency
from relrails.canary.policy import Policy
from relrails.canary.probes import Probes
from relrails.sli import Latency as LatencySLI
from relrails.units import Duration, Ratio, exact, plain

Test = Literal[
    "error_rate_delta",
    "error_rate_ceiling",
    "latency_share",
    "latency_distribution",
    "latency_quantile",
    "probe",
    "alert",
    "cost",
]


EDITION = 1
"""Of the judge: raised with every change after which it gives other numbers for the same counts.

It is stored with what was decided, so that evidence of an earlier edition is not taken for tampered with.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedTest:
    """One test of a check: `check` names whose reading it takes, `weight` is its share of alpha (the shares sum to 1).

    `allowance` is the SLO's error budget as a ratio. `bounds` are the finite bucket bounds in seconds, in the order in
    which a reading counts them, and `bound` is the place among them of the SLO's threshold.
    """

    check: str
    test: Test
    weight: float = 0
    tolerated_ratio: float = 1
    unacceptable_ratio: float = 2
    min_ratio: float = 1.25
    min_delta: float = 0.001
    min_bad: float = 5
    allowance: float = 0
    ceiling: float = 1
    bounds: tuple[float, ...] = ()
    bound: int = 0
    quantile: float = 0.95
    max_ratio: float = 1.2
    consecutive_failures: int = 3
    min_success: float = 0.99
    max_slow: float = 1
    enforce: bool = True

    @property
    def key(self) -> str:
        """Names the test in a state: `availability:error_rate_delta`."""
        return f"{self.check}:{self.test}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedPolicy:
    """Everything that decides; times are seconds, shares are between 0 and 1."""

    tests: tuple[ResolvedTest, ...]
    step: float = 60
    warmup: float = 120
    min_duration: float = 600
    max_duration: float = 1800
    alpha: float = 0.01
    beta: float = 0.05
    on_inconclusive: Literal["rollback", "hold"] = "rollback"
    min_requests: float = 200
    dispersion: float | None = None
    """None is "auto": what the start of the run brings."""
    traffic_tolerance: float = 0.5
    canary_silent: Literal["rollback", "hold"] = "rollback"
    identity: Literal["", "artifact", "build"] = ""
    """What the canary says that it runs; empty where nobody asks."""
    grace_looks: int = 3
    hold_max: float = 900
    mode: Literal["enforce", "shadow"] = "enforce"
    edition: int = EDITION
    """Of the judge that decides by it."""

    @property
    def looks(self) -> int:
        """How many looks are planned after the warm-up."""
        return max(1, round(self.max_duration / self.step))


GRID = tuple(1 + 0.4 * 2 ** (k / 3) for k in range(14))
"""Ratios that a worse canary may have, times the tolerated one: 1.4 to 9.1. The evidence is a mean over them.

What is above 1 doubles every three: they are dense around the unacceptable ratio, where evidence is scarce, and a
canary that is twenty times as bad soon shows that it is more than nine times so.
"""
CEILING_SHARE = 0.1
"""Of an error check's weight: the ceiling is for disasters, which give evidence in plenty."""
QUANTILE_SHARE = 0.2


def resolve(policy: Policy) -> ResolvedPolicy:
    """Fill in a policy; the weights of its checks become shares of alpha."""
    made = [(weight, test) for check in policy.checks for weight, test in _tests(check)]
    whole = sum(weight for weight, _ in made) or 1
    return ResolvedPolicy(
        tests=tuple(_weighted(test, weight / whole) for weight, test in made),
        step=_seconds(policy.step),
        warmup=_seconds(policy.warmup),
        min_duration=_seconds(policy.min_duration),
        max_duration=_seconds(policy.max_duration),
        alpha=_ratio(policy.alpha),
        beta=_ratio(policy.beta),
        on_inconclusive=policy.on_inconclusive,
        min_requests=policy.min_requests,
        dispersion=None if policy.dispersion == "auto" else float(policy.dispersion),
        traffic_tolerance=_ratio(policy.traffic_tolerance),
        canary_silent=policy.silence.canary,
        identity="" if policy.identity is None else policy.identity.names,
        grace_looks=policy.silence.grace_looks,
        hold_max=_seconds(policy.silence.hold_max),
        mode=policy.mode,
    )


def bounds(histogram_buckets: tuple[float, ...]) -> tuple[Decimal, ...]:
    """Give the finite bounds of a classic histogram, ascending: the order of a reading's counts."""
    return tuple(sorted({plain(Decimal(repr(b))) for b in histogram_buckets if b != float("inf")}))


def _tests(check: object) -> Iterator[tuple[float, ResolvedTest]]:
    match check:
        case ErrorRate():
            yield from _errors(check)
        case Latency():
            yield from _latency(check)
        case Probes():
            yield (
                check.weight,
                ResolvedTest(
                    check=check.name,
                    test="probe",
                    consecutive_failures=check.consecutive_failures,
                    min_success=_ratio(check.min_ratio),
                    max_slow=1 if check.slower_than is None else _ratio(check.max_slow),
                ),
            )
        case Alerts():
            yield 0, ResolvedTest(check=check.name, test="alert")
        case Cost():
            yield (
                0,
                ResolvedTest(check=check.name, test="cost", max_ratio=check.max_ratio, enforce=check.enforce),
            )


def _errors(check: ErrorRate) -> Iterator[tuple[float, ResolvedTest]]:
    share = 0 if check.ceiling is None else CEILING_SHARE
    yield (
        check.weight * (1 - share),
        ResolvedTest(
            check=check.name,
            test="error_rate_delta",
            tolerated_ratio=check.tolerated_ratio,
            unacceptable_ratio=check.unacceptable_ratio,
            min_ratio=check.min_ratio,
            min_delta=_ratio(check.min_delta),
            min_bad=check.min_bad,
            allowance=float(check.slo.budget),
        ),
    )
    if check.ceiling is not None:
        ceiling = min(1.0, check.ceiling * float(check.slo.budget))
        yield (
            check.weight * share,
            ResolvedTest(check=check.name, test="error_rate_ceiling", ceiling=ceiling, min_bad=check.min_bad),
        )


def _latency(check: Latency) -> Iterator[tuple[float, ResolvedTest]]:
    sli = check.slo.sli
    if not isinstance(sli, LatencySLI):
        return
    found = bounds(sli.histogram.buckets)
    place = found.index(sli.bound) if sli.bound in found else 0
    finite = tuple(float(b) for b in found)
    share = 0 if check.max_ratio is None else QUANTILE_SHARE

    def test(kind: Test, tolerated: float) -> ResolvedTest:
        return ResolvedTest(
            check=check.name,
            test=kind,
            tolerated_ratio=tolerated,
            unacceptable_ratio=check.unacceptable_ratio,
            min_ratio=check.min_ratio,
            min_delta=_ratio(check.min_delta),
            min_bad=check.min_bad,
            allowance=float(check.slo.budget),
            bounds=finite,
            bound=place,
            quantile=_ratio(check.quantile),
            max_ratio=1.2 if check.max_ratio is None else check.max_ratio,
        )

    half = check.weight * (1 - share) / 2
    yield half, test("latency_share", check.tolerated_ratio)
    yield half, test("latency_distribution", max(check.tolerated_ratio, check.tolerated_spread))
    if check.max_ratio is not None:
        yield check.weight * share, test("latency_quantile", check.tolerated_ratio)


def _weighted(test: ResolvedTest, weight: float) -> ResolvedTest:
    return replace(test, weight=weight)


def _seconds(duration: Duration) -> float:
    return float(exact(duration, "second"))


def _ratio(share: Ratio) -> float:
    return float(exact(share, "ratio"))
