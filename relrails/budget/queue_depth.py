"""A queue: how much may wait, and for how long."""

from dataclasses import dataclass, field

from relrails.metric import Counter, Gauge
from relrails.source import Source, here
from relrails.units import Duration, Items


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueDepth:
    """At most `max` wait, all are done within `drained_in`, and none has waited longer than `oldest_at_most`.

    `completed` counts what leaves the queue. An enforced budget is read by the release gate; all others only alert.
    """

    name: str
    depth: Gauge
    completed: Counter
    max: Items
    drained_in: Duration
    oldest: Gauge | None = None
    oldest_at_most: Duration | None = None
    enforce: bool = False
    source: Source = field(default_factory=here, compare=False, repr=False)
