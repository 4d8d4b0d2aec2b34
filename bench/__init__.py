"""Benchmarks that anybody can repeat: `python -m bench` runs all, `python -m bench NAME` one of them."""
