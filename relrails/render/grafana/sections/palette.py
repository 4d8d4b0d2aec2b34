"""Colours that mean the same on every panel."""

from collections.abc import Sequence
from decimal import Decimal

from relrails.render.grafana.field import GREEN, ORANGE, RED, YELLOW, Thresholds, ValueText
from relrails.render.grafana.view import View
from relrails.service import Service
from relrails.slo import ErrorBudgetPolicy, Severity
from relrails.units import exact

STATES = (
    ValueText(value=0, text="OK", color=GREEN),
    ValueText(value=1, text="PENDING", color=YELLOW),
    ValueText(value=2, text="FIRING", color=RED),
)
STATE_COLORS = Thresholds(GREEN, (1, YELLOW), (2, RED))
FASTEST = Decimal("14.4")
"""The burn rate at which a month's budget is gone in two days: where scales end that many SLOs share."""
BURN_COLORS = Thresholds(GREEN, (1, YELLOW), (6, ORANGE), (FASTEST, RED))
"""For panels that show many SLOs, whose own alerts begin at different factors."""


def budget_colors(policy: ErrorBudgetPolicy) -> Thresholds:
    """Red where releases freeze, yellow where the ticket comes, green above."""
    freeze, warn = exact(policy.freeze_below, "ratio"), exact(policy.warn_below, "ratio")
    return Thresholds(RED, (freeze, YELLOW), (warn, GREEN)) if freeze < warn else Thresholds(RED, (freeze, GREEN))


def burn_colors(view: View) -> Thresholds:
    """Yellow from 1, where the budget is spent early; orange where a ticket comes, red where somebody is called."""
    steps: dict[Decimal, str] = {Decimal(1): YELLOW}
    alerting: tuple[tuple[Severity, str], ...] = (("ticket", ORANGE), ("page", RED))
    for severity, color in alerting:
        factors = [tier.factor for tier in view.of_severity(severity)]
        if factors:
            steps[min(factors)] = color
    return Thresholds(GREEN, *sorted(steps.items()))


def limit_lines(view: View, severity: Severity) -> Thresholds:
    """A line at the factor of each tier of one severity."""
    factors = sorted({tier.factor for tier in view.of_severity(severity)})
    colors = [*[ORANGE] * (len(factors) - 1), RED]
    return Thresholds("transparent", *zip(factors, colors, strict=True))


def objective_colors(view: View) -> Thresholds:
    """Red below the objective."""
    return Thresholds(RED, (view.goal, GREEN))


def earliest(services: Sequence[Service]) -> Thresholds:
    """The colours of the policy that warns first, for panels that show many services on one scale."""
    policies = [service.error_budget for service in services]
    return budget_colors(max(policies, key=lambda p: exact(p.warn_below, "ratio")))
