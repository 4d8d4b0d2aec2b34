"""Dashboards drawn from the data of any Prometheus, without Grafana: a sketch, to look at before others do."""
