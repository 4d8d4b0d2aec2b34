"""core-api: the query API behind every investigation."""

from probes import auth_query, investigation
from relrails import SLO, ErrorBudgetPolicy, Scrape, Service, Traffic, canary, metric, notify, sli
from relrails.probe import secret
from relrails.units import days, ms, percent, seconds

requests = metric.Counter("http_requests_total").where(job="core-api")
durations = metric.Histogram("http_request_duration_seconds", buckets=(0.05, 0.1, 0.3, 1, 3)).where(job="core-api")
answers = metric.Counter("query_results_total").where(job="core-api")
build = metric.Gauge("build_info").where(job="core-api")

availability = SLO(
    name="availability",
    description="A request is good unless we answer 5xx; 4xx is the caller's doing.",
    sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
    objective=99.9 * percent,
    window=30 * days,
)
latency = SLO(
    name="latency-p95",
    description="95 of 100 answers arrive within 300 ms.",
    sli=sli.Latency(histogram=durations, threshold=300 * ms),
    objective=95 * percent,
    window=30 * days,
)
correctness = SLO(
    name="correctness",
    description="A query is right when its result agrees with the sampled recount of the raw events.",
    sli=sli.Correctness(total=answers, bad=answers.where(outcome="mismatch")),
    objective=99.99 * percent,
    window=30 * days,
)

traffic = Traffic(requests=requests, probes=requests.where(synthetic="true"), durations=durations)

service = Service(
    name="core-api",
    owner="platform-core",
    description="Answers the queries, graphs and timelines of an investigation.",
    scrape_interval=15 * seconds,
    retention=45 * days,
    runbook="https://runbooks.example.com/core-api",
    grafana="https://grafana.example.com",
    slos=(availability, latency, correctness),
    journeys=(auth_query.journey, investigation.journey),
    traffic=traffic,
    canary=canary.Policy(
        canary={"track": "canary"},
        stable={"track": "stable"},
        traffic_share=10 * percent,
        identity=canary.Identity(metric=build, label="digest"),
        checks=(
            canary.ErrorRate(slo=availability),
            canary.Latency(slo=latency),
        ),
        rollback=canary.HAProxy(socket="/run/haproxy/admin.sock", backend="core-api", server="canary"),
    ),
    runs="https://probes.staging.example.com",
    traces="https://grafana.example.com/explore/trace/{trace_id}",
    logs="https://grafana.example.com/explore/logs?journey={journey}&trace_id={trace_id}",
    scrapes=(Scrape(job="core-api", targets=("core-api.staging.example.com:8000",)),),
    page=notify.PagerDuty(routing_key=secret("file:/run/secrets/platform-core-pagerduty")),
    ticket=notify.Webhook(
        url="https://tickets.example.com/hooks/platform-core",
        credentials=secret("file:/run/secrets/platform-core-tickets"),
    ),
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
)
