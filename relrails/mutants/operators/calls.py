"""Functions and aggregations: another one, none, and other labels kept."""

from collections.abc import Iterator
from dataclasses import replace

from relrails.mutants.operators.kinds import Change, Surroundings
from relrails.mutants.places import Place, places
from relrails.promql import Aggregate, Call, Range, Selector

OVER_TIME = ("sum_over_time", "avg_over_time", "count_over_time", "max_over_time", "min_over_time", "last_over_time")
FAMILIES = (
    ("rate", "irate", "increase", "delta"),
    OVER_TIME,
    ("clamp_min", "clamp_max"),
    ("histogram_count", "histogram_sum"),
)
AGGREGATIONS = ("sum", "max", "avg", "count", "min", "group")
INSTANCE = "instance"


def function(place: Place, _: Surroundings) -> Iterator[Change]:
    """Another function of the same arguments."""
    match place.expr:
        case Call(function=mine):
            for other in (o for family in FAMILIES if mine in family for o in family if o != mine):
                yield Change(f"{mine} -> {other}", place.put(replace(place.expr, function=other)))
        case _:
            return


def function_dropped(place: Place, _: Surroundings) -> Iterator[Change]:
    """The argument as it is."""
    match place.expr:
        case Call(function=mine, arguments=(first, *_)) if mine != "vector" and not isinstance(first, Range):
            yield Change(f"{mine} dropped", place.put(first))
        case _:
            return


def aggregation(place: Place, _: Surroundings) -> Iterator[Change]:
    """Another aggregation, and none."""
    match place.expr:
        case Aggregate(op=mine, of=of):
            for other in AGGREGATIONS:
                if other != mine:
                    yield Change(f"{mine} -> {other}", place.put(replace(place.expr, op=other)))
            yield Change(f"{mine} dropped", place.put(of))
        case _:
            return


def by(place: Place, _: Surroundings) -> Iterator[Change]:
    """A label more kept, or one less."""
    match place.expr:
        case Aggregate(of=of, by=mine):
            matched = {m.label for p in places(of) if isinstance(p.expr, Selector) for m in p.expr.matchers}
            for label in sorted({INSTANCE, *matched} - set(mine)):
                yield Change(f"by {label} added", place.put(replace(place.expr, by=(*mine, label))))
            for label in mine:
                yield Change(
                    f"by {label} dropped", place.put(replace(place.expr, by=tuple(b for b in mine if b != label)))
                )
        case _:
            return
