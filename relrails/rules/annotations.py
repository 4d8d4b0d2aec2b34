"""What an alert says to the person it calls: what, how bad, and where to go."""

from decimal import Decimal

from relrails.promql import duration_text
from relrails.rules import names
from relrails.rules.burn_windows import Tier
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import plain

VALUE = "{{ $value | humanizePercentage }}"


def annotations(service: Service, slo: SLO, alert: str, summary: str, description: str) -> dict[str, str]:
    """Give the four annotations that every alert has; grouped SLOs name the group."""
    where = "".join(f"{{{{ with $labels.{label} }}}}, {label} {{{{ . }}}}{{{{ end }}}}" for label in slo.by)
    return {
        "summary": summary + where,
        "description": description,
        "runbook_url": names.runbook_url(service, alert),
        "dashboard_url": names.dashboard_url(service),
    }


def burn_text(service: Service, slo: SLO, tier: Tier) -> tuple[str, str]:
    """Say how fast the budget burns, and how much of it is left."""
    factor = format(plain(round(tier.factor, 2)), "f")
    if tier.factor == 1:
        summary = f"{service.name} {slo.name} is on course to miss its objective"
        allowed = f"what the objective of {percent_text(slo.goal)} allows"
    else:
        summary = f"{service.name} {slo.name} burns its error budget more than {factor} times too fast"
        allowed = f"{factor} times what the objective of {percent_text(slo.goal)} allows"
    description = (
        f"{VALUE} of {slo.sli.events} were bad over the last {duration_text(tier.long)}, and the last "
        f"{duration_text(tier.short)} are no better. The limit is {percent_text(tier.threshold)}, {allowed}."
        f"{_budget_left(slo)}"
    )
    return summary, description


def _budget_left(slo: SLO) -> str:
    """A query in the template: how much budget is left, where it is known."""
    labels = ("service", "slo", *slo.by)
    matchers = ",".join(f"{label}=%q" for label in labels)
    values = " ".join(f"$labels.{label}" for label in labels)
    query = f'printf "{names.BUDGET_REMAINING}{{{matchers}}}" {values} | query'
    return (
        f"{{{{ with {query} }}}} {{{{ . | first | value | humanizePercentage }}}} of the budget of "
        f"{duration_text(slo.window)} is left.{{{{ end }}}}"
    )


def percent_text(ratio: Decimal) -> str:
    """Write a ratio for people: 0.0144 is `1.44 %`."""
    return f"{format(plain(ratio * 100), 'f')} %"
