"""A real Prometheus for the tests that need more than promtool."""

import os

import pytest
from conftest import WITHOUT_TOOLS

from bench.prometheus import MissingError, Pair, pairs


def pair_of(major: int) -> Pair:
    """Find a Prometheus of one generation; without it the test fails, or is left out where that was asked for."""
    try:
        found = [pair for pair in pairs() if pair.server.version[0] == major]
    except MissingError:
        found = []
    if found:
        return found[0]
    missing = f"no prometheus {major}.x with its promtool"
    if os.environ.get(WITHOUT_TOOLS) == "1":
        pytest.skip(f"{missing}, and {WITHOUT_TOOLS}=1")
    pytest.fail(f"{missing}: `python -m relrails.toolchain` fetches it", pytrace=False)
