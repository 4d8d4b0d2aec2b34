"""Services that use everything a dashboard can show."""

from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.promql import promql
from relrails.units import days, hours, ms, percent, seconds

requests = metric.Counter("http_requests_total", labels=("code", "route", "region", "instance")).where(job="shop")
durations = metric.Histogram("http_request_duration_seconds", buckets=(0.1, 0.3, 1)).where(job="shop")
spans = metric.Histogram("rpc_duration_seconds", native=True).where(job="shop")
jobs = metric.Counter("jobs_finished_total").where(job="shop")

availability = SLO(
    name="availability",
    description="Answers that are not our fault.\nTwo lines, with *stars* and a | pipe.",
    sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
    objective=99.95 * percent,
    window=28 * days,
    by=("region",),
)
latency = SLO(
    name="latency",
    description="Quick answers.",
    sli=sli.Latency(histogram=durations, threshold=300 * ms),
    objective=95 * percent,
    window=90 * days,
)
rpc = SLO(
    name="rpc",
    description="Quick calls.",
    sli=sli.Latency(histogram=spans, threshold=250 * ms),
    objective=99 * percent,
    window=7 * days,
)
correctness = SLO(
    name="correctness",
    description="Jobs that come out right.",
    sli=sli.Correctness(total=jobs, good=jobs.where(outcome="ready")),
    objective=99 * percent,
    window=30 * days,
)
handmade = SLO(
    name="handmade",
    description="Counted by hand.",
    sli=sli.Ratio(
        bad=promql('sum(rate(odd_total{kind=~"a|b$"}[$window]))'), total=promql("sum(rate(all_total[$window]))")
    ),
    objective=99.9 * percent,
    window=30 * days,
)
probes = SLO(
    name="probes",
    description="Seen from outside.",
    sli=sli.ProbeSuccess(gauge=metric.Gauge("probe_success").where(job="blackbox")),
    objective=99.5 * percent,
    window=30 * days,
)
freshness = SLO(
    name="freshness",
    description="Never old.",
    sli=sli.Freshness(last_update=metric.Gauge("index_updated_seconds").where(job="shop"), limit=2 * hours),
    objective=90 * percent,
    window=30 * days,
)


def service(*slos: SLO, name: str = "shop", warn: float = 25, freeze: float = 0) -> Service:
    """Give a service with these SLOs."""
    return Service(
        name=name,
        owner="shop-team",
        description="Sells things.",
        scrape_interval=15 * seconds,
        runbook=f"https://runbooks.example.com/{name}",
        grafana="https://grafana.example.com",
        slos=slos,
        error_budget=ErrorBudgetPolicy(warn_below=warn * percent, freeze_below=freeze * percent),
    )


everything = service(availability, latency, rpc, correctness, handmade, probes, freshness)
small = service(availability, name="a-service-whose-name-is-far-too-long-for-a-uid", warn=20, freeze=10)
