"""A file without a `service`.

Every file in services/ is read for the name `service`. A file that only helps others starts with `_`.

Flagged:
    import relrails

    from relrails import ErrorBudgetPolicy, Service
    from relrails.units import percent, seconds
    policy = ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent)
    svc = Service(name="a", owner="b", scrape_interval=1, runbook="", grafana="", slos=(), error_budget=policy)
Fine:
    Service(...)
"""

from relrails.checks import elsewhere

elsewhere("service/not-defined", __doc__)
