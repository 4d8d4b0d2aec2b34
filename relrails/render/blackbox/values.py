"""What Blackbox is asked to probe, as data: the scrape jobs of Prometheus are made of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relrails.probe import Journey, backend
from relrails.probe.host import EVERY, TIMEOUT
from relrails.probe.names import BLACKBOX_JOB, REACHABILITY_JOB
from relrails.render.blackbox.companions import checks_of
from relrails.render.blackbox.journeys import address, module_name
from relrails.service import Service
from relrails.units import Duration


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """One address that is probed with one module, and the labels by which its series are known."""

    job: str
    every: Duration
    timeout: Duration
    module: str
    address: str
    labels: tuple[tuple[str, str], ...]


def probes(services: Sequence[Service]) -> Iterator[Probe]:
    """Give every probe of Blackbox: journeys first, then the companions of all journeys."""
    for service, journey in simple_journeys(services):
        yield Probe(
            job=BLACKBOX_JOB,
            every=journey.every,
            timeout=journey.timeout,
            module=module_name(journey),
            address=address(journey),
            labels=(("env", journey.env), ("journey", journey.name), ("service", service.name)),
        )
    for host, check, name in checks_of(services):
        yield Probe(
            job=REACHABILITY_JOB,
            every=EVERY,
            timeout=TIMEOUT,
            module=name,
            address=host.address(check),
            labels=(("env", host.env), ("target", host.name), ("check", check)),
        )


def simple_journeys(services: Sequence[Service]) -> Iterator[tuple[Service, Journey]]:
    """Give the journeys that Blackbox runs, with their services."""
    for service in services:
        for journey in service.journeys:
            if backend(journey).name == "blackbox":
                yield service, journey
