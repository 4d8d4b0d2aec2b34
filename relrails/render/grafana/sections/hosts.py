"""Can the hosts that journeys go to be reached, and how long are their certificates good for?"""

from collections.abc import Iterator, Sequence

from relrails.probe import names as probe
from relrails.probe.host import Host
from relrails.promql import Selector, difference, duration_text, last_over_time, time
from relrails.render.grafana import queries
from relrails.render.grafana.field import GREEN, ORANGE, RED, Thresholds, ValueText
from relrails.render.grafana.panels import AlertList, Panel, Stat, StateTimeline
from relrails.render.grafana.sections.runs import RESULT_COLORS
from relrails.render.grafana.target import Target
from relrails.render.grafana.unit import Unit
from relrails.rules.journeys.certificates import PAGE_BELOW, SEEN_BY_ALL, TICKET_BELOW
from relrails.units import exact

REACHED = (ValueText(value=1, text="yes", color=GREEN), ValueText(value=0, text="NO", color=RED))


def hosts(of: Sequence[Host]) -> Iterator[Panel]:
    """Give the state of each host, and where one is spoken to over TLS how long its certificate is good for."""
    yield StateTimeline(
        key="reachability",
        title="Hosts",
        description="Whether each host takes a connection (over TLS: shakes hands), and whether a live server answers, "
        "as Blackbox Exporter sees it; a gap where nobody looked.",
        targets=[
            Target(expr=queries.smallest(_of(probe.SUCCESS), "target", "check"), legend="{{target}} {{check}}"),
        ],
        meanings=REACHED,
        thresholds=RESULT_COLORS,
        width=16,
    )
    yield AlertList(
        key="host-alerts",
        title="Alerts of hosts",
        description="Pending and firing alerts of hosts, from every rule source that this Grafana knows.",
        labels='{target=~".+"}',
        width=8,
    )
    if any(host.secure for host in of):
        yield _certificates()


def _certificates() -> Panel:
    left = difference(last_over_time(_of(probe.CERTIFICATE_ENDS), SEEN_BY_ALL), time())
    page, ticket = (exact(limit, "second") for limit in (PAGE_BELOW, TICKET_BELOW))
    return Stat(
        key="certificates",
        title="Certificate expires in",
        description="Time until the first of the certificates expires that a host shows, as last read within "
        f"{duration_text(SEEN_BY_ALL)}; orange below the limit of the ticket, {duration_text(TICKET_BELOW)}, red below "
        f"that of the page, {duration_text(PAGE_BELOW)}.",
        targets=[
            Target(
                expr=queries.smallest(left, "target"),
                legend="{{target}}",
                instant=True,
            )
        ],
        unit=Unit.DURATION,
        decimals=0,
        thresholds=Thresholds(RED, (page, ORANGE), (ticket, GREEN)),
        text="value_and_name",
        width=24,
    )


def _of(metric: str) -> Selector:
    return Selector(metric, (*queries.equal(job=probe.REACHABILITY_JOB), queries.ENVIRONMENT))
