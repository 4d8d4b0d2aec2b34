"""From a journey to promtool tests that prove its alerts."""

from collections.abc import Sequence

from relrails.probe import Journey
from relrails.prove.journeys.certificates import STEP as CERTIFICATES_STEP
from relrails.prove.journeys.certificates import certificates
from relrails.prove.journeys.fleet import Fleet, fleet
from relrails.prove.journeys.hosts import Site, reachability
from relrails.prove.journeys.pages import Story, pages
from relrails.prove.journeys.promises import fleet_sentence as fleet_sentence
from relrails.prove.journeys.promises import hosts_sentence as hosts_sentence
from relrails.prove.journeys.promises import journey_sentence as journey_sentence
from relrails.prove.journeys.tickets import STEP, tickets
from relrails.prove.values import Case, ProofFile
from relrails.rules import names
from relrails.rules.journeys import fleet_groups, host_groups, journey_groups
from relrails.rules.journeys.hosts import watched_hosts
from relrails.rules.journeys.watch import Watch
from relrails.service import Service

ANY_PROMTOOL = (2, 42)


def journey_proofs(service: Service, journey: Journey) -> tuple[ProofFile, ...]:
    """Give the proofs of a journey: `pages` looks every minute, `tickets` every five."""
    groups = journey_groups(service, journey)
    story = Story(Watch(service, journey), groups)
    stem = names.journey_group_name(service, journey)
    files: tuple[tuple[str, int, tuple[Case, ...]], ...] = (
        ("pages", 1, tuple(pages(story))),
        ("tickets", STEP, tuple(tickets(story))),
    )
    return tuple(
        ProofFile(
            path=f"prometheus/tests/{stem}.{name}.yml",
            rule_file=f"../rules/{stem}.yml",
            every=every,
            needs=ANY_PROMTOOL,
            groups=tuple(group.name for group in groups),
            cases=cases,
        )
        for name, every, cases in files
    )


def fleet_proofs(services: Sequence[Service]) -> tuple[ProofFile, ...]:
    """Give the proofs of the alerts that are about all journeys; none where there is no journey."""
    groups = fleet_groups(services)
    cases = tuple(fleet(Fleet(services, groups)))
    if not cases:
        return ()
    return (
        ProofFile(
            path=f"prometheus/tests/{names.FLEET_GROUP}.pages.yml",
            rule_file=f"../rules/{names.FLEET_GROUP}.yml",
            every=1,
            needs=ANY_PROMTOOL,
            groups=tuple(group.name for group in groups),
            cases=cases,
        ),
    )


def host_proofs(services: Sequence[Service]) -> tuple[ProofFile, ...]:
    """Give the proofs of the alerts about hosts: `reachability` looks every minute, `certificates` every five."""
    groups = host_groups(services)
    watched = watched_hosts(services)
    sites = [Site(of, groups, watched) for of in watched]
    files: tuple[tuple[str, int, tuple[Case, ...]], ...] = (
        ("reachability", 1, tuple(c for site in sites for c in reachability(site))),
        (
            "certificates",
            CERTIFICATES_STEP,
            tuple(c for site in sites if site.of.host.secure for c in certificates(site)),
        ),
    )
    return tuple(
        ProofFile(
            path=f"prometheus/tests/{names.HOSTS_GROUP}.{name}.yml",
            rule_file=f"../rules/{names.HOSTS_GROUP}.yml",
            every=every,
            needs=ANY_PROMTOOL,
            groups=tuple(group.name for group in groups),
            cases=cases,
        )
        for name, every, cases in files
        if cases
    )
