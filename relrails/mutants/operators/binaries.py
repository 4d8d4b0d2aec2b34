"""Two operands: another operator between them, the two swapped, one of them dropped, matched otherwise."""

from collections.abc import Iterator
from dataclasses import replace

from relrails.mutants.operators.kinds import ARITHMETIC, COMPARISONS, SETS, Change, Surroundings
from relrails.mutants.places import Place
from relrails.promql import Binary, Number
from relrails.promql.ast import BinaryOp

COMMUTATIVE: tuple[BinaryOp, ...] = ("+", "*", "==", "!=")
STRANGER = "service"
"""A label to match on that `on ()` does not name."""


def comparison(place: Place, _: Surroundings) -> Iterator[Change]:
    """Another comparison, and one that gives 0 or 1 where it should filter."""
    yield from _other_operator(place, COMPARISONS)
    match place.expr:
        case Binary(op=op, bool_=bool_) if op in COMPARISONS:
            what = f"{op} bool -> {op}" if bool_ else f"{op} -> {op} bool"
            yield Change(what, place.put(replace(place.expr, bool_=not bool_)))
        case _:
            return


def set_operator(place: Place, _: Surroundings) -> Iterator[Change]:
    """`and`, `or` and `unless` for one another."""
    yield from _other_operator(place, SETS)


def arithmetic(place: Place, _: Surroundings) -> Iterator[Change]:
    """`+`, `-`, `*` and `/` for one another."""
    yield from _other_operator(place, ARITHMETIC)


def operands_swapped(place: Place, _: Surroundings) -> Iterator[Change]:
    """Left and right exchanged, where that is not the same by the rules of arithmetic."""
    match place.expr:
        case Binary(op=op, left=left, right=right) if op not in COMMUTATIVE:
            yield Change(f"left {op} right -> right {op} left", place.put(replace(place.expr, left=right, right=left)))
        case _:
            return


def operand_dropped(place: Place, _: Surroundings) -> Iterator[Change]:
    """One side alone."""
    match place.expr:
        case Binary(op=op, left=left, right=right):
            for kept, side in ((left, "left"), (right, "right")):
                if not isinstance(kept, Number):
                    yield Change(f"left {op} right -> {side}", place.put(kept))
        case _:
            return


def matching(place: Place, _: Surroundings) -> Iterator[Change]:
    """Partners found by other labels, where the rule says by which."""
    match place.expr:
        case Binary(on=tuple() as on):
            yield Change("on dropped", place.put(replace(place.expr, on=None)))
            for label in on:
                yield Change(
                    f"on without {label}", place.put(replace(place.expr, on=tuple(o for o in on if o != label)))
                )
            if STRANGER not in on:
                yield Change(f"on with {STRANGER}", place.put(replace(place.expr, on=(*on, STRANGER))))
        case _:
            return


def _other_operator(place: Place, family: tuple[BinaryOp, ...]) -> Iterator[Change]:
    match place.expr:
        case Binary(op=op) if op in family:
            for other in family:
                if other != op:
                    yield Change(f"{op} -> {other}", place.put(replace(place.expr, op=other)))
        case _:
            return
