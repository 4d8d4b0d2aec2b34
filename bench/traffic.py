"""Traffic as services have it: flat, by day and night, in bursts; an outage, restarts, late and lost scrapes."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from bench.prometheus import sample

SCRAPE_SECONDS = 15
JITTER_SECONDS = 0.2
LOST_SHARE = 0.001
"""One scrape in a thousand fails."""
BACKGROUND = 0.0003
"""Share of requests that fail all the time."""
INSTANCES = (("10.0.0.1:80", 0.6, 3.0), ("10.0.0.2:80", 0.4, 11.0))
"""Address, share of the traffic, and seconds into the interval at which it is scraped."""
MINUTE, HOUR, DAY = 60, 3600, 86_400

Shape = Callable[[int, random.Random], list[float]]


def flat(minutes: int, _: random.Random) -> list[float]:
    """20 requests a second."""
    return [20.0] * minutes


def day_and_night(minutes: int, _: random.Random) -> list[float]:
    """Ten times as many at the peak as at the trough."""
    return [27.5 - 22.5 * math.cos(2 * math.pi * minute / 1440) for minute in range(minutes)]


def bursts(minutes: int, dice: random.Random) -> list[float]:
    """Two hundred times as many for some minutes, a dozen times a day."""
    rates = [0.5] * minutes
    for _ in range(minutes // 120):
        start = dice.randrange(minutes)
        for minute in range(start, min(start + dice.randint(3, 15), minutes)):
            rates[minute] = 100.0
    return rates


SHAPES: dict[str, Shape] = {"flat": flat, "10:1 day and night": day_and_night, "bursts": bursts}


@dataclass(frozen=True)
class Traffic:
    """Requests to a service from second `start` on, for `minutes`; every request fails for an hour."""

    shape: str
    outage: str
    """When the outage is: at the "peak" or the "trough"."""
    start: int
    minutes: int
    seed: int = 1

    @cached_property
    def rates(self) -> list[float]:
        """Requests per second, minute by minute."""
        return SHAPES[self.shape](self.minutes, self._dice())

    @cached_property
    def bad_from(self) -> int:
        """The minute at which the outage begins: the hour with most traffic or with least, in the middle half."""
        begins = range(self.minutes // 4, self.minutes * 3 // 4)
        pick = max if self.outage == "peak" else min
        return pick(begins, key=lambda minute: sum(self.rates[minute : minute + 60]))

    @cached_property
    def sums(self) -> list[tuple[float, float]]:
        """All requests and the failed ones since the start, at the beginning of each minute."""
        total = bad = 0.0
        out = [(total, bad)]
        for minute, rate in enumerate(self.rates):
            share = 1.0 if self.bad_from <= minute < self.bad_from + 60 else BACKGROUND
            total, bad = total + rate * MINUTE, bad + rate * MINUTE * share
            out.append((total, bad))
        return out

    def events(self, at: float, share: float) -> tuple[int, int]:
        """How many requests an instance has answered well, and how many badly, since the start."""
        minute, part = divmod(at - self.start, MINUTE)
        (total, bad), (next_total, next_bad) = self.sums[int(minute)], self.sums[min(int(minute) + 1, self.minutes)]
        bad += (next_bad - bad) * part / MINUTE
        total += (next_total - total) * part / MINUTE
        return math.floor((total - bad) * share), math.floor(bad * share)

    def ratio(self, since: float, until: float) -> float:
        """The true error ratio: failed requests over all requests, counted one by one."""
        good = bad = 0
        for _, share, _ in INSTANCES:
            (g0, b0), (g1, b1) = self.events(since, share), self.events(until, share)
            good, bad = good + g1 - g0, bad + b1 - b0
        return bad / (good + bad)

    def mean_of_ratios(self, since: float, until: float) -> float:
        """What an average of 5-minute error ratios would say."""
        ratios = [self.ratio(at, at + 5 * MINUTE) for at in range(int(since), int(until), 5 * MINUTE)]
        return sum(ratios) / len(ratios)

    def scrapes(self) -> Iterator[tuple[float, str, int, int]]:
        """Give what each scrape sees: when, of which instance, and its two counters, which a restart sets to 0."""
        dice = self._dice()
        for instance, share, offset in INSTANCES:
            restart, before = float(self.start), (0, 0)
            for scrape in range(self.minutes * MINUTE // SCRAPE_SECONDS - 1):
                at = self.start + scrape * SCRAPE_SECONDS + offset + dice.uniform(-JITTER_SECONDS, JITTER_SECONDS)
                if at - restart > DAY * share:
                    restart = at - dice.uniform(0, SCRAPE_SECONDS)
                    before = self.events(restart, share)
                if dice.random() < LOST_SHARE:
                    continue
                good, bad = self.events(at, share)
                yield at, instance, good - before[0], bad - before[1]

    def samples(self) -> Iterator[str]:
        """Write all scrapes as OpenMetrics."""
        for at, instance, good, bad in self.scrapes():
            for code, value in (("200", good), ("500", bad)):
                yield sample("http_requests_total", {"job": "api", "instance": instance, "code": code}, value, at)

    def _dice(self) -> random.Random:
        return random.Random(self.seed)  # noqa: S311 - it has to be the same every time
