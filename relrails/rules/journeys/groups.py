"""The rule groups of a journey: the pages as often as it is scraped, the tickets every five minutes."""

from relrails.probe import Journey
from relrails.rules import names
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


def page_interval(service: Service) -> Duration:
    """How often pages are evaluated: as often as there is something new to see, and at least every minute."""
    return min(service.scrape_interval, names.SHORT_INTERVAL, key=lambda d: exact(d, "second"))
