"""Dashboards drawn from a real Prometheus, and read back from the page."""
