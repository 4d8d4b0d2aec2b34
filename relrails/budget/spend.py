"""Money: what may be spent in a day."""

from dataclasses import dataclass, field

from relrails.metric import Gauge
from relrails.source import Source, here
from relrails.units import MoneyRate


@dataclass(frozen=True, kw_only=True, slots=True)
class Spend:
    """At most `max` is spent: `20 * USD / day`.

    `hourly_cost` is what an hour costs at present prices, as OpenCost's `node_total_hourly_cost` says; all its series
    are added up.
    """

    name: str
    hourly_cost: Gauge
    max: MoneyRate
    enforce: bool = False
    source: Source = field(default_factory=here, compare=False, repr=False)
