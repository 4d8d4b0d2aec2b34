"""The performance win of the Core API's query, measured: `python -m bench.perf --out DIR`."""
