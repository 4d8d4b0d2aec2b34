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

# Probes: what a user does, walked from outside; when it keeps failing, the page names the step and the reason. It may
# stand here or in a file of its own in probes/.
#     from relrails.probe import Journey, Step, Target, expect, get
#
#     front_page = Journey(
#         name="front_page",
#         description="Open the front page.",
#         env="production",
#         target=Target(name="site", url="https://www.example.com"),
#         every=60 * seconds,
#         timeout=10 * seconds,
#         steps=(Step(name="open", request=get("/"), expect=(expect.status(200),), timeout=5 * seconds),),
#         objective=99 * percent,
#         latency=2 * seconds,
#     )

# Rollback: how `relrails canary run` tells a canary from the stable version, judges it, and takes it back. Write down
# beside it what the person on call must know: what cannot be taken back, and whom to ask.
#     from relrails import canary
#
#     rollout = canary.Policy(
#         canary={"track": "canary"},
#         stable={"track": "stable"},
#         traffic_share=10 * percent,
#         checks=(canary.ErrorRate(slo=availability), canary.Latency(slo=latency)),
#         rollback=canary.HAProxy(socket="/run/haproxy/admin.sock", backend="web", server="canary"),
#     )

# Budgets: what may be queued, stored and spent, with units; the ticket says the value and the limit.
#     from relrails import budget
#     from relrails.units import items, minutes
#
#     queue = budget.QueueDepth(
#         name="jobs",
#         depth=metric.Gauge("jobs_waiting").where(job=$quoted),
#         completed=metric.Counter("jobs_completed_total").where(job=$quoted),
#         max=500 * items,
#         drained_in=10 * minutes,
#     )

service = Service(
    name=$quoted,
    owner=$owner,
    scrape_interval=15 * seconds,
    runbook=$runbook,
    grafana=$grafana,
    slos=(availability, latency),
    # A ticket when less than `warn_below` of an error budget is left, no more releases below `freeze_below`.
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
    # journeys=(front_page,),
    # runs="https://probes.example.com",  # where the probe runner is reached
    # canary=rollout,
    # budgets=(queue,),
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
