"""Grafana's own SDK, imported without its warning that it would rather have schema v2, which no file provider reads."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.builders import dashboard as dashboard_builder
    from grafana_foundation_sdk.builders import prometheus as prometheus_builder
    from grafana_foundation_sdk.builders import timeseries as timeseries_builder
    from grafana_foundation_sdk.cog import variants
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.cog.plugins import register_default_plugins
    from grafana_foundation_sdk.models import units
    from grafana_foundation_sdk.models.dashboard import Dashboard

register_default_plugins()

__all__ = [
    "Dashboard",
    "JSONEncoder",
    "dashboard_builder",
    "prometheus_builder",
    "timeseries_builder",
    "units",
    "variants",
]
