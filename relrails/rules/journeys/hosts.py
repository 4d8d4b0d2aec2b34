"""Alerts about the hosts that journeys go to: causes, which name the host; the journey itself calls somebody."""

from collections.abc import Sequence
from dataclasses import dataclass

from relrails.probe import names as exported
from relrails.probe.host import EVERY, Host, hosts_of
from relrails.promql import (
    Aggregate,
    Selector,
    absent,
    compare,
    count_over_time,
    difference,
    duration_text,
    number,
    or_,
    sum_over_time,
)
from relrails.rules import names
from relrails.rules.journeys import reach
from relrails.rules.journeys.pages import KEEP
from relrails.rules.journeys.template import asked, literal, value
from relrails.rules.journeys.watch import Watch
from relrails.rules.values import AlertingRule
from relrails.service import Service
from relrails.slo import Severity
from relrails.units import Duration, exact, minutes, ms

FAILURES, OF = 3, 5
"""So many of the last probes must fail, as runs of a journey must: one lost packet tells nobody."""
UNSEEN_FOR: Duration = 10 * minutes
"""Time for Blackbox to be restarted or moved before it is somebody's work."""
FAILED = '{{ $value | printf "%.0f" }}'
WINDOW: Duration = (OF * int(exact(EVERY, "millisecond")) - 1) * ms
"""The last probes: as each is one sample, it holds so many, and a hair less, lest one more lies on its edge."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A host, and the journeys that go there."""

    host: Host
    watches: tuple[Watch, ...]

    @property
    def first(self) -> Watch:
        """The journey by which its alerts are owned: of the service that is the host, if one is named so."""
        known = [w for w in self.watches if w.service.name == self.host.name]
        return (known or self.watches)[0]

    @property
    def journeys(self) -> str:
        """Name the journeys."""
        found = sorted({w.journey.name for w in self.watches})
        return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"

    def series(self, metric: str, **labels: str) -> Selector:
        """Select a series of the checks of the host."""
        return reach.series(self.host, metric, **labels)

    def labels(self, severity: Severity) -> dict[str, str]:
        """Give the labels that route an alert, and by which the page of a journey silences it."""
        service = self.first.service
        return {
            "severity": severity,
            "service": service.name,
            "owner": service.owner,
            "env": self.host.env,
            "target": self.host.name,
        }

    def says(self, alert: str, summary: str, description: str) -> dict[str, str]:
        """Give the annotations that every alert has."""
        service, journey = self.first.service, self.first.journey
        return {
            "summary": summary,
            "description": description,
            "runbook_url": names.runbook_url(service, alert),
            "dashboard_url": names.journeys_url(service, journey),
        }


def watched_hosts(services: Sequence[Service]) -> tuple[Watched, ...]:
    """Give each host of all journeys once, sorted."""
    watches = [Watch(s, j) for s in sorted(services, key=lambda s: s.name) for j in s.journeys]
    return tuple(
        Watched(host, tuple(w for w in watches if host in hosts_of((w.journey,))))
        for host in hosts_of(w.journey for w in watches)
    )


def unreachable(of: Watched) -> AlertingRule:
    """Most of the last probes of a host failed, by the check that fails more often."""
    found = of.series(exported.SUCCESS)
    failed = difference(count_over_time(found, WINDOW), sum_over_time(found, WINDOW))
    return AlertingRule(
        alert=names.HOST_UNREACHABLE,
        expr=compare(Aggregate("max", failed), ">", number(FAILURES - 1)),
        keep_firing_for=KEEP,
        labels=of.labels("ticket"),
        annotations={
            **of.says(
                names.HOST_UNREACHABLE,
                f"{of.host.name} is out of reach in {literal(of.host.env)}: {FAILED} of the last {OF} probes failed",
                f"Blackbox Exporter asks {literal(of.host.url)} every {duration_text(EVERY)}, and {FAILED} of its last "
                f"{OF} probes failed; the last answer was {answer(of)}. Journeys that go there: {of.journeys}.",
            ),
            "hosts": reach.state(of.host),
        },
    )


def answer(of: Watched) -> str:
    """Write the status of the last answer."""
    status = Aggregate("max", of.series(exported.HTTP_STATUS, check="answers"))
    return asked(compare(status, ">", number(0)), value("status %.0f"), "none")


def unseen(of: Watched) -> AlertingRule:
    """A check of a host has no result: neither good news nor bad news, and nobody else would tell."""
    return AlertingRule(
        alert=names.HOST_UNSEEN,
        expr=or_(absent(reach.result(of.host, "answers")), absent(reach.result(of.host, "connects"))),
        for_=UNSEEN_FOR,
        labels=of.labels("ticket"),
        annotations=of.says(
            names.HOST_UNSEEN,
            f"{of.host.name} is not checked in {literal(of.host.env)}: nobody knows whether it can be reached",
            f"For {duration_text(UNSEEN_FOR)} Blackbox Exporter has given no result of whether {of.host.name} "
            f"{missing(of)}. While that is so, a page of {of.journeys} cannot say whether the way there is open, and "
            f"no other alert about this host can begin to fire.",
        ),
    )


def missing(of: Watched) -> str:
    """Name the checks that have no result."""
    answers, connects = (reach.result(of.host, check) for check in ("answers", "connects"))
    return asked(answers, "takes connections", asked(connects, "answers", "answers or takes connections"))
