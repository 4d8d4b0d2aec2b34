"""What the proofs of one SLO have in common: its labels, its groups, its windows counted in evaluations."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from relrails.judge.detection import Alert, Burn
from relrails.promql import Matcher, Selector, text
from relrails.rules import AlertingRule, Tier, names, rule_groups, tiers
from relrails.rules.records import base_window
from relrails.service import Service
from relrails.sli.traffic import INSTANCES, Phase, Series, Traffic, series
from relrails.slo import SLO
from relrails.units import Duration, exact, plain

SCRAPES = (60, 30, 20, 15)
SETTLED = 100
"""Scrapes after which every base window is full."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One SLO, as the proofs see it."""

    service: Service
    slo: SLO
    alerting: tuple[AlertingRule, ...]
    """The alerts as they are rendered."""
    tiers: tuple[Tier, ...]
    """The burn-rate alerts among them."""
    base_seconds: int
    """Seconds that a base rate looks back."""
    scrape: int
    """Seconds between two played scrapes: at least four in a base window, and a whole number in a minute."""

    @classmethod
    def of_slo(cls, service: Service, slo: SLO) -> Self:
        """Look at one SLO."""
        rules = (rule for group in rule_groups(service, slo) for rule in group.rules)
        base = int(exact(base_window(service, slo), "second"))
        return cls(
            service=service,
            slo=slo,
            alerting=tuple(rule for rule in rules if isinstance(rule, AlertingRule)),
            tiers=tuple(t for t in tiers(slo) if not t.refusal),
            base_seconds=base,
            scrape=next(s for s in SCRAPES if 4 * s <= base),
        )

    @property
    def base_minutes(self) -> Fraction:
        """Minutes that a base rate looks back."""
        return Fraction(self.base_seconds, 60)

    def of(self, *, long: bool) -> tuple[Tier, ...]:
        """The alerts of one of the two rule groups."""
        return tuple(t for t in self.tiers if names.is_long(t.long) is long)

    @property
    def group(self) -> dict[str, str]:
        """The labels of the group that the proofs look at; none where the SLO has no grouping."""
        return {label: f"{label}-1" for label in self.slo.by}

    @property
    def other_group(self) -> dict[str, str]:
        """The labels of a group whose troubles must stay its own."""
        return {label: f"{label}-2" for label in self.slo.by}

    @property
    def labels(self) -> dict[str, str]:
        """The labels of a recorded series."""
        return {"service": self.service.name, "slo": self.slo.name, **self.group}

    def recorded(self, metric: str, notation: str) -> Series:
        """Play a recorded series instead of the raw ones."""
        return series(metric, self.labels, notation)

    def decoys(self, metric: str, notation: str) -> tuple[Series, ...]:
        """The same series of another SLO and of another service, which no rule of this SLO may read."""
        return (
            series(metric, {**self.labels, "slo": "decoy"}, notation),
            series(metric, {**self.labels, "service": "decoy"}, notation),
        )

    def query(self, metric: str, **more: str) -> str:
        """Select a recorded series of the group that the proofs look at."""
        labels = {**self.labels, **more}
        return text(Selector(metric, tuple(Matcher(k, "=", v) for k, v in labels.items())))

    def alerts(self, alert: str, **more: str) -> str:
        """Select an alert of the group while it fires."""
        return self.query("ALERTS", alertname=alert, alertstate="firing", **more)

    def alert(self, tier: Tier, every: int) -> Alert:
        """Describe a burn-rate alert to the arithmetic, evaluated every `every` minutes."""
        return Alert(
            threshold=Fraction(tier.threshold),
            long=evaluations(tier.long, every),
            short=evaluations(tier.short, every),
            base=max(self.base_minutes / every, Fraction(1)),
            minimum_events=self.slo.minimum_bad_events - Fraction(1, 2),
        )

    def burn(self, ratio: Fraction, before: Fraction = Fraction(0), *, every: int = 1, exporters: int = 1) -> Burn:
        """Describe a burn: of so much traffic that no guard matters; of looks and probes, of as many as there are."""
        if self.slo.sli.graded:
            return Burn(ratio, before)
        outage = Traffic((Phase(SETTLED, 1, 1),), self.scrape)
        _, bad = self.slo.sli.seen(outage, SETTLED * self.scrape, self.base_seconds, closed=False)
        per_minute = bad * 60 if self.slo.sli.fixed_pace else bad * 60 * exporters / len(INSTANCES)
        return Burn(ratio, before, bad_events=per_minute * min(every, minutes_of(names.LONG_INTERVAL)))


def evaluations(window: Duration, every: int) -> int:
    """Count the evaluations in a window."""
    return int(exact(window, "minute")) // every


def minutes_of(window: Duration) -> int:
    """Give a window in minutes."""
    return int(exact(window, "minute"))


def between(query: str, low: Fraction, high: Fraction) -> str:
    """Ask whether a query lies between two values, both included; gives 1 without labels when it does."""
    return f"sum(({query}) >= bool {decimal(low)}) * sum(({query}) <= bool {decimal(high)})"


def about(query: str, low: Fraction, high: Fraction | None = None) -> str:
    """Ask whether a query lies within one part in a thousand of the bounds.

    Sums of floats differ in their last digits between Prometheus 2 and 3, so equality would prove nothing more.
    """
    high = low if high is None else high
    slack = Fraction(1, 1000) * max(abs(low), abs(high)) + Fraction(1, 10**9)
    return between(query, low - slack, high + slack)


def decimal(number: Fraction) -> str:
    """Write a number in PromQL, rounded to 15 digits."""
    value: Decimal = plain(number)
    return format(value, "f")
