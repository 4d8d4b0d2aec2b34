"""One SLO as its panels see it: what is worked out once, and the recorded series in the chosen environments."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from relrails.probe import Journey
from relrails.promql import Expr, Selector, duration_text, last_over_time, number, quotient
from relrails.render.grafana.queries import EDGE, ENVIRONMENT, alert_state, equal, promise_of
from relrails.rules import Tier, names, tiers
from relrails.service import Service
from relrails.slo import SLO, Severity
from relrails.units import Duration, exact


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """An SLO of a service; `window` is the SLO's in words, `seconds` its length."""

    service: Service
    slo: SLO
    tiers: tuple[Tier, ...]
    goal: Decimal
    budget: Decimal
    window: str
    seconds: Decimal

    @classmethod
    def of(cls, service: Service, slo: SLO) -> Self:
        """Work out what every panel needs."""
        goal = slo.goal
        return cls(
            service=service,
            slo=slo,
            tiers=tiers(slo),
            goal=goal,
            budget=1 - goal,
            window=duration_text(slo.window),
            seconds=exact(slo.window, "second"),
        )

    @property
    def journey(self) -> Journey | None:
        """The journey that the SLO promises; None where it promises something else."""
        return next((j for j in self.service.journeys if promise_of(self.service, j).name == self.slo.name), None)

    @property
    def events(self) -> str:
        """What is counted: requests, jobs, probes."""
        return self.slo.sli.events

    def recorded(self, metric: str) -> Selector:
        """Select a recorded series."""
        found = names.series_of(self.service, self.slo, metric)
        return Selector(found.metric, (*found.matchers, ENVIRONMENT))

    def newest(self, metric: str) -> Expr:
        """Take a series that is recorded every 5 minutes at its newest sample."""
        return last_over_time(self.recorded(metric), EDGE)

    def error_ratio(self, window: Duration) -> Expr:
        """Take the newest error ratio over a window, for one number."""
        name = names.error_ratio(window)
        return self.newest(name) if names.is_long(window) else self.recorded(name)

    def burn(self, error_ratio: Expr) -> Expr:
        """How many times faster than allowed the budget goes, at an error ratio."""
        return quotient(error_ratio, number(self.budget))

    def alert_state(self, *by: str, base: Selector | None = None, **labels: str) -> Expr:
        """State of this SLO's alerts with these labels: 2 firing, 1 pending, 0 quiet, nothing without rules."""
        where = equal(service=self.service.name, slo=self.slo.name, **labels)
        return alert_state(base or self.recorded(names.OBJECTIVE), by, *where)

    def of_severity(self, severity: Severity) -> tuple[Tier, ...]:
        """The burn-rate alerts of one severity."""
        return tuple(tier for tier in self.tiers if tier.severity == severity)

    def legend(self, name: str = "") -> str:
        """Name a series after the SLO's groups, and after the environment where there is more than one."""
        return " ".join((*([name] if name else []), *(f"{{{{{label}}}}}" for label in self.slo.by), "{{env}}"))
