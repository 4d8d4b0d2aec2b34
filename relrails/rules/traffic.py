"""What comes in, as rules: requests by endpoint, the share of the probes among them, and the slowest endpoints.

Each raw sample is read once: the rules are evaluated every five minutes, over as long a window. Nothing is recorded of
what is not there, and a share of no requests is none.
"""

from decimal import Decimal
from fractions import Fraction

from relrails.promql import (
    Expr,
    Matcher,
    Selector,
    String,
    and_,
    call,
    compare,
    increase,
    number,
    or_,
    product,
    quotient,
    rate,
    sum_by,
    unless,
)
from relrails.rules import names
from relrails.rules.values import RecordingRule, RuleGroup
from relrails.service import Service
from relrails.traffic import Traffic
from relrails.units import Duration

OVER: Duration = names.LONG_INTERVAL
QUANTILE = Decimal("0.95")
OTHERS = "(all others)"
"""No template has this name, as one may be named `other`."""


def traffic_group(service: Service) -> RuleGroup | None:
    """Render what comes in; None where a service does not declare it."""
    traffic = service.traffic
    if traffic is None:
        return None
    return RuleGroup(
        name=names.traffic_group_name(service),
        interval=names.LONG_INTERVAL,
        rules=(
            _record(service, names.TRAFFIC_REQUESTS, sum_by(rate(traffic.requests.selector, OVER), traffic.route)),
            _record(service, names.TRAFFIC_TOP, _most(service, traffic)),
            _record(service, names.TRAFFIC_PROBES, _probes(service, traffic)),
            _record(service, names.TRAFFIC_PROBE_SHARE, _share(service)),
            _record(service, names.TRAFFIC_SLOWEST, _slowest(traffic)),
        ),
    )


def _most(service: Service, traffic: Traffic) -> Expr:
    """Keep the endpoints with most requests apart; where there are no others, there is no series of them."""
    requests = _recorded(service, names.TRAFFIC_REQUESTS)
    most = call("topk", number(traffic.top), requests)
    others = sum_by(unless(requests, most))
    named = call("label_replace", others, String(traffic.route), String(OTHERS), String(""), String(""))
    return or_(most, named)


def _probes(service: Service, traffic: Traffic) -> Expr:
    """A service that no probe has called yet has no series of them, and where requests are counted that is none."""
    none = product(number(0), sum_by(_recorded(service, names.TRAFFIC_REQUESTS)))
    return or_(sum_by(rate(traffic.probes.selector, OVER)), none)


def _share(service: Service) -> Expr:
    requests = sum_by(_recorded(service, names.TRAFFIC_REQUESTS))
    probes = sum_by(_recorded(service, names.TRAFFIC_PROBES))
    return quotient(probes, compare(requests, ">", number(0)))


def _slowest(traffic: Traffic) -> Expr:
    """Ask only endpoints with enough answers; half an answer less, because rates only estimate whole ones."""
    durations, route = traffic.durations, traffic.route
    buckets = Selector(f"{durations.name}_bucket", durations.matchers)
    taken = call("histogram_quantile", number(QUANTILE), sum_by(rate(buckets, OVER), route, "le"))
    answers = sum_by(increase(durations.count, OVER), route)
    enough = compare(answers, ">", number(traffic.minimum_requests - Fraction(1, 2)))
    return call("topk", number(traffic.top), and_(taken, enough))


def _record(service: Service, name: str, expr: Expr) -> RecordingRule:
    return RecordingRule(record=name, expr=expr, labels={"service": service.name})


def _recorded(service: Service, name: str) -> Selector:
    return Selector(name, (Matcher("service", "=", service.name),))
