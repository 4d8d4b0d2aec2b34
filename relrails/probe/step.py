"""The steps of a journey: one request, or one that is repeated until its answer is right."""

from dataclasses import dataclass, field

from relrails.probe.expect import Expectation
from relrails.probe.extract import Extract
from relrails.probe.request import Request
from relrails.source import Source, here
from relrails.units import Bytes, Duration, MiB

LARGEST: Bytes = 1 * MiB
"""An answer that is longer fails: nothing that a service says may fill the memory of its watcher."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One request.

    `shared` names what several journeys have in common, such as `auth`: when it fails, one page is enough. `writes`
    marks a step after which nothing may be sent twice. An `always` step is run whatever happened before it, to clean
    up; one that is not `scored` does not decide whether the journey succeeded. An answer longer than `largest` fails.
    """

    name: str
    request: Request
    expect: tuple[Expectation, ...]
    timeout: Duration
    extract: tuple[Extract, ...] = ()
    shared: str | None = None
    writes: bool = False
    always: bool = False
    scored: bool = True
    largest: Bytes = LARGEST
    source: Source = field(default_factory=here, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """One request, sent every `every` until all of `until` holds; `timeout` is for all of it together.

    An answer that breaks `expect` ends it at once.
    """

    name: str
    request: Request
    until: tuple[Expectation, ...]
    every: Duration
    timeout: Duration
    expect: tuple[Expectation, ...] = ()
    extract: tuple[Extract, ...] = ()
    shared: str | None = None
    scored: bool = True
    largest: Bytes = LARGEST
    source: Source = field(default_factory=here, compare=False, repr=False)

    @property
    def writes(self) -> bool:
        """A poll only looks."""
        return False

    @property
    def always(self) -> bool:
        """A poll is never run to clean up."""
        return False
