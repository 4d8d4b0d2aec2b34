"""Dashboards held against Grafana's own types, a linter of our own, and the rules of the same build."""
