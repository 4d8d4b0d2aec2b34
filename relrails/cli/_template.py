"""The service file that a new service starts from."""

import json
from datetime import date
from string import Template

_FILE = Template('''\
"""$name: say in one line what it does for its users."""

from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.units import days, ms, percent, seconds

# What is measured: names, labels and buckets as the service exports them.
requests = metric.Counter("http_requests_total").where(job=$quoted)
durations = metric.Histogram("http_request_duration_seconds", buckets=(0.1, 0.3, 1, 3)).where(job=$quoted)

# SLOs: what users are promised, one for each way in which they can be failed.
availability = SLO(
    name="availability",
    description="A request is good unless we answer 5xx; 4xx is the caller's doing.",
    sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
    objective=99.9 * percent,
    window=30 * days,
)
latency = SLO(
    name="latency-p99",
    description="99 of 100 answers arrive within 300 ms.",
    sli=sli.Latency(histogram=durations, threshold=300 * ms),
    objective=99 * percent,
    window=30 * days,
)
# More kinds: sli.Correctness (jobs), sli.Freshness (age of data), sli.ProbeSuccess (0 or 1), sli.Ratio (your PromQL).
# `by=("region",)` gives each region a budget and alerts of its own.

# Probes: which journeys of a user should be walked from outside, and how often?
# relrails does not write probes yet. A gauge that your own prober exports can be promised today:
#     journey = metric.Gauge("probe_success").where(job="blackbox", target="https://$name.example.com/login")
#     login = SLO(name="login", ..., sli=sli.ProbeSuccess(gauge=journey), objective=99.5 * percent, window=30 * days)

# Rollback: relrails does not roll back yet; the runbook tells the person on call to do it by hand. Write down here
# what that person must know: how it is deployed, how a version is taken back, and what cannot be taken back.

service = Service(
    name=$quoted,
    owner=$owner,
    scrape_interval=15 * seconds,
    runbook=$runbook,
    grafana=$grafana,
    slos=(availability, latency),
    # Budgets: a ticket when less than `warn_below` of an error budget is left, no more releases below `freeze_below`.
    # relrails does not watch costs yet.
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
)
''')


def service_file(name: str, *, owner: str, runbook: str, grafana: str) -> str:
    """Write the file of a service whose name was not refused."""
    return _FILE.substitute(
        name=name, quoted=_python(name), owner=_python(owner), runbook=_python(runbook), grafana=_python(grafana)
    )


def refused_name(name: str, today: date) -> str | None:
    """Say why no service can have this name; asked before the name is written into any file."""
    from relrails import ErrorBudgetPolicy, Service
    from relrails.checks import run
    from relrails.units import percent, seconds

    asked = Service(
        name=name,
        owner="nobody",
        scrape_interval=15 * seconds,
        runbook="https://runbooks.example.com",
        grafana="https://grafana.example.com",
        slos=(),
        error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
    )
    found = next((p for p in run([asked], today) if p.code == "service/name-refused"), None)
    return None if found is None else f"{found.what}: {found.labels[0].text}; {found.why}"


def _python(text: str) -> str:
    """Write a string as Python does, in the double quotes that formatters use."""
    return json.dumps(text)
