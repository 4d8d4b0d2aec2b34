"""From the body of an answer to numbers, believing nothing that has not been looked at.

Source of the shapes: Prometheus' documentation, "HTTP API".
"""

import json
import math
import re
from itertools import pairwise
from typing import Any, NoReturn

from relrails.live.prometheus.queries import Instant, Query
from relrails.live.prometheus.results import (
    Ambiguous,
    Found,
    NoData,
    NotFinite,
    NotPrometheus,
    Partial,
    Point,
    Refused,
    Result,
    Series,
    Stale,
    Timeout,
    Truncated,
    Unusable,
    WrongShape,
)

SHOWN = 160
"""Characters of somebody else's words that we repeat."""
EARLY = 1.0
"""Seconds by which a sample may be newer than what was asked for; times are rounded on the way."""

# Python's float() also takes "1_0", " 1" and "infinity".
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?Inf|NaN", re.ASCII)


class _Bad(Exception):  # noqa: N818 - an early return, not an error
    def __init__(self, why: Unusable) -> None:
        self.why = why


def decode(body: bytes, query: Query) -> Result:
    """Read the body of an answer with status 200."""
    try:
        return _decode(_json(body), query)
    except _Bad as bad:
        return bad.why


def refusal(status: int, body: bytes) -> Unusable | None:
    """Read the body of any other answer; None where it is not Prometheus that speaks."""
    try:
        said = _json(body)
    except _Bad:
        return None
    if not isinstance(said, dict) or said.get("status") != "error":
        return None
    return _refused(said, f"{status} ")


def shown(text: str) -> str:
    """Shorten somebody else's words to one printable line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def _json(body: bytes) -> Any:
    start = body[:64].lstrip()
    if not start:
        raise _Bad(Truncated("it is empty"))
    if not start.startswith((b"{", b"[")):
        raise _Bad(NotPrometheus(f"it begins with {shown(start.decode('utf-8', 'replace'))!r}"))
    try:
        return json.loads(body, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        if error.pos >= len(error.doc.rstrip()) - 1 or "Unterminated" in error.msg:
            raise _Bad(Truncated(f"after {len(body)} bytes")) from error
        raise _Bad(WrongShape(f"it is not JSON: {error.msg} at character {error.pos}")) from error
    except (ValueError, RecursionError) as error:
        raise _Bad(WrongShape(f"it is not JSON: {shown(str(error))}")) from error


def _no_constant(name: str) -> NoReturn:
    raise _Bad(NotFinite(f"a bare {name} in the JSON"))


def _decode(said: Any, query: Query) -> Result:
    if not isinstance(said, dict):
        return WrongShape(f"a {type(said).__name__} where an object is due")
    if said.get("status") == "error":
        return _refused(said, "")
    if said.get("status") != "success":
        return WrongShape(f"status is {shown(repr(said.get('status')))}")
    warnings = _texts(said, "warnings")
    if warnings:
        return Partial(shown("; ".join(warnings)))
    # VictoriaMetrics says it so, where Thanos warns.
    if said.get("isPartial"):
        return Partial("isPartial is true")
    data = said.get("data")
    if not isinstance(data, dict):
        return WrongShape("there is no data object")
    series = _series(data.get("resultType"), data.get("result"), query)
    if not series:
        return NoData(query.promql)
    seen = [tuple(sorted(one.labels.items())) for one in series]
    if len(set(seen)) != len(seen):
        return Ambiguous("the same series twice")
    return Found(series, _texts(said, "infos"))


def _refused(said: dict[str, Any], before: str) -> Unusable:
    kind = shown(str(said.get("errorType", "error")))
    detail = f"{before}{kind}: {shown(str(said.get('error', '')))}"
    return Timeout(detail) if kind in {"timeout", "canceled"} else Refused(detail)


def _texts(said: dict[str, Any], key: str) -> tuple[str, ...]:
    found = said.get(key)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise _Bad(WrongShape(f"{key} is not a list"))
    return tuple(str(text) for text in found)


def _series(kind: Any, result: Any, query: Query) -> tuple[Series, ...]:
    expected = {"vector", "matrix", "scalar"} if isinstance(query, Instant) else {"matrix"}
    if kind not in expected or not isinstance(result, list):
        raise _Bad(WrongShape(f"a {shown(repr(kind))} where a {' or '.join(sorted(expected))} is due"))
    match kind:
        case "scalar":
            return (Series({}, (_at_moment(_point(result, query), query),)),)
        case "vector":
            return tuple(
                Series(_labels(item), (_at_moment(_point(_own(item, "value"), query, item), query),)) for item in result
            )
        case _:
            return tuple(Series(_labels(item), _points(item, query)) for item in result)


def _own(item: dict[str, Any], key: str) -> Any:
    if key not in item:
        native = " but a native histogram" if "histogram" in item or "histograms" in item else ""
        raise _Bad(WrongShape(f"a series without {key}{native}"))
    return item[key]


def _labels(item: Any) -> dict[str, str]:
    labels = item.get("metric") if isinstance(item, dict) else None
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        raise _Bad(WrongShape("a series without labels"))
    return labels


def _points(item: dict[str, Any], query: Query) -> tuple[Point, ...]:
    values = _own(item, "values")
    if not isinstance(values, list) or not values or "histograms" in item:
        raise _Bad(WrongShape("a series without values, or with native histograms"))
    points = tuple(_point(pair, query, item) for pair in values)
    if any(after.at <= before.at for before, after in pairwise(points)):
        raise _Bad(WrongShape("points that are not in the order of their times"))
    return points


def _point(pair: Any, query: Query, item: Any = None) -> Point:
    if not isinstance(pair, list) or len(pair) != 2:
        raise _Bad(WrongShape(f"a point that is {shown(repr(pair))}"))
    at, written = pair
    if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at):
        raise _Bad(WrongShape(f"a time that is {shown(repr(at))}"))
    if not isinstance(written, str) or not _NUMBER.fullmatch(written):
        raise _Bad(WrongShape(f"a value that is {shown(repr(written))}"))
    if at > query.end + EARLY:
        raise _Bad(Stale(f"a sample is {at - query.end:.0f} s newer than what was asked for"))
    value = float(written)
    if not math.isfinite(value):
        name = Series(_labels(item), ()).name if item is not None else "the answer"
        raise _Bad(NotFinite(f"{shown(name)} is {written}"))
    return Point(float(at), value)


def _at_moment(point: Point, query: Query) -> Point:
    """Refuse a vector of another moment: a cache that has kept it, say."""
    if query.end - point.at > EARLY:
        raise _Bad(Stale(f"it is of {query.end - point.at:.0f} s before the moment that was asked for"))
    return point
