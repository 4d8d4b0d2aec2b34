"""What was asked and what came back, kept as it was for the record."""

from dataclasses import dataclass

from relrails.live.prometheus.queries import Query
from relrails.live.prometheus.results import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One query on the wire: `at` and `seconds` by our clock, `body` as it arrived. Headers are not kept."""

    url: str
    at: float
    seconds: float
    attempts: int
    status: int | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """A query, what it came to, and how."""

    query: Query
    result: Result
    exchange: Exchange
