"""export-service: turns an investigation into a pack that can be handed over."""

from probes import export_pack
from relrails import SLO, ErrorBudgetPolicy, Scrape, Service, Traffic, budget, metric, notify, sli
from relrails.probe import secret
from relrails.units import GiB, day, days, items, minutes, ms, percent, seconds

requests = metric.Counter("http_requests_total").where(job="export-service")
durations = metric.Histogram("http_request_duration_seconds", buckets=(0.1, 0.25, 0.5, 1, 5)).where(
    job="export-service"
)
jobs = metric.Counter("export_jobs_finished_total").where(job="export-service")

availability = SLO(
    name="availability",
    description="A request is good unless we answer 5xx; 4xx is the caller's doing.",
    sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
    objective=99.5 * percent,
    window=30 * days,
)
latency = SLO(
    name="latency-p95",
    description="95 of 100 answers arrive within 500 ms; the export itself runs in the background.",
    sli=sli.Latency(histogram=durations, threshold=500 * ms),
    objective=95 * percent,
    window=30 * days,
)
completion = SLO(
    name="completion",
    description="An export that was accepted ends with a pack that passes its own manifest.",
    sli=sli.Correctness(total=jobs, good=jobs.where(outcome="ready")),
    objective=99 * percent,
    window=30 * days,
    minimum_bad_events=3,
)

queue = budget.QueueDepth(
    name="export-queue",
    depth=metric.Gauge("export_queue_depth").where(job="export-service"),
    completed=jobs,
    max=500 * items,
    drained_in=10 * minutes,
    oldest=metric.Gauge("export_oldest_item_age_seconds").where(job="export-service"),
    oldest_at_most=15 * minutes,
)
runtime = budget.ExportRuntime(
    name="export-runtime",
    durations=metric.Histogram("export_job_duration_seconds", buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300)).where(
        job="export-service"
    ),
    running=metric.Gauge("export_longest_running_seconds").where(job="export-service"),
    p95=2 * minutes,
    longest=10 * minutes,
)
storage = budget.StorageGrowth(
    name="export-storage",
    written=metric.Counter("export_written_bytes_total").where(job="export-service"),
    stored=metric.Gauge("export_stored_bytes").where(job="export-service"),
    max=5 * GiB / day,
)
traffic = Traffic(requests=requests, probes=requests.where(synthetic="true"), durations=durations)

service = Service(
    name="export-service",
    owner="evidence-export",
    description="Builds export packs in the background and keeps them until they are fetched.",
    scrape_interval=15 * seconds,
    retention=45 * days,
    runbook="https://runbooks.example.com/export-service",
    grafana="https://grafana.example.com",
    slos=(availability, latency, completion),
    journeys=(export_pack.journey,),
    traffic=traffic,
    budgets=(queue, runtime, storage),
    runs="https://probes.staging.example.com",
    traces="https://grafana.example.com/explore/trace/{trace_id}",
    logs="https://grafana.example.com/explore/logs?journey={journey}&trace_id={trace_id}",
    scrapes=(Scrape(job="export-service", targets=("exports.staging.example.com:8000",)),),
    page=notify.PagerDuty(routing_key=secret("file:/run/secrets/evidence-export-pagerduty")),
    ticket=notify.Webhook(
        url="https://tickets.example.com/hooks/evidence-export",
        credentials=secret("file:/run/secrets/evidence-export-tickets"),
    ),
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
)
