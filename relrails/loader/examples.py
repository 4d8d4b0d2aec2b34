"""What a field may look like, for the fixes that problems offer."""

_EXAMPLES = {
    "SLO.name": '"availability"',
    "Service.name": '"core-api"',
    "name": '"http_requests_total"',
    "bad": 'requests.where(code=metric.matching("5.."))',
    "buckets": "(0.1, 0.3, 1)",
    "by": '("region",)',
    "description": '"A request is good unless we answer 5xx."',
    "error_budget": "ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent)",
    "external_labels": '("cluster",)',
    "factor": "14.4",
    "freeze_below": "0 * percent",
    "gauge": 'metric.Gauge("probe_success")',
    "good": 'jobs.where(outcome="ready")',
    "grafana": '"https://grafana.example.com"',
    "histogram": 'metric.Histogram("http_request_duration_seconds", buckets=(0.1, 0.3, 1))',
    "labels": '("job", "instance", "code")',
    "last_update": 'metric.Gauge("newest_record_timestamp_seconds")',
    "limit": "10 * minutes",
    "long": "1 * hours",
    "minimum_bad_events": "5",
    "native": "True",
    "objective": "99.9 * percent",
    "owner": '"platform-core"',
    "retention": "45 * days",
    "runbook": '"https://runbooks.example.com/core-api"',
    "scrape_interval": "15 * seconds",
    "severity": '"page"',
    "short": "5 * minutes",
    "sli": "sli.Availability(total=requests, bad=failed)",
    "slos": "(availability,)",
    "text": '"sum(rate(jobs_total[$window]))"',
    "threshold": "300 * ms",
    "tiers": '(BurnTier(severity="page", factor=14.4, long=1 * hours, short=5 * minutes),)',
    "total": 'metric.Counter("http_requests_total")',
    "warn_below": "25 * percent",
    "window": "30 * days",
}


def example(thing: str, field: str) -> str:
    """Write a value for a field of a class; `...` where we know none."""
    return _EXAMPLES.get(f"{thing}.{field}", _EXAMPLES.get(field, "..."))
