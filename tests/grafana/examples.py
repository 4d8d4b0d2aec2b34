"""Services that use everything a dashboard can show."""

from dataclasses import replace

from relrails import SLO, ErrorBudgetPolicy, Service, Traffic, budget, metric, sli
from relrails.canary import ErrorRate, HAProxy, Latency, Policy
from relrails.probe import Flaky, Journey, Retry, Step, Target, expect, get, post
from relrails.promql import promql
from relrails.units import USD, GiB, day, days, hours, items, minutes, ms, percent, seconds

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

login = Step(name="login", request=post("/login"), expect=(expect.status(200),), timeout=2 * seconds, shared="auth")
buy = Journey(
    name="buy_things",
    description="Log in, and buy.",
    env="staging",
    target=Target(name="shop", url="https://shop.example.com"),
    every=1 * minutes,
    timeout=20 * seconds,
    steps=(login, Step(name="pay", request=post("/pay"), expect=(expect.status(200),), timeout=5 * seconds)),
    objective=99 * percent,
    latency=2 * seconds,
    window=7 * days,
    retry=Retry(on=("dns", "connect"), attempts=1, budget=10 * percent),
)
home = Journey(
    name="home",
    description="Open the first page.",
    env="staging",
    target=Target(name="shop", url="https://shop.example.com"),
    every=1 * minutes,
    timeout=10 * seconds,
    steps=(Step(name="open", request=get("/"), expect=(expect.status(200),), timeout=5 * seconds),),
    objective=99.5 * percent,
    latency=500 * ms,
    flaky=Flaky(above=1 * percent, over=12 * hours),
)
walked = replace(
    service(availability, name="walked"),
    journeys=(buy, home),
    runs="https://runs.example.com",
    traces="https://traces.example.com/t/{trace_id}?x=$1",
)
guarded = replace(
    service(availability, latency, correctness, name="guarded"),
    canary=Policy(
        canary={"track": "canary"},
        stable={"track": "stable"},
        traffic_share=10 * percent,
        checks=(ErrorRate(slo=availability), Latency(slo=latency), ErrorRate(slo=correctness)),
        rollback=HAProxy(socket="/run/haproxy.sock", backend="guarded", server="canary"),
    ),
)
spender = replace(
    service(correctness, name="spender"),
    traffic=Traffic(
        requests=requests,
        probes=requests.where(code="299"),
        durations=durations,
        top=3,
        minimum_requests=5,
    ),
    budgets=(
        budget.QueueDepth(
            name="orders",
            depth=metric.Gauge("orders_waiting").where(job="shop"),
            completed=jobs,
            max=500 * items,
            drained_in=10 * minutes,
            oldest=metric.Gauge("orders_oldest_seconds").where(job="shop"),
            oldest_at_most=15 * minutes,
        ),
        budget.ExportRuntime(
            name="packing",
            durations=metric.Histogram("packing_seconds", buckets=(30, 120, 600)).where(job="shop"),
            running=metric.Gauge("packing_running_seconds").where(job="shop"),
            p95=2 * minutes,
            longest=10 * minutes,
        ),
        budget.StorageGrowth(
            name="pictures", max=5 * GiB / day, stored=metric.Gauge("pictures_bytes").where(job="shop")
        ),
        budget.Spend(name="nodes", max=20 * USD / day, hourly_cost=metric.Gauge("node_total_hourly_cost")),
    ),
)
small = service(availability, name="a-service-whose-name-is-far-too-long-for-a-uid", warn=20, freeze=10)
