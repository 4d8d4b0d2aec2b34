"""All checks over all services, in one run."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from relrails.checks._fields import misfits
from relrails.checks._registry import Check, checks
from relrails.checks._sound import UNKNOWN, Unsound, sound
from relrails.checks._use import uses, uses_of_traffic, written
from relrails.checks._waivers import waived
from relrails.problems import Label, Problem, sorted_problems
from relrails.service import Service, promise
from relrails.slo import SLO


def run(services: Sequence[Service], today: date) -> list[Problem]:
    """Find every problem of every service, but those that a waiver allows until a day that has not passed."""
    found = [problem for service in services for problem in _of_one(service)]
    whole = [sound(service) for service in services]
    for check in checks().values():
        if check.takes == ("services",):
            found += _ask(check, {"services": whole})
    return sorted_problems(waived(found, services, today))


def _of_one(service: Service) -> Iterator[Problem]:
    odd = list(misfits(service))
    whole = sound(service) if odd else service
    for check in checks().values():
        if "misfit" in check.takes:
            for misfit in odd:
                yield from _ask(check, {"misfit": misfit})
        elif check.takes != ("services",) and check.find is not None:
            for subject in _subjects(check, whole):
                yield from _ask(check, subject)


def _subjects(check: Check, service: Service) -> Iterator[dict[str, Any]]:
    """Give the values that a check asks for: once, or for each SLO, metric, PromQL, journey or step."""
    if {"journey", "step"} & set(check.takes):
        with suppress(Unsound):
            for journey in service.journeys:
                yield from _steps(check, {"service": service, "journey": journey})
    elif {"slo", "use", "written"} & set(check.takes):
        for slo in _promises(service, check.code):
            yield from _subjects_of(check, {"service": service, "slo": slo})
        if check.takes == ("use",):
            with suppress(Unsound):
                yield from ({"use": use} for use in uses_of_traffic(service))
    else:
        yield {"service": service}


_DERIVED = {"slo/name-refused", "slo/single-failure-pages", "slo/window-shorter-than-scrapes"}
"""Checks of fields that the promise of a journey gets from us; its objective and window are its writer's."""


def _promises(service: Service, code: str) -> Iterator[SLO]:
    """Give the SLOs, and those of the journeys whose values can be looked at."""
    with suppress(Unsound):
        yield from service.slos
    with suppress(Unsound):
        for journey in service.journeys if code.startswith("slo/") and code not in _DERIVED else ():
            with suppress(Unsound):
                yield promise(journey, service.scrape_interval)


def _steps(check: Check, subject: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "step" not in check.takes:
        yield subject
        return
    with suppress(Unsound):
        yield from ({**subject, "step": step} for step in subject["journey"].steps)


def _subjects_of(check: Check, subject: dict[str, Any]) -> Iterator[dict[str, Any]]:
    inside: dict[str, Any] = {"use": uses, "written": written}
    name = next((n for n in inside if n in check.takes), None)
    if name is None:
        yield subject
        return
    with suppress(Unsound):
        yield from ({**subject, name: each} for each in inside[name](subject["slo"]))


def _ask(check: Check, subject: dict[str, Any]) -> Iterable[Problem]:
    """Run one check on one subject; a check that crashes is a problem too, and hides no other."""
    if check.find is None:
        return
    try:
        for problem in check.find(**{name: subject[name] for name in check.takes}):
            yield replace(problem, code=check.code, severity=check.severity)
    except Unsound:
        return
    except Exception as error:
        if type(UNKNOWN).__name__ in str(error):  # handed to a function written in C, which cannot be refused
            return
        thing = next((subject[n] for n in ("slo", "step", "journey", "service", "misfit") if n in subject), None)
        yield Problem(
            code="relrails/check-failed",
            what=f"the check {check.code} failed: {type(error).__name__}: {error}",
            labels=(Label(thing.source.name, "while it looked at this"),) if thing is not None else (),
            why="a fault of relrails, not of this file; what the check would have found here is not known",
            fix="report it with this message and the lines that the caret shows",
        )
