"""What an answer comes to. `Found` holds numbers; every other class says why there are none, and has no number in it.

`code` is the reason by which a decision names the class; `text` is for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Point:
    """A finite value at a moment, in unix seconds."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one series, oldest first; at least one."""

    labels: Mapping[str, str]
    points: tuple[Point, ...]

    @property
    def newest(self) -> Point:
        """The last point."""
        return self.points[-1]

    @property
    def name(self) -> str:
        """The series as PromQL writes it."""
        inner = ", ".join(f'{k}="{v}"' for k, v in sorted(self.labels.items()) if k != "__name__")
        return f"{self.labels.get('__name__', '')}{{{inner}}}"


@dataclass(frozen=True, slots=True)
class Found:
    """At least one series, every value finite, nothing held back by the server; `notes` are its remarks."""

    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something that is not numbers; its classes say what."""

    detail: str = ""

    code: ClassVar[str] = "QUERY_ERROR"
    what: ClassVar[str] = "the query failed"

    @property
    def text(self) -> str:
        """Say what happened, in one line."""
        return f"{self.what}: {self.detail}" if self.detail else self.what


class NoData(Unusable):
    """The server answered properly that it has no such series."""

    code = "NO_DATA"
    what = "no data"


class NotFinite(Unusable):
    """A value is NaN or infinite."""

    code = "NAN_RESULT"
    what = "a value is not a finite number"


class Ambiguous(Unusable):
    """Several series where one was asked for, or the same series twice."""

    code = "AMBIGUOUS_RESULT"
    what = "more than one series where one is needed"


class Partial(Unusable):
    """The server answered with what it had, and warned that it is not all."""

    code = "PARTIAL_RESPONSE"
    what = "the answer is not the whole of it"


class Stale(Unusable):
    """The newest sample is older than it may be, or comes from the future."""

    code = "STALE_DATA"
    what = "the newest sample is not from now"


class ClockSkew(Stale):
    """The server's clock and ours disagree, so that nothing can be said about the age of a sample."""

    what = "the clocks disagree"


class Timeout(Unusable):
    """No whole answer in time, or the server gave up."""

    code = "QUERY_TIMEOUT"
    what = "no answer in time"


class Unreachable(Unusable):
    """No connection."""

    what = "the server cannot be reached"


class ServerError(Unusable):
    """The server, or something before it, answered with a 5xx."""

    what = "the server failed"


class Refused(Unusable):
    """The server understood, and said no: a 4xx, or an error in the query."""

    what = "the server refused the query"


class Redirected(Unusable):
    """The server points elsewhere; headers with secrets do not follow it."""

    what = "the server redirects, which is not followed"


class Truncated(Unusable):
    """The answer breaks off."""

    what = "the answer breaks off"


class TooLarge(Unusable):
    """The answer is larger than we read."""

    what = "the answer is too large"


class NotPrometheus(Unusable):
    """The answer is not of Prometheus' API: a login page, say."""

    what = "this is not an answer of Prometheus"


class WrongShape(Unusable):
    """JSON, but not of the shape that the API promises."""

    what = "the answer has not the shape that the API promises"


class NoSecret(Unusable):
    """A header is a reference to a secret that is not there."""

    what = "a secret cannot be read"


Result = Found | Unusable


def only(result: Result) -> Series | Unusable:
    """Give the series where there is exactly one."""
    if isinstance(result, Unusable):
        return result
    if len(result.series) != 1:
        first, second = (series.name for series in result.series[:2])
        return Ambiguous(f"{len(result.series)} series, such as {first} and {second}")
    return result.series[0]


def fresh(series: Series, now: float, within: float) -> Point | Stale:
    """Give the newest point where it is at most `within` seconds old."""
    age = now - series.newest.at
    if age > within:
        return Stale(f"{series.name} ended {age:.0f} s ago, more than {within:g} s")
    return series.newest
