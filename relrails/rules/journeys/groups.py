"""The rule groups of a journey: the pages as often as it is scraped, the tickets every five minutes."""

from collections.abc import Sequence

from relrails.probe import Journey
from relrails.rules import names
from relrails.rules.journeys.certificates import certificates
from relrails.rules.journeys.hosts import unreachable, unseen, watched_hosts
from relrails.rules.journeys.pages import pages
from relrails.rules.journeys.tickets import tickets
from relrails.rules.journeys.watch import Watch
from relrails.rules.values import RuleGroup
from relrails.service import Service
from relrails.units import Duration, exact


def journey_groups(service: Service, journey: Journey) -> tuple[RuleGroup, ...]:
    """Give the alerts of one journey."""
    watch = Watch(service, journey)
    slow = tickets(watch)
    groups = [
        RuleGroup(name=names.journey_group_name(service, journey), interval=page_interval(service), rules=pages(watch))
    ]
    if slow:
        name = names.journey_ticket_group_name(service, journey)
        groups.append(RuleGroup(name=name, interval=names.LONG_INTERVAL, rules=slow))
    return tuple(groups)


def host_groups(services: Sequence[Service]) -> tuple[RuleGroup, ...]:
    """Give the alerts about the hosts of all journeys; none where there is no journey, no certificates without TLS."""
    watched = watched_hosts(services)
    reachability = tuple(rule(of) for of in watched for rule in (unreachable, unseen))
    secure = tuple(rule for of in watched if of.host.secure for rule in certificates(of))
    groups = (
        RuleGroup(name=names.HOSTS_GROUP, interval=names.SHORT_INTERVAL, rules=reachability),
        RuleGroup(name=names.CERTIFICATES_GROUP, interval=names.LONG_INTERVAL, rules=secure),
    )
    return tuple(group for group in groups if group.rules)


def page_interval(service: Service) -> Duration:
    """How often pages are evaluated: as often as there is something new to see, and at least every minute."""
    return min(service.scrape_interval, names.SHORT_INTERVAL, key=lambda d: exact(d, "second"))
