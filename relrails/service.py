"""A service: who owns it, what it promises, and where the people on call find it."""

from dataclasses import dataclass, field
from math import ceil

from relrails.budget import Budget
from relrails.canary import Policy
from relrails.metric import Gauge
from relrails.notify import Receiver
from relrails.probe import Journey, backend
from relrails.probe.names import BLACKBOX_JOB, JOB, SUCCESS
from relrails.release import Freeze
from relrails.scrape import Scrape
from relrails.sli import ProbeSuccess
from relrails.slo import SLO, BurnTier, ErrorBudgetPolicy
from relrails.source import Source, here
from relrails.traffic import Traffic
from relrails.units import Duration, days, exact, hours, minutes


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """Everything that relrails knows of one service; a file in services/ defines one, named `service`.

    `runbook` is where the generated runbook is published, `grafana` the address of the Grafana that shows the
    dashboards: alerts link to both. `retention`, where given, is how long Prometheus keeps samples, and
    `external_labels` are those that it adds; checks hold windows and groupings against them. `journeys` are what its
    customers do, `canary` is how a release of it is watched, and in `freezes` there is none. `runs`, `traces` and
    `logs` are where the alerts of a journey link to: the pages of the probe runner, and addresses in which
    `{trace_id}` and `{journey}` are filled in. `scrapes` are where its metrics are read, `page` and `ticket` who is
    told; `traffic` is what comes in, and `budgets` what it may cost.
    """

    name: str
    owner: str
    scrape_interval: Duration
    runbook: str
    grafana: str
    slos: tuple[SLO, ...]
    error_budget: ErrorBudgetPolicy
    journeys: tuple[Journey, ...] = ()
    canary: Policy | None = None
    traffic: Traffic | None = None
    budgets: tuple[Budget, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    runs: str = ""
    traces: str = ""
    logs: str = ""
    scrapes: tuple[Scrape, ...] = ()
    page: Receiver | None = None
    ticket: Receiver | None = None
    description: str = ""
    retention: Duration | None = None
    external_labels: tuple[str, ...] = ()
    source: Source = field(default_factory=here, compare=False, repr=False)

    @property
    def promises(self) -> tuple[SLO, ...]:
        """Every SLO: those that are declared, and one for each journey."""
        return (*self.slos, *(promise(journey, self.scrape_interval) for journey in self.journeys))


def promise(journey: Journey, scrape_interval: Duration) -> SLO:
    """Promise that a journey works: read from the result of its last run, which every scrape sees.

    The result is a gauge, so that no run is lost between two windows, as increases of a counter are that moves once a
    minute. A slow burn is a ticket; the page is for runs in a row, which is quicker.
    """
    by_runner = backend(journey).name == "runner"
    # Blackbox runs it when it is scraped, so that each run is one sample, whatever else is scraped how often.
    scrapes = ceil(exact(journey.every, "second") / exact(scrape_interval, "second")) if by_runner else 1
    return SLO(
        name=f"journey-{journey.name.replace('_', '-')}",
        description=journey.description,
        sli=ProbeSuccess(
            gauge=Gauge(SUCCESS, scrape_interval=None if by_runner else journey.every, source=journey.source).where(
                job=JOB if by_runner else BLACKBOX_JOB, env=journey.env, journey=journey.name
            ),
            source=journey.source,
        ),
        objective=journey.objective,
        window=journey.window,
        tiers=(
            BurnTier(severity="ticket", factor=6, long=6 * hours, short=30 * minutes, source=journey.source),
            BurnTier(severity="ticket", factor=1, long=3 * days, short=6 * hours, source=journey.source),
        ),
        minimum_bad_events=2 * scrapes + 1,
        source=journey.source,
    )
