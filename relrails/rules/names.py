"""Every name that we write: series, groups, alerts, dashboards.

Where Sloth's public names mean the same thing ours are the same, so that dashboards made for it work.
"""

import hashlib
import re
from urllib.parse import quote

from relrails.budget import Budget
from relrails.probe import Journey
from relrails.promql import Matcher, Selector, duration_text
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import Duration, days, exact, minutes

SHORT_INTERVAL: Duration = 1 * minutes
"""How often the sums, the short windows and the pages are evaluated."""
LONG_INTERVAL: Duration = 5 * minutes
"""How often windows of a day and more are; not longer, or instant queries would look past the newest sample."""
LONG_FROM: Duration = 1 * days
"""Windows from here on read the sums of 5 minutes."""
_LONG_FROM_SECONDS = exact(LONG_FROM, "second")

TOTAL = "slo:sli_total:rate"
BAD = "slo:sli_bad:rate"
TOTAL_5M = "slo:sli_total:increase5m"
BAD_5M = "slo:sli_bad:increase5m"
OBJECTIVE = "slo:objective:ratio"
ERROR_BUDGET = "slo:error_budget:ratio"
TIME_PERIOD = "slo:time_period:days"
CURRENT_BURN_RATE = "slo:current_burn_rate:ratio"
PERIOD_BURN_RATE = "slo:period_burn_rate:ratio"
BUDGET_REMAINING = "slo:period_error_budget_remaining:ratio"
COVERAGE = "slo:period_coverage:ratio"
INFO = "relrails_slo_info"

BURN = "SLOErrorBudgetBurn"
BUDGET_LOW = "SLOErrorBudgetLow"
BUDGET_SPENT = "SLOErrorBudgetSpent"
EXPORTER_DOWN = "SLOExporterDown"
METRIC_MISSING = "SLOMetricMissing"

JOURNEY_FAILING = "RelrailsJourneyFailing"
JOURNEY_STALE = "RelrailsJourneyStale"
JOURNEY_FLAKY = "RelrailsJourneyFlaky"
JOURNEY_LATENCY = "RelrailsJourneyLatency"
RETRY_BUDGET = "RelrailsRetryBudgetExhausted"
PROBE_ERROR = "RelrailsProbeError"
SHARED_STEP = "RelrailsSharedStepFailing"
RUNNER_DOWN = "RelrailsProbeRunnerDown"
EGRESS_DOWN = "RelrailsProbeEgressDown"
HOST_UNREACHABLE = "RelrailsHostUnreachable"
HOST_UNSEEN = "RelrailsHostUnseen"
CERTIFICATE = "RelrailsCertificateExpiring"
QUEUE_DEEP = "RelrailsQueueDepth"
QUEUE_SLOW = "RelrailsQueueNotDraining"
QUEUE_OLD = "RelrailsQueueItemOld"
JOBS_OVER = "RelrailsRuntime"
JOB_STUCK = "RelrailsJobStuck"
STORAGE_GROWS = "RelrailsStorageGrowth"
SPENT = "RelrailsSpend"
BUDGET_BLIND = "RelrailsBudgetBlind"

BUDGET_USED = "budget:used:value"
BUDGET_LIMIT = "budget:limit:value"
"""What is used and what is allowed in the writer's unit, as the release gate reads them where `enforce` is true."""
QUEUE_DEPTH = "budget:queue_depth:sum"
QUEUE_PACE = "budget:queue_completed:rate5m"
JOBS = "budget:jobs:increase1h"
JOBS_SLOW = "budget:jobs_slow:increase1h"
STORAGE_TILE = "budget:storage_written:increase5m"
STORAGE_DAY = "budget:storage_written:increase1d"
"""What each tenant has written in the last day, in the writer's unit."""
STORAGE_TOP = "budget:storage_written:top1d"
STORAGE_KEPT = "budget:storage_kept:sum"
STORAGE_NET = "budget:storage_kept:delta1d"
HOURLY_COST = "budget:hourly_cost:sum"

TRAFFIC_REQUESTS = "traffic:requests:rate5m"
TRAFFIC_TOP = "traffic:requests:top5m"
"""Requests a second of the endpoints with most of them, and of all others together."""
TRAFFIC_PROBES = "traffic:probes:rate5m"
TRAFFIC_PROBE_SHARE = "traffic:probes:ratio5m"
TRAFFIC_SLOWEST = "traffic:duration:p95_5m"

