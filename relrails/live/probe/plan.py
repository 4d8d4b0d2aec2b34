"""Journeys as the runner walks them: every duration a number of seconds, every size a number of bytes."""

from dataclasses import dataclass

from relrails.judge.answer import prepare
from relrails.probe.expect import Expectation
from relrails.probe.extract import Extract
from relrails.probe.request import Request
from relrails.probe.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStep:
    """One request; one that is repeated every `every` seconds until `until` holds, where there is such a thing."""

    name: str
    request: Request
    target: Target
    expect: tuple[Expectation, ...]
    extract: tuple[Extract, ...]
    timeout: float
    largest: int
    writes: bool = False
    always: bool = False
    scored: bool = True
    until: tuple[Expectation, ...] = ()
    every: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRetry:
    """What is tried again, how often, and for which share of the runs."""

    on: frozenset[str]
    attempts: int
    budget: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One journey; `digest` changes when anything of it does."""

    journey: str
    env: str
    owner: str
    runbook: str
    every: float
    timeout: float
    latency: float
    objective: str
    steps: tuple[PlannedStep, ...]
    retry: PlannedRetry | None
    digest: str

    @property
    def key(self) -> tuple[str, str]:
        """What no two journeys share."""
        return self.env, self.journey

    def prepare(self) -> None:
        """Read paths and expressions now, not when a run needs them. Raises ValueError where one cannot be read."""
        for step in self.steps:
            prepare((*step.expect, *step.until), [wanted.path for wanted in step.extract])

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every origin that it goes to."""
        return tuple(dict.fromkeys(step.target for step in self.steps))
