"""Queries for the first minutes: what fires, how fast, how much is left, who is up, and who is bad."""

from dataclasses import dataclass

from relrails.promql import (
    Expr,
    Matcher,
    call,
    compare,
    duration_text,
    number,
    or_,
    pretty,
    product,
    quotient,
    selector,
)
from relrails.rules import names
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import minutes

_LOOK = 5 * minutes
_RATIOS = names.error_ratio(_LOOK).removesuffix(duration_text(_LOOK))


@dataclass(frozen=True, slots=True)
class Query:
    """A question, and the PromQL that answers it."""

    question: str
    promql: str


def first_five(service: Service) -> tuple[Query, ...]:
    """Five queries that need nothing but the name of the service."""
    of = {"service": service.name}
    ratios = Matcher("__name__", "=~", f"{_RATIOS}.+")
    five = (
        ("What fires?", selector("ALERTS", alertstate="firing", **of)),
        ("How many times too fast does each budget burn?", _worst_first(selector(names.CURRENT_BURN_RATE, **of))),
        ("Since when: what share was bad over each window?", selector("", (ratios,), **of)),
        ("How much of each budget is left?", selector(names.BUDGET_REMAINING, **of)),
        ("Is anything scraped?", _scraped(service)),
    )
    return tuple(Query(question, pretty(expr)) for question, expr in five)


def bad_instances(slo: SLO) -> Query:
    """Ask for the share of bad events of each instance, worst first, from the raw series."""
    by = (*slo.by, *(() if "instance" in slo.by else ("instance",)))
    total = slo.sli.total_rate(_LOOK, by)
    bad = slo.sli.bad_rate(_LOOK, by, product(number(0), total))
    expr = _worst_first(quotient(bad, compare(total, ">", number(0))))
    return Query(f"What share of the {slo.sli.events} of each instance is bad?", pretty(expr))


def events_left(service: Service, slo: SLO) -> Query:
    """Ask how many more bad events the budget of the window has room for."""
    total = names.series_of(service, slo, names.total_over(slo.window))
    left = names.series_of(service, slo, names.BUDGET_REMAINING)
    expr = product(product(left, total), number(slo.budget))
    return Query(f"How many more bad {slo.sli.events} does the budget have room for?", pretty(expr))


def _scraped(service: Service) -> Expr:
    jobs = sorted({job for slo in service.promises for job in slo.sli.jobs()})
    if not jobs:
        return selector(names.COVERAGE, service=service.name)
    found: Expr = selector("up", job=jobs[0])
    for job in jobs[1:]:
        found = or_(found, selector("up", job=job))
    return found


def _worst_first(of: Expr) -> Expr:
    return call("sort_desc", of)
