"""Where the metrics of a job are read."""

from dataclasses import dataclass, field
from typing import Literal

from relrails.probe.secret import Secret
from relrails.source import Source, here


@dataclass(frozen=True, kw_only=True, slots=True)
class Scrape:
    """The addresses of a scrape job, `host:port`, as its metrics' `job` matcher names it.

    `credentials` is a bearer token in a file that Prometheus can read. A job that is read and not declared gets a file
    of targets without any, for whoever runs Prometheus to fill.
    """

    job: str
    targets: tuple[str, ...]
    scheme: Literal["http", "https"] = "http"
    path: str = "/metrics"
    credentials: Secret | None = None
    source: Source = field(default_factory=here, compare=False, repr=False)