FLEET_GROUP = "relrails.probes"
"""The group of the alerts that are about the prober itself, and about steps that journeys share."""
HOSTS_GROUP = "relrails.hosts"
"""The group of the alerts that are about the hosts that journeys go to."""
CERTIFICATES_GROUP = "relrails.hosts.certificates"
JOURNEYS_DASHBOARD = "journeys"
CANARY_E_VALUE = "relrails:canary_e_value"
"""The evidence that a canary is worse than stable: one number, which any engine can hold against 1 / alpha."""
CANARY_REGRESSED = "RelrailsCanaryRegressed"
CANARY_ROLLBACK_FAILED = "RelrailsCanaryRollbackFailed"
CANARY_NOT_RECOVERED = "RelrailsCanaryNotRecovered"


def error_ratio(window: Duration) -> str:
    """Name the error ratio over a window: `slo:sli_error:ratio_rate5m`."""
    return f"slo:sli_error:ratio_rate{duration_text(window)}"


def total_over(window: Duration) -> str:
    """Name the events of a window: `slo:sli_total:increase30d`."""
    return f"slo:sli_total:increase{duration_text(window)}"


def bad_over(window: Duration) -> str:
    """Name the bad events of a window: `slo:sli_bad:increase30d`."""
    return f"slo:sli_bad:increase{duration_text(window)}"


def canary_total(window: Duration) -> str:
    """Name the events of a track in one look, or over the whole canary: `relrails:canary_total:increase1m`."""
    return f"relrails:canary_total:increase{duration_text(window)}"


def canary_bad(window: Duration) -> str:
    """Name the bad events of a track in one look, or over the whole canary: `relrails:canary_bad:increase1m`."""
    return f"relrails:canary_bad:increase{duration_text(window)}"


def canary_error_ratio(window: Duration) -> str:
    """Name the share of bad events of a track, of one look or the whole canary: `relrails:canary_error:ratio1m`."""
    return f"relrails:canary_error:ratio{duration_text(window)}"


def canary_llr(step: Duration) -> str:
    """Name the logarithm of the likelihood ratio of one look, for each ratio `alt`: `relrails:canary_llr:1m`."""
    return f"relrails:canary_llr:{duration_text(step)}"


def is_long(window: Duration) -> bool:
    """Tell whether a window reads the sums of 5 minutes, and is evaluated every 5 minutes."""
    return exact(window, "second") >= _LONG_FROM_SECONDS


def series_of(service: Service, slo: SLO, metric: str) -> Selector:
    """Select a recorded series of one SLO."""
    return Selector(metric, (Matcher("service", "=", service.name), Matcher("slo", "=", slo.name)))


def group_name(service: Service, slo: SLO) -> str:
    """Name the group of the sums, the short windows and the pages."""
    return f"{service.name}.{slo.name}"


def long_group_name(service: Service, slo: SLO) -> str:
    """Name the group of the long windows, the budget and the tickets."""
    return f"{service.name}.{slo.name}.budget"


def journey_group_name(service: Service, journey: Journey) -> str:
    """Name the group of the pages of a journey."""
    return f"{service.name}.journey.{journey.name}"


def journey_ticket_group_name(service: Service, journey: Journey) -> str:
    """Name the group of the tickets of a journey."""
    return f"{journey_group_name(service, journey)}.tickets"


def budget_group_name(service: Service, budget: Budget) -> str:
    """Name the group of a budget that is not an error budget."""
    return f"{service.name}.budget.{budget.name}"


def traffic_group_name(service: Service) -> str:
    """Name the group of what comes in."""
    return f"{service.name}.traffic"


def uses(shared: str) -> str:
    """Name the label of the pages of all journeys that share a step, by which one page silences the others."""
    return f"uses_{re.sub('[^a-zA-Z0-9_]', '_', shared)}"


def dashboard_uid(name: str) -> str:
    """Name a dashboard in at most the 40 characters that Grafana allows."""
    uid = f"relrails-{name}"
    if len(uid) <= 40:
        return uid
    return f"{uid[:31]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def dashboard_url(service: Service) -> str:
    """Link the dashboard of a service, at the hours before an alert."""
    return f"{service.grafana.rstrip('/')}/d/{dashboard_uid(service.name)}?from=now-6h&to=now"


def journeys_url(service: Service, journey: Journey) -> str:
    """Link the dashboard of all journeys, with one of them chosen."""
    where = f"var-environment={quote(journey.env)}&var-journey={quote(journey.name)}"
    return f"{service.grafana.rstrip('/')}/d/{dashboard_uid(JOURNEYS_DASHBOARD)}?{where}&from=now-6h&to=now"


def runbook_url(service: Service, alert: str) -> str:
    """Link the part of the runbook that says what to do about an alert."""
    return f"{service.runbook}#{alert.lower()}"
