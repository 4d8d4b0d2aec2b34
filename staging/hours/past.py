"""A tenant that has written nearly as much as it may: the part of a day that nobody waits for."""

from collections.abc import Iterator

from bench.prometheus import sample
from staging.hours.passing import TENANT
from staging.hours.times import DAY

STEP = 300
WRITTEN = "budget:storage_written:increase5m"
LABELS = {"tenant": TENANT, "service": "export-service", "budget": "export-storage"}
BURST = 12
"""In how many five minutes it was written."""


def nearly_full(now: float, total: float, leaves_after: float) -> tuple[list[str], float]:
    """Samples of what was written every five minutes of the day before `now`, and when the first bytes are a day old.

    They are as the rule records them: all bytes within an hour, `leaves_after` seconds from leaving the day.
    """
    first = (now - DAY + leaves_after) // STEP * STEP
    return list(_samples(now, total, first)), first + DAY


def _samples(now: float, total: float, first: float) -> Iterator[str]:
    at = first - BURST * STEP
    while at < now - STEP:
        written = total / BURST if first <= at < first + BURST * STEP else 0.0
        yield sample(WRITTEN, LABELS, written, at)
        at += STEP
