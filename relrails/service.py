"""A service: who owns it, what it promises, and where the people on call find it."""

from dataclasses import dataclass, field

from relrails.slo import SLO, ErrorBudgetPolicy
from relrails.source import Source, here
from relrails.units import Duration


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """Everything that relrails knows of one service; a file in services/ defines one, named `service`.

    `runbook` is where the generated runbook is published, `grafana` the address of the Grafana that shows the
    dashboards: alerts link to both. `retention`, where given, is how long Prometheus keeps samples, and
    `external_labels` are those that it adds; checks hold windows and groupings against them.
    """

    name: str
    owner: str
    scrape_interval: Duration
    runbook: str
    grafana: str
    slos: tuple[SLO, ...]
    error_budget: ErrorBudgetPolicy
    description: str = ""
    retention: Duration | None = None
    external_labels: tuple[str, ...] = ()
    source: Source = field(default_factory=here, compare=False, repr=False)
