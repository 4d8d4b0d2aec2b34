"""Simulated releases: counts of a canary and of a stable version, look by look, from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import erf, log, sqrt
from typing import Any

import numpy as np

from relrails.judge.canary import Buckets, Counts, Observation, Reading, Start
from relrails.judge.canary.dispersion import measure

Random = np.random.Generator
STEP = 60
HISTORY = 120
"""Minutes of the stable version's past in which the dispersion is measured."""
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
SLO_BOUND = 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """A canary beside a stable version: requests a second, the canary's share of them, and minutes watched.

    `onset` is the minute at which the canary begins to be bad; `incident` is what both tracks suffer between minutes 10
    and 20, as a factor.
    """

    rps: float = 100
    share: float = 0.1
    onset: int = 0
    incident: float = 1
    minutes: int = 30

    def events(self, random: Random) -> Iterator[Start | Observation]:
        """Give what the judge is told."""
        yield self.start(random)
        for look in range(1, self.minutes + 1):
            canary, stable = self.requests(random)
            hit = self.incident if 10 < look <= 20 else 1.0
            reading = self.reading(random, (canary, stable), hit, bad=look > self.onset)
            yield Observation(
                look=look,
                at=float(look * STEP),
                elapsed=float(look * STEP),
                seconds=float(STEP),
                canary_series=1,
                stable_series=1,
                readings=reading,
            )

    def start(self, random: Random) -> Start:
        """Begin the run."""
        del random
        return Start(artifact="canary", share=self.share)

    def requests(self, random: Random) -> tuple[int, int]:
        """Split a minute's requests."""
        total = int(random.poisson(self.rps * STEP))
        canary = int(random.binomial(total, self.share))
        return canary, total - canary

    def reading(self, random: Random, totals: tuple[int, int], hit: float, *, bad: bool) -> dict[str, Reading]:
        """Say what the checks read."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, slots=True)
class Errors(Release):
    """Bad requests: `rate` of them on the stable version, `ratio` times as many on the canary.

    With a `burst` above 1 the counts of each arm are negative binomial, of so many times the variance of independent
    ones.
    """

    rate: float = 0.005
    ratio: float = 1
    burst: float = 1

    def start(self, random: Random) -> Start:
        """Measure the dispersion between two halves of the stable version, as a controller does."""
        windows = []
        for _ in range(HISTORY):
            half = self.requests(random)[1] // 2
            windows.append((self._bad(random, half, 1), float(half), self._bad(random, half, 1), float(half)))
        return Start(artifact="canary", share=self.share, dispersion={"errors": measure(windows)})

    def reading(self, random: Random, totals: tuple[int, int], hit: float, *, bad: bool) -> dict[str, Reading]:
        """Count bad requests."""
        canary, stable = totals
        worse = self.ratio if bad else 1
        counts = [
            Counts(total=canary, bad=self._bad(random, canary, hit * worse)),
            Counts(total=stable, bad=self._bad(random, stable, hit)),
        ]
        return {"errors": Reading(canary=counts[0], stable=counts[1])}

    def _bad(self, random: Random, total: int, factor: float) -> int:
        rate = min(1.0, self.rate * factor)
        if self.burst == 1 or total == 0:
            return int(random.binomial(total, rate))
        mean = total * rate
        return min(total, int(random.negative_binomial(mean / (self.burst - 1), 1 / self.burst)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers(Release):
    """Answer times: lognormal around `median` s, on the canary `shift` times as long, `tail` of them 1 s longer."""

    median: float = 0.08
    sigma: float = 0.8
    shift: float = 1
    tail: float = 0

    def reading(self, random: Random, totals: tuple[int, int], hit: float, *, bad: bool) -> dict[str, Reading]:
        """Count answers by bucket."""
        canary, stable = totals
        shift, tail = (self.shift, self.tail) if bad else (1.0, 0.0)
        found = (self._within(random, canary, hit * shift, tail), self._within(random, stable, hit, 0.0))
        return {"answers": Reading(canary=found[0], stable=found[1])}

    def _within(self, random: Random, total: int, factor: float, tail: float) -> Buckets:
        below = [self._cdf(b, factor, tail) for b in BOUNDS]
        shares = np.diff([0.0, *below, 1.0])
        counts: Any = np.cumsum(random.multinomial(total, shares))
        return Buckets(total=total, within=tuple(int(n) for n in counts[:-1]))

    def _cdf(self, bound: float, factor: float, tail: float) -> float:
        later = self._lognormal(bound - 1, factor) if tail else 0.0
        return (1 - tail) * self._lognormal(bound, factor) + tail * later

    def _lognormal(self, bound: float, factor: float) -> float:
        if bound <= 0:
            return 0.0
        return 0.5 * (1 + erf(log(bound / (self.median * factor)) / (self.sigma * sqrt(2))))
