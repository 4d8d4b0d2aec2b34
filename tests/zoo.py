"""One SLO of every kind and shape that relrails has, for tests that must hold for all of them."""

from dataclasses import replace

from relrails import SLO, BurnTier, ErrorBudgetPolicy, Service, metric, sli
from relrails.promql import promql
from relrails.units import days, hours, minutes, ms, percent, seconds

requests = metric.Counter("http_requests_total").where(job="zoo")
failed = requests.where(code=metric.matching("5.."))
durations = metric.Histogram("http_request_duration_seconds", buckets=(0.1, 0.3, 1, 2.5)).where(job="zoo")
jobs = metric.Counter("jobs_finished_total").where(job="zoo")

plain = SLO(
    name="plain",
    description="The reference: a ratio of counters.",
    sli=sli.Availability(total=requests, bad=failed),
    objective=99.9 * percent,
    window=30 * days,
)

SLOS: tuple[SLO, ...] = (
    plain,
    replace(plain, name="by-region", by=("region",)),
    replace(plain, name="by-two", by=("region", "zone"), objective=99 * percent),
    replace(plain, name="week", window=7 * days),
    replace(plain, name="ten-days", window=10 * days, objective=99.5 * percent),
    replace(plain, name="four-weeks", window=28 * days),
    replace(plain, name="quarter", window=90 * days),
    replace(plain, name="five-nines", objective=99.999 * percent),
    replace(plain, name="modest", objective=90 * percent),
    replace(plain, name="coin", objective=50 * percent),
    replace(plain, name="one-event", minimum_bad_events=2),
    replace(
        plain,
        name="own-tiers",
        tiers=(
            BurnTier(severity="page", factor=10, long=2 * hours, short=10 * minutes),
            BurnTier(severity="ticket", factor=2, long=2 * days, short=4 * hours),
        ),
    ),
    replace(
        plain,
        name="two-metrics",
        sli=sli.Availability(total=requests, bad=metric.Counter("http_errors_total").where(job="zoo", kind="ours")),
    ),
    replace(plain, name="good-jobs", sli=sli.Correctness(total=jobs, good=jobs.where(outcome="ready"))),
    replace(
        plain, name="bad-jobs", sli=sli.Correctness(total=jobs, bad=jobs.where(outcome=metric.other_than("ready")))
    ),
    replace(
        plain,
        name="latency",
        sli=sli.Latency(histogram=durations, threshold=300 * ms),
        objective=95 * percent,
    ),
    replace(plain, name="latency-whole", sli=sli.Latency(histogram=durations, threshold=1 * seconds)),
    replace(
        plain,
        name="latency-by-region",
        sli=sli.Latency(histogram=durations, threshold=300 * ms),
        by=("region",),
    ),
    replace(
        plain,
        name="latency-native",
        sli=sli.Latency(
            histogram=metric.Histogram("http_request_duration_seconds", native=True).where(job="zoo"),
            threshold=300 * ms,
        ),
    ),
    replace(
        plain,
        name="ratio",
        sli=sli.Ratio(
            bad=promql('sum by (region) (rate(errors_total{job="zoo"}[$window]))'),
            total=promql('sum by (region) (rate(calls_total{job="zoo"}[$window]))'),
        ),
    ),
    replace(
        plain,
        name="ratio-no-job",
        sli=sli.Ratio(bad=promql("rate(errors_total[$window]) > 0"), total=promql("rate(calls_total[$window])")),
    ),
    replace(
        plain,
        name="probe",
        sli=sli.ProbeSuccess(gauge=metric.Gauge("probe_success").where(job="blackbox", instance="https://x")),
        objective=99 * percent,
    ),
    replace(
        plain,
        name="fresh",
        sli=sli.Freshness(
            last_update=metric.Gauge("last_import_timestamp_seconds").where(job="zoo"), limit=10 * minutes
        ),
        objective=99 * percent,
    ),
    replace(
        plain,
        name="fresh-by-feed",
        sli=sli.Freshness(last_update=metric.Gauge("last_import_timestamp_seconds"), limit=90 * seconds),
        by=("feed",),
    ),
)

zoo = Service(
    name="zoo",
    owner="keepers",
    scrape_interval=15 * seconds,
    runbook="https://runbooks.example.com/zoo",
    grafana="https://grafana.example.com",
    slos=SLOS,
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=10 * percent),
)
slow_scrapes = replace(zoo, name="slow-zoo", scrape_interval=60 * seconds, slos=(plain, SLOS[15], SLOS[-3], SLOS[-2]))
odd_scrapes = replace(zoo, name="odd-zoo", scrape_interval=40 * seconds, slos=(plain, SLOS[15], SLOS[-3]))
quick_scrapes = replace(zoo, name="quick-zoo", scrape_interval=5 * seconds, slos=(plain,))
SERVICES = (zoo, slow_scrapes, odd_scrapes, quick_scrapes)
