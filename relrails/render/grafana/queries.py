"""The expressions that panels of one SLO and of the fleet share."""

from typing import Literal

from relrails.probe import Journey
from relrails.promql import (
    Aggregate,
    Expr,
    Matcher,
    Selector,
    String,
    call,
    difference,
    last_over_time,
    max_by,
    number,
    or_,
    product,
)
from relrails.service import Service
from relrails.sli import ProbeSuccess
from relrails.slo import SLO
from relrails.units import Duration, minutes

ENVIRONMENT = Matcher("env", "=~", "$environment")
"""Chosen by the reader; all of them is `.*`, which also matches series that have no such label."""

EDGE: Duration = 10 * minutes
"""Series recorded every 5 minutes are as old as an instant query looks back, so for a moment it would find nothing."""

FIRING = 2
"""An alert's state as a number: 0 quiet, 1 pending, 2 firing."""


def of_all(metric: str, **labels: str) -> Selector:
    """Select a recorded series of every SLO in the chosen environments."""
    return Selector(metric, (*equal(**labels), ENVIRONMENT))


def newest(of: Selector) -> Expr:
    """Take a series that is recorded every 5 minutes at its newest sample."""
    return last_over_time(of, EDGE)


def smallest(of: Expr, *by: str) -> Aggregate:
    """Smallest, keeping the labels in `by`: the worst of budgets."""
    return Aggregate("min", of, by)


def largest(of: Expr, *by: str) -> Aggregate:
    """Largest, keeping the labels in `by`: the worst of burn rates."""
    return max_by(of, *by)


def ascending(of: Expr) -> Expr:
    """Smallest first."""
    return call("sort", of)


def descending(of: Expr) -> Expr:
    """Largest first."""
    return call("sort_desc", of)


def good(error_ratio: Expr) -> Expr:
    """Share of good events."""
    return difference(number(1), error_ratio)


def labelled(of: Expr, label: str, value: str) -> Expr:
    """Add a label to every series."""
    return call("label_replace", of, String(label), String(value), String(""), String(""))


def alert_state(base: Expr, by: tuple[str, ...], *where: Matcher) -> Expr:
    """2 firing, 1 pending, 0 quiet; nothing at all where not even `base` is recorded.

    Prometheus has no series for a quiet alert, so the zero comes from a series that its rule group records: where the
    rules are not evaluated the answer is missing, not good.
    """
    firing = largest(alert_series("firing", *where), *by)
    pending = largest(alert_series("pending", *where), *by)
    quiet = product(number(0), largest(base, *by))
    return or_(or_(product(number(FIRING), firing), pending), quiet)


def alert_series(state: Literal["firing", "pending"], *where: Matcher) -> Selector:
    """Select Prometheus' own series of the alerts in a state."""
    return Selector("ALERTS", (*where, Matcher("alertstate", "=", state), ENVIRONMENT))


def equal(**labels: str) -> tuple[Matcher, ...]:
    """Match labels that are equal."""
    return tuple(Matcher(name, "=", value) for name, value in labels.items())


def promise_of(service: Service, journey: Journey) -> SLO:
    """Find the SLO that a service makes of a journey: the one that reads its result."""
    mine = Matcher("journey", "=", journey.name)
    return next(p for p in service.promises if isinstance(p.sli, ProbeSuccess) and mine in p.sli.gauge.matchers)


def ref(index: int) -> str:
    """Name a panel's queries: A to Z, then Q26 and so on."""
    return chr(ord("A") + index) if index < 26 else f"Q{index}"
