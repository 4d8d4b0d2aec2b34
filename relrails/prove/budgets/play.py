"""What the proofs of all budgets have in common: series from metrics, and what an alert says."""

from dataclasses import dataclass
from fractions import Fraction
from math import isinf

from relrails.budget import Budget
from relrails.metric import Metric
from relrails.promql import Matcher, Selector, text
from relrails.prove.expected import Fields
from relrails.prove.journeys import said
from relrails.prove.scene import about
from relrails.prove.values import Case, Fired, Holds
from relrails.rules import RuleGroup, names
from relrails.rules.budgets.scope import BLIND_FOR
from relrails.service import Service
from relrails.sli.traffic import Series, labels_of, series
from relrails.units import exact

SCRAPE = 15
VALUE = '{{ $value | printf "%.4g" }}'


@dataclass(frozen=True, slots=True)
class Ledger:
    """One budget, as the proofs see it."""

    service: Service
    budget: Budget
    groups: tuple[RuleGroup, ...]

    @property
    def scrape(self) -> int:
        """Seconds between two samples."""
        return int(exact(self.service.scrape_interval, "second"))

    def series(self, metric: Metric | Selector, notation: str, **more: str) -> Series:
        """Play a metric of the budget."""
        of = metric.selector if isinstance(metric, Metric) else metric
        chosen = labels_of(of.matchers)
        return series(of.metric, {**(chosen[0] if chosen else {}), "instance": "a:80", **more}, notation)

    def holds(self, minute: int, aspect: str, value: Fraction) -> Holds:
        """Expect what the gate reads, to a thousandth."""
        return Holds(minute, about(self.used(aspect), value))

    def used(self, aspect: str) -> str:
        """Ask for what the gate reads."""
        labels = {"service": self.service.name, "budget": self.budget.name, "aspect": aspect}
        return text(Selector(names.BUDGET_USED, tuple(Matcher(k, "=", v) for k, v in labels.items())))

    def says(self, alert: str, value: float, **labels: str) -> Fields:
        """Give an alert with its value and labels filled in."""
        rule = said.rule_of(self.groups, alert)
        number = "+Inf" if isinf(value) else f"{value:.4g}"
        words = {VALUE: number, **{f"{{{{ $labels.{k} }}}}": v for k, v in labels.items()}}
        known, annotations = said.plainly(rule, **words)
        return {**labels, **known}, annotations

    def blind(self) -> Case:
        """Nothing of what the budget reads is there."""
        wait = int(exact(BLIND_FOR, "minute"))
        rule = said.rule_of(self.groups, names.BUDGET_BLIND)
        return Case(
            name="a budget of which nothing can be seen is a ticket, not good news",
            interval=60,
            series=(series("up", {"job": "decoy"}, "1x60"),),
            fired=(Fired(wait - 5, rule.alert), Fired(wait, rule.alert, (said.plainly(rule),))),
        )
