"""From services to plans; only the process that reads service files imports this, because it has units."""

import hashlib
from collections.abc import Iterable, Iterator

from relrails.live.probe.plan import Plan, PlannedRetry, PlannedStep
from relrails.probe import Journey, Poll, Retry, backend
from relrails.service import Service
from relrails.units import exact


def plans(services: Iterable[Service]) -> tuple[Plan, ...]:
    """Give the journeys that the runner walks, each once, in the order of their names; Blackbox has the others."""
    found: dict[tuple[str, str], Plan] = {}
    for service in services:
        for journey in service.journeys:
            if backend(journey).name == "runner":
                found.setdefault((journey.env, journey.name), plan(journey, service))
    return tuple(found[key] for key in sorted(found))


def plan(journey: Journey, service: Service) -> Plan:
    """Give one journey as the runner walks it."""
    return Plan(
        journey=journey.name,
        env=journey.env,
        owner=service.owner,
        runbook=service.runbook,
        every=float(exact(journey.every, "second")),
        timeout=float(exact(journey.timeout, "second")),
        latency=float(exact(journey.latency, "second")),
        objective=str(exact(journey.objective, "ratio")),
        steps=tuple(_steps(journey)),
        retry=None if journey.retry is None else _retry(journey.retry),
        # Objects that differ in nothing but where they were written have the same representation.
        digest=hashlib.sha256(repr((journey, service.owner, service.runbook)).encode()).hexdigest()[:16],
    )


def _steps(journey: Journey) -> Iterator[PlannedStep]:
    for step in journey.steps:
        yield PlannedStep(
            name=step.name,
            request=step.request,
            target=step.request.target or journey.target,
            expect=step.expect,
            extract=step.extract,
            timeout=float(exact(step.timeout, "second")),
            largest=int(exact(step.largest, "byte")),
            writes=step.writes,
            always=step.always,
            scored=step.scored,
            until=step.until if isinstance(step, Poll) else (),
            every=float(exact(step.every, "second")) if isinstance(step, Poll) else 0,
        )


def _retry(retry: Retry) -> PlannedRetry:
    return PlannedRetry(on=frozenset(retry.on), attempts=retry.attempts, budget=float(exact(retry.budget, "ratio")))
