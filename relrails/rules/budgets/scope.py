"""What the rules of a budget have in common: labels, the series that the gate reads, and the alert for silence."""

from dataclasses import dataclass
from decimal import Decimal

from relrails.budget import Budget
from relrails.promql import Expr, Matcher, Selector, absent, duration_text, or_, vector
from relrails.promql.ast import Aggregate
from relrails.rules import names
from relrails.rules.values import AlertingRule, RecordingRule
from relrails.service import Service
from relrails.units import Duration, minutes

Rules = tuple[RecordingRule | AlertingRule, ...]
BLIND_FOR: Duration = 15 * minutes


@dataclass(frozen=True, slots=True)
class Scope:
    """A budget and its service."""

    service: Service
    budget: Budget

    @property
    def labels(self) -> dict[str, str]:
        """The labels of everything that is recorded of it."""
        return {"service": self.service.name, "budget": self.budget.name}

    def record(self, name: str, expr: Expr, **labels: str) -> RecordingRule:
        """Record a series of the budget."""
        return RecordingRule(record=name, expr=expr, labels={**self.labels, **labels})

    def series(self, name: str, **labels: str) -> Selector:
        """Select what was recorded."""
        return Selector(name, tuple(Matcher(k, "=", v) for k, v in {**self.labels, **labels}.items()))

    def gate(self, aspect: str, used: Expr, limit: Decimal, unit: str) -> tuple[RecordingRule, RecordingRule]:
        """Record what is used and what is allowed in the writer's unit, for dashboards and for the release gate."""
        labels = {"aspect": aspect, "unit": unit, "enforce": str(self.budget.enforce).lower()}
        return (
            self.record(names.BUDGET_USED, used, **labels),
            self.record(names.BUDGET_LIMIT, vector(limit), **labels),
        )

    def used(self, aspect: str) -> Aggregate:
        """Read what is used, without the labels that are for the gate."""
        return Aggregate("max", self.series(names.BUDGET_USED, aspect=aspect))

    def alert(self, name: str, expr: Expr, wait: Duration, summary: str, description: str) -> AlertingRule:
        """Make a ticket of an expression that gives something."""
        return AlertingRule(
            alert=name,
            expr=expr,
            for_=wait,
            labels={"severity": "ticket", "owner": self.service.owner, **self.labels},
            annotations={
                "summary": f"{self.service.name} {self.budget.name}: {summary}",
                "description": description,
                "runbook_url": names.runbook_url(self.service, name),
                "dashboard_url": names.dashboard_url(self.service),
            },
        )

    def blind(self, *read: Selector) -> AlertingRule:
        """Say that what the budget is of cannot be seen: no news is no good news."""
        found: Expr | None = None
        for selector in read:
            # Without the labels that `absent` would take from the selector, so that the alert is always the same one.
            gone = absent(Aggregate("max", selector))
            found = gone if found is None else or_(found, gone)
        if found is None:
            msg = f"the budget {self.budget.name} reads nothing"
            raise ValueError(msg)
        return self.alert(
            names.BUDGET_BLIND,
            found,
            BLIND_FOR,
            "cannot be seen",
            f"For {duration_text(BLIND_FOR)} {' or '.join(s.metric for s in read)} has not been there, so "
            f"nobody knows whether the budget is kept.",
        )


def shown(unit: str, digits: int = 4) -> str:
    """Write the value of an alert in the writer's unit."""
    return f'{{{{ $value | printf "%.{digits}g" }}}} {unit}'
