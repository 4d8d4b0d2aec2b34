"""What the proofs of a journey promise to the people on call."""

from collections.abc import Sequence
from math import ceil

from relrails.probe import Journey
from relrails.promql import duration_text
from relrails.rules.journeys.certificates import PAGE_BELOW, TICKET_BELOW
from relrails.rules.journeys.fleet import DOWN_FOR, shared_steps
from relrails.rules.journeys.hosts import FAILURES, OF, UNSEEN_FOR, watched_hosts
from relrails.rules.journeys.pages import KEEP, stale_after
from relrails.rules.journeys.watch import Watch
from relrails.service import Service
from relrails.units import exact


def journey_sentence(service: Service, journey: Journey) -> str:
    """Say it in one line: when a journey pages, when not, and when it is silent again."""
    page, every = journey.page, exact(journey.every, "minute")
    watch = Watch(service, journey)
    outage, over = ceil(page.failures * every), ceil((page.of - page.failures + 1) * every + exact(KEEP, "minute"))
    quiet = f", {page.failures - 1} of {page.of} silent" if page.failures > 1 else ""
    return (
        f"pages after {outage} min of hard outage{quiet}, after {stale_after(watch)} without a run, "
        f"clears {over} min after recovery"
    )


def fleet_sentence(services: Sequence[Service]) -> str:
    """Say it in one line: when the probers page, and which steps page for all journeys."""
    shared = [f"{s.name} in {s.env} pages once for {len(s.watches)} journeys" for s in shared_steps(services)]
    return ", ".join((f"a prober that is down pages after {duration_text(DOWN_FOR)}", *shared))


def hosts_sentence(services: Sequence[Service]) -> str:
    """Say it in one line: when a host is somebody's work."""
    secure = any(of.host.secure for of in watched_hosts(services))
    limits = (
        f"a certificate is a ticket {duration_text(TICKET_BELOW)} before its end and pages {duration_text(PAGE_BELOW)} "
        f"before it",
    )
    return ", ".join(
        (
            f"a host is a ticket when {FAILURES} of {OF} probes failed, and when it is not checked for "
            f"{duration_text(UNSEEN_FOR)}",
            *(limits if secure else ()),
        )
    )
