"""What is read: a matcher lost or turned round, another metric of the same family."""

import re
from collections.abc import Iterator
from dataclasses import replace

from relrails.mutants.operators.kinds import Change, Surroundings
from relrails.mutants.places import Place
from relrails.promql import Expr, Matcher, Selector
from relrails.promql.ast import MatchOp

NEGATED: dict[MatchOp, MatchOp] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
WINDOWED = re.compile(r"(?P<family>.*(?:ratio_rate|increase))\d\w*")
KINDS = {"sli_bad": "sli_total", "sli_total": "sli_bad"}


def matcher_dropped(place: Place, _: Surroundings) -> Iterator[Change]:
    """Series that the matcher kept out."""
    if isinstance(place.expr, Selector):
        for matcher in place.expr.matchers:
            yield Change(f"{matcher.label} dropped", _with(place, place.expr, matcher, None))


def matcher_negated(place: Place, _: Surroundings) -> Iterator[Change]:
    """All other series."""
    if isinstance(place.expr, Selector):
        for matcher in place.expr.matchers:
            other = replace(matcher, op=NEGATED[matcher.op])
            yield Change(f"{matcher.label}{matcher.op} -> {other.op}", _with(place, place.expr, matcher, other))


def metric(place: Place, around: Surroundings) -> Iterator[Change]:
    """Another recorded series: of another window, or the total for the bad."""
    if isinstance(place.expr, Selector):
        mine = place.expr.metric
        for other in around.records:
            if other != mine and _alike(mine, other):
                yield Change(f"{mine} -> {other}", place.put(replace(place.expr, metric=other)))


def _with(place: Place, expr: Selector, matcher: Matcher, other: Matcher | None) -> Expr:
    changed = ((m if m != matcher else other) for m in expr.matchers)
    return place.put(replace(expr, matchers=tuple(m for m in changed if m is not None)))


def _alike(mine: str, other: str) -> bool:
    windows = WINDOWED.fullmatch(mine), WINDOWED.fullmatch(other)
    if windows[0] and windows[1] and windows[0]["family"] == windows[1]["family"]:
        return True
    return any(kind in mine and mine.replace(kind, twin) == other for kind, twin in KINDS.items())
