"""Answers of Prometheus as series with gaps in them, or as the reason why there is none."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relrails.live.panels import Data, Failed

GAP = 1.5
"""Steps after which a missing point is a gap in the line."""


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one series, oldest first; a value may be NaN or infinite, and NaN marks a gap."""

    labels: Mapping[str, str]
    times: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """An exemplar: one event with its labels, such as the id of its trace."""

    at: float
    value: float
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave; `trouble` says why it gave nothing, `remarks` are the server's."""

    series: tuple[Series, ...] = ()
    trouble: str | None = None
    remarks: tuple[str, ...] = ()
    dots: tuple[Dot, ...] = ()


def answer(of: Data | Failed, step: float | None = None) -> Answer:
    """Read an answer to a query; with a step, missing points are gaps."""
    if isinstance(of, Failed):
        return Answer(trouble=of.why)
    try:
        return Answer(series=tuple(_series(of.json, step)), remarks=of.remarks)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        return Answer(trouble=f"the answer cannot be read: {type(error).__name__}: {error}")


def dots(of: Data | Failed) -> tuple[Dot, ...]:
    """Read exemplars; a server that keeps none gives none."""
    if isinstance(of, Failed) or not isinstance(of.json, list):
        return ()
    found = [item for series in of.json for item in series.get("exemplars", ())]
    return tuple(Dot(float(e["timestamp"]), float(e["value"]), e.get("labels", {})) for e in found)


def names(of: Data | Failed) -> tuple[str, ...]:
    """Read the values of a label."""
    return tuple(map(str, of.json)) if isinstance(of, Data) and isinstance(of.json, list) else ()


def _series(data: Any, step: float | None) -> list[Series]:
    result = data["result"]
    match data["resultType"]:
        case "scalar":
            return [_points({}, [result], None)]
        case "vector":
            return [_points(item["metric"], [item["value"]], None) for item in result if "value" in item]
        case "matrix":
            return [_points(item["metric"], item["values"], step) for item in result if "values" in item]
        case other:
            msg = f"a {other}"
            raise ValueError(msg)


def _points(labels: Mapping[str, str], pairs: list[tuple[float, str]], step: float | None) -> Series:
    times: list[float] = []
    values: list[float] = []
    for at, value in pairs:
        if step is not None and times and at - times[-1] > GAP * step:
            times.append(times[-1] + step)
            values.append(math.nan)
        times.append(float(at))
        values.append(float(value))
    return Series(labels, tuple(times), tuple(values))
