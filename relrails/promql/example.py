"""Label values that a set of matchers accepts, for the series that proofs play."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, product
from re import _constants, _parser  # type: ignore[attr-defined] # the standard library's own reading of a regex, private by name only
from typing import Any

from relrails.promql.ast import Matcher

_USUAL = ("200", "ok", "404", "a", "b", "0", "none", "decoy")
_MOST = 64
_KEPT = 256
"""Answers that are remembered: every case of a proof asks for the same ones."""


def accepts(matcher: Matcher, value: str) -> bool:
    """Tell whether a matcher accepts a label value, as Prometheus would (regular expressions are anchored)."""
    match matcher.op:
        case "=":
            return value == matcher.value
        case "!=":
            return value != matcher.value
        case "=~":
            return re.fullmatch(matcher.value, value, re.DOTALL) is not None
        case "!~":
            return re.fullmatch(matcher.value, value, re.DOTALL) is None


def values(matchers: Iterable[Matcher]) -> tuple[str, ...]:
    """List label values that all these matchers of one label accept; empty where none is found."""
    return _accepted(tuple(matchers))


@lru_cache(maxsize=_KEPT)
def _accepted(wanted: tuple[Matcher, ...]) -> tuple[str, ...]:
    candidates = [v for m in wanted for v in _candidates(m)]
    tried = dict.fromkeys((*candidates, *_USUAL))
    return tuple(v for v in tried if v and all(accepts(m, v) for m in wanted))


def refused(matcher: Matcher, others: Iterable[Matcher] = ()) -> tuple[str, ...]:
    """List label values that `matcher` refuses and the others accept."""
    return _refused(matcher, tuple(others))


@lru_cache(maxsize=_KEPT)
def _refused(matcher: Matcher, wanted: tuple[Matcher, ...]) -> tuple[str, ...]:
    candidates = [v for m in (*wanted, matcher) for v in _candidates(m)]
    tried = dict.fromkeys((*candidates, *_USUAL))
    return tuple(v for v in tried if v and not accepts(matcher, v) and all(accepts(m, v) for m in wanted))


def _candidates(matcher: Matcher) -> tuple[str, ...]:
    if matcher.op in ("=", "!="):
        return (matcher.value,)
    try:
        return tuple(islice(_strings(list(_parser.parse(matcher.value))), _MOST))
    except (re.error, NotImplementedError, RecursionError):
        return ()  # a regular expression that only RE2 reads: the usual values may still fit


def _strings(parts: list[Any]) -> Iterator[str]:
    for pieces in product(*(tuple(islice(_piece(op, argument), 3)) for op, argument in parts)):
        yield "".join(pieces)


def _piece(op: Any, argument: Any) -> Iterator[str]:
    match op:
        case _constants.LITERAL:
            yield chr(argument)
        case _constants.ANY | _constants.NOT_LITERAL | _constants.CATEGORY:
            yield from "03a"
        case _constants.IN:
            for inner, value in argument:
                if inner is _constants.LITERAL:
                    yield chr(value)
                elif inner is _constants.RANGE:
                    yield from (chr(value[0]), chr(value[1]))
                else:
                    yield from "03a"
        case _constants.BRANCH:
            for branch in argument[1]:
                yield from islice(_strings(list(branch)), 2)
        case _constants.SUBPATTERN:
            yield from _strings(list(argument[-1]))
        case _constants.MAX_REPEAT | _constants.MIN_REPEAT:
            least, most, inner = argument
            for times in dict.fromkeys((max(least, 1 if most else 0), least)):
                yield from ("".join(p) for p in islice(product(*([tuple(_strings(list(inner)))] * times)), 2))
        case _constants.AT:
            yield ""
        case _:
            raise NotImplementedError(str(op))
