"""Storage: how much a tenant may write in a day."""

from dataclasses import dataclass, field

from relrails.metric import Counter, Gauge
from relrails.source import Source, here
from relrails.units import ByteRate


@dataclass(frozen=True, kw_only=True, slots=True)
class StorageGrowth:
    """Each tenant writes at most `max`: `5 * GiB / day`.

    `written` counts bytes and sees what is written and deleted again; without it the growth of `stored` is taken,
    hours in which it shrinks counted as none. `by` are the labels of a tenant; the `top` that write most are kept
    apart in what is recorded for dashboards, the others are one.
    """

    name: str
    max: ByteRate
    stored: Gauge
    written: Counter | None = None
    by: tuple[str, ...] = ("tenant",)
    top: int = 10
    enforce: bool = False
    source: Source = field(default_factory=here, compare=False, repr=False)
