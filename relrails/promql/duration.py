"""Durations as Prometheus writes them: `5m`, `1h30m`, `30d`."""

from decimal import Decimal
from functools import cache

from relrails.units import Duration, exact

_STEPS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))


def duration_text(duration: Duration) -> str:
    """Write a duration in the largest units that hold it exactly; raises ValueError below a millisecond.

    Days stay days (`30d`, never `4w2d`), as in the names of recorded series.
    """
    return _text(exact(duration, "millisecond"))


@cache
def _text(milliseconds: Decimal) -> str:
    rest = int(milliseconds)
    if rest != milliseconds or rest <= 0:
        msg = f"{milliseconds} ms is not a positive whole number of milliseconds"
        raise ValueError(msg)
    parts = []
    for name, size in _STEPS:
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(f"{amount}{name}")
    return "".join(parts)
