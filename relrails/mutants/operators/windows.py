"""Windows: half, double, and every other window that the file knows."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from relrails.mutants.operators.kinds import Change, Surroundings
from relrails.mutants.places import Place
from relrails.promql import Range, duration_text
from relrails.units import exact, ms


def window(place: Place, around: Surroundings) -> Iterator[Change]:
    """The samples of another stretch of time."""
    if not isinstance(place.expr, Range):
        return
    mine = exact(place.expr.window, "millisecond")
    others = (*(int(mine * factor) * ms for factor in (Decimal("0.5"), 2)), *around.windows)
    for other in others:
        if exact(other, "millisecond") != mine:
            what = f"{duration_text(place.expr.window)} -> {duration_text(other)}"
            yield Change(what, place.put(replace(place.expr, window=other)))
