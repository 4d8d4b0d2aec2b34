"""Certificates of the hosts that journeys go to: a ticket while there is time, a page when there is hardly any."""

from relrails.probe import names as exported
from relrails.promql import Aggregate, Expr, compare, difference, duration_text, last_over_time, number, or_, time
from relrails.promql.ast import Range
from relrails.promql.build import call
from relrails.rules import names
from relrails.rules.journeys.hosts import Watched
from relrails.rules.journeys.template import literal
from relrails.rules.values import AlertingRule
from relrails.slo import Severity
from relrails.units import Duration, days, exact, hours

TICKET_BELOW: Duration = 14 * days
"""Renewal by a machine is weeks overdue by then, and a person still has ten working days."""
PAGE_BELOW: Duration = 3 * days
"""Longer than a weekend."""
SEEN_BY_ALL: Duration = 1 * hours
"""Of several servers behind one name each has been asked by then, so that the oldest certificate counts."""
REMEMBERED: Duration = 1 * days
"""Once it has expired no handshake succeeds and nothing is seen of it: what was last seen stands so long."""
LEFT = "{{ if gt $value 0.0 }}expires in {{ $value | humanizeDuration }}{{ else }}has expired{{ end }}"


def certificates(of: Watched) -> tuple[AlertingRule, AlertingRule]:
    """Give the page and the ticket of a host that is spoken to over TLS."""
    return (
        _expiring(
            of,
            "page",
            exported.CHAIN_ENDS,
            PAGE_BELOW,
            f"Once it has expired no customer gets through who checks it. Journeys that go there: {of.journeys}.",
        ),
        _expiring(
            of,
            "ticket",
            exported.CERTIFICATE_ENDS,
            TICKET_BELOW,
            f"It should have been renewed by now; {duration_text(PAGE_BELOW)} before the end somebody is called. "
            f"Journeys that go there: {of.journeys}.",
        ),
    )


def _expiring(of: Watched, severity: Severity, metric: str, below: Duration, then: str) -> AlertingRule:
    # No `for`: it is a date that was read, which does not come and go as failures do.
    return AlertingRule(
        alert=names.CERTIFICATE,
        expr=compare(_left(of, metric), "<", number(exact(below, "second"))),
        labels=of.labels(severity),
        annotations=of.says(
            names.CERTIFICATE,
            f"the certificate of {of.host.name} in {literal(of.host.env)} {LEFT}",
            f"A certificate that {literal(of.host.url)} shows {LEFT}; the limit of this {severity} is "
            f"{duration_text(below)}. {then}",
        ),
    )


def _left(of: Watched, metric: str) -> Expr:
    """Seconds that are left of the certificate that expires first; what was last seen, where nothing is seen now."""
    found = of.series(metric)
    now = Aggregate("min", call("min_over_time", Range(found, SEEN_BY_ALL)))
    before = Aggregate("min", last_over_time(found, REMEMBERED))
    return difference(or_(now, before), time())
