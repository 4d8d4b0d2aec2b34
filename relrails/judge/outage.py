"""How soon a hard outage calls somebody, by arithmetic: nothing here has seen a rule."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Watching:
    """What lies between an outage and a telephone; times in seconds.

    `scrape` is 0 where the scrape is what runs the journey. `waits` is how long Alertmanager keeps the first message
    for more of the same.
    """

    failures: int
    every: Fraction
    timeout: Fraction
    scrape: Fraction
    evaluation: Fraction
    waits: Fraction = Fraction(0)

    @property
    def soonest(self) -> Fraction:
        """When the first failing run begins with the outage and all fail, are seen and are judged at once."""
        return (self.failures - 1) * self.every + self.waits

    @property
    def latest(self) -> Fraction:
        """When the outage begins just behind a run, and every step after that takes all the time it may."""
        return self.failures * self.every + self.timeout + self.scrape + self.evaluation + self.waits
