"""Every place in an expression: where it is, in words, and how the whole reads with something else there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from relrails.promql import Aggregate, Binary, Call, Expr, Number, Range, Selector, String, Written

ORDINALS = ("first", "second", "third", "fourth")


@dataclass(frozen=True, slots=True)
class Place:
    """One node of an expression, seen from the whole."""

    expr: Expr
    put: Callable[[Expr], Expr]
    """The whole expression with another node in this place."""
    path: tuple[str, ...] = ()
    """The way down to it, outermost first: `and left`, `> right`."""
    parent: Expr | None = None

    @property
    def where(self) -> str:
        """The place in words: the way down, and the metric that is read there."""
        return ", ".join((*self.path, *_metric(self.expr)))


def places(expr: Expr) -> Iterator[Place]:
    """List every place of an expression, the whole first."""
    yield from _below(Place(expr, lambda new: new))


def _below(here: Place) -> Iterator[Place]:
    yield here
    expr = here.expr
    match expr:
        case Range(of=of):
            yield from _below(_step(here, of, lambda new: replace(expr, of=new)))
        case Aggregate(of=of):
            yield from _below(_step(here, of, lambda new: replace(expr, of=new)))
        case Call(function=function, arguments=arguments):
            for index, argument in enumerate(arguments):
                name = (f"{function} {ORDINALS[index]}",) if len(arguments) > 1 else ()
                yield from _below(_step(here, argument, _into_argument(expr, index), *name))
        case Binary(op=op, left=left, right=right):
            yield from _below(_step(here, left, lambda new: replace(expr, left=new), f"{op} left"))
            yield from _below(_step(here, right, lambda new: replace(expr, right=new), f"{op} right"))
        case Number() | String() | Selector() | Written():
            return
        case _:
            assert_never(expr)


def _step(here: Place, child: Expr, into: Callable[[Expr], Expr], *name: str) -> Place:
    return Place(child, lambda new: here.put(into(new)), (*here.path, *name), here.expr)


def _into_argument(expr: Call, index: int) -> Callable[[Expr], Expr]:
    def into(new: Expr) -> Expr:
        return replace(expr, arguments=(*expr.arguments[:index], new, *expr.arguments[index + 1 :]))

    return into


def _metric(expr: Expr) -> tuple[str, ...]:
    match expr:
        case Selector(metric=metric):
            return (metric,)
        case Range(of=of) | Aggregate(of=of):
            return _metric(of)
        case Call(arguments=(only,)):
            return _metric(only)
        case _:
            return ()
