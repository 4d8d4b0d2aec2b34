"""Jobs: how long they may take, those included that never end."""

from dataclasses import dataclass, field

from relrails.metric import Gauge, Histogram
from relrails.source import Source, here
from relrails.units import Duration


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportRuntime:
    """95 of 100 jobs take at most `p95`, which is a bucket of the histogram, and none runs longer than `longest`.

    `running` is how long the oldest job that still runs has run: one that hangs never reaches the histogram.
    """

    name: str
    durations: Histogram
    running: Gauge
    p95: Duration
    longest: Duration
    enforce: bool = False
    source: Source = field(default_factory=here, compare=False, repr=False)
