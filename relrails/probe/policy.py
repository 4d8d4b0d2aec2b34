"""When a journey tries again, when it calls somebody, and when it is only noted as flaky."""

from dataclasses import dataclass, field
from typing import Literal

from relrails.source import Source, here
from relrails.units import Duration, Ratio


@dataclass(frozen=True, kw_only=True, slots=True)
class Retry:
    """What is tried again, how often, and which share of the runs may; never after a step that writes.

    Only what failed before anything was sent can be tried again: a name that is not found, a connection refused. The
    budget keeps an outage from doubling the load.
    """

    on: tuple[Literal["dns", "connect"], ...]
    attempts: int
    budget: Ratio
    source: Source = field(default_factory=here, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Somebody is called when `failures` of the last `of` runs have failed.

    3 of 5 pages 0.1 times a month at 0.5 % noise, and after 2.5 runs of a hard outage: `python -m bench paging`.
    """

    failures: int
    of: int
    source: Source = field(default_factory=here, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Flaky:
    """A ticket when more than the share `above` of the runs in `over` succeeded only at a second attempt."""

    above: Ratio
    over: Duration
    source: Source = field(default_factory=here, compare=False, repr=False)
