"""A native histogram where the slowest endpoints are looked for.

The rule reads the buckets of a classic histogram; a native one has none of these series, so no endpoint would ever be
slow.

Flagged:
    Traffic(..., durations=metric.Histogram("answer_seconds", native=True).where(job="checkout"))
Fine:
    Traffic(..., durations=metric.Histogram("answer_seconds", buckets=(0.1, 0.3, 1)).where(job="checkout"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("traffic/native-durations", waivable=False)
def native_durations(service: Service) -> Iterator[Problem]:
    """Flag native histograms."""
    traffic = service.traffic
    if traffic is not None and traffic.durations.native:
        yield Problem(
            what=f"{traffic.durations.name} is a native histogram",
            labels=(Label(at(traffic, "durations"), "has no classic buckets"),),
            why=f"`{traffic.durations.name}_bucket` does not exist, so the list of slow endpoints would stay empty",
            fix="name a classic histogram here; exporters can give both at the same time",
        )
