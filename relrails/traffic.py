"""What comes in: how much, how much of it is our own, and where its answers are slow."""

from dataclasses import dataclass, field

from relrails.metric import Counter, Histogram
from relrails.source import Source, here


@dataclass(frozen=True, kw_only=True, slots=True)
class Traffic:
    """Requests of a service by endpoint, as dashboards show them; nobody is alerted.

    `route` is the label of an endpoint on both metrics, and names templates such as `/cases/{id}`, of which there are
    few. `probes` are those of the `requests` that no customer waits for. The `top` endpoints with most requests are
    kept apart and all others are one; among the slowest are only those with `minimum_requests` in five minutes, since
    the p95 of fewer than 20 is the slowest of them.
    """

    requests: Counter
    probes: Counter
    durations: Histogram
    route: str = "route"
    top: int = 10
    minimum_requests: int = 20
    source: Source = field(default_factory=here, compare=False, repr=False)
