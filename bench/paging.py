"""How often the page of a journey comes for nothing, and how soon for something: the rendered rule, simulated."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf
from typing import Any

import numpy as np

from bench.table import Table
from probes import auth_query
from relrails.probe import Journey
from relrails.promql import Aggregate, Binary, Call, Expr, Number, Range, Selector, text
from relrails.promql.example import accepts
from relrails.rules import AlertingRule, RuleGroup, names
from relrails.rules.journeys import journey_groups
from relrails.units import exact
from services import core_api

MONTH = 30 * 86_400
MONTHS = 400
OUTAGES = 2_000
WARM_UP = 1_200
HOUR = 3_600
NOISE = (0.001, 0.005, 0.02)
REFERENCE = {0.001: 0.0, 0.005: 0.10, 0.02: 1.85}
"""False pages per journey-month of 3 of 5 that were simulated before there was a rule."""
Array = Any
"""A NumPy array of floats or truths."""


@dataclass(frozen=True, slots=True)
class Page:
    """The rule of a page as it is rendered, and how often it is evaluated."""

    rule: AlertingRule
    every: float
    scrape: float
    run: float

    @classmethod
    def of(cls, journey: Journey = auth_query.journey) -> "Page":
        """Take the rule of a journey of core-api."""
        service = core_api.service
        group, rule = _page(journey_groups(service, journey))
        every, scrape, run = (
            float(exact(d, "second")) for d in (group.interval, service.scrape_interval, journey.every)
        )
        return cls(rule, every, scrape, run)

    def fires(self, failed: Array, at: Array, first_scrape: float) -> Array:
        """Tell at which evaluations it fires, for failed runs that were over at these seconds."""
        end = float(at[-1])
        scrapes = np.arange(first_scrape, end + self.scrape, self.scrape)
        counter = np.searchsorted(failed, scrapes, side="right").astype(float) + 1000
        labels = {"job": "relrails-probe", "env": "staging", "journey": "auth_query", "outcome": "failure"}
        due = truth(self.rule.expr, labels, scrapes, counter, at)
        keep = 0 if self.rule.keep_firing_for is None else float(exact(self.rule.keep_firing_for, "second"))
        return kept(due, round(keep / self.every))


def run() -> Iterator[Table]:
    """Simulate months of noise and outages."""
    page, random = Page.of(), np.random.default_rng(29)
    rows: list[tuple[str | float | None, ...]] = []
    for noise in NOISE:
        pages = sum(false_pages(page, noise, random) for _ in range(MONTHS))
        rows.append((f"{noise:.1%} of runs fail", pages / MONTHS, REFERENCE[noise], None, None, None))
    for share in (1.0, 0.5, 0.2):
        found = sorted(detection(page, share, random) / 60 for _ in range(OUTAGES))
        p50, p95 = (found[int(q * OUTAGES)] for q in (0.5, 0.95))
        missed = sum(map(isinf, found)) / OUTAGES
        rows.append((f"{share:.0%} of runs fail from now on", None, None, p50, None if isinf(p95) else p95, missed))
    yield Table(
        title=f"The page of auth_query as rendered: {' '.join(text(page.rule.expr).split())}",
        columns=("what happens", "false pages/month", "before", "minutes p50", "minutes p95", "missed in 1 h"),
        forms=("", ".3f", ".2f", ".2f", ".2f", ".1%"),
        rows=tuple(rows),
        notes=(
            f"{MONTHS} journey-months and {OUTAGES} outages; a run every {page.run:g} s, scraped and evaluated every "
            f"{page.scrape:g} and {page.every:g} s at random phases.",
            "Aim: 0.1 false pages at 0.5 %, and 2.5 min at p50, scraping and evaluating included.",
        ),
    )


def false_pages(page: Page, noise: float, random: np.random.Generator, seconds: float = MONTH) -> int:
    """Count the pages of a month in which runs fail now and then, each by itself."""
    over, _ = _runs(page, random, seconds)
    failed = over[random.random(len(over)) < noise]
    firing = page.fires(failed, *_phases(page, random, seconds))
    return int(np.sum(firing[1:] & ~firing[:-1]))


def detection(page: Page, share: float, random: np.random.Generator) -> float:
    """Give the seconds from the beginning of an outage to the page; infinite where it does not come within an hour."""
    seconds = WARM_UP + HOUR
    over, began = _runs(page, random, seconds)
    onset = WARM_UP + random.random() * page.run
    failed = over[(began >= onset) & (random.random(len(over)) < share)]
    at, first_scrape = _phases(page, random, seconds)
    firing = page.fires(failed, at, first_scrape)
    return float(at[np.argmax(firing)] - onset) if firing.any() else float("inf")


def truth(expr: Expr, labels: dict[str, str], scrapes: Array, counter: Array, at: Array) -> Array:
    """Evaluate a comparison at many moments, over one counter; raises ValueError for what this page does not need."""
    match expr:
        case Binary(op=">", left=left, right=Number(limit)):
            return _numbers(left, labels, scrapes, counter, at) > float(limit)
        case _:
            raise ValueError(f"cannot be simulated: {text(expr)}")


def _numbers(expr: Expr, labels: dict[str, str], scrapes: Array, counter: Array, at: Array) -> Array:
    match expr:
        case Aggregate(op="sum", of=of, by=()):
            return _numbers(of, labels, scrapes, counter, at)
        case Call(function="increase", arguments=(Range(of=Selector(_, matchers), window=window, step=None),)):
            if not all(accepts(m, labels.get(m.label, "")) for m in matchers):
                raise ValueError(f"selects another series: {text(expr)}")
            return increase(scrapes, counter, at, float(exact(window, "second")))
        case _:
            raise ValueError(f"cannot be simulated: {text(expr)}")


def increase(scrapes: Array, counter: Array, at: Array, window: float) -> Array:
    """Do as Prometheus 3 does for a counter without resets: the rise in (at - window, at], extrapolated to its edges.

    Source: extrapolatedRate in Prometheus' promql/functions.go.
    """
    last = np.searchsorted(scrapes, at, side="right") - 1
    first = np.minimum(np.searchsorted(scrapes, at - window, side="right"), np.maximum(last, 0))
    rise = counter[last] - counter[first]
    sampled = np.maximum(scrapes[last] - scrapes[first], 1e-9)
    between = sampled / np.maximum(last - first, 1)
    to_start, to_end = scrapes[first] - (at - window), at - scrapes[last]
    to_zero = np.where(rise > 0, sampled * counter[first] / np.maximum(rise, 1e-9), np.inf)
    reach = 1.1 * between
    extended = (
        sampled
        + np.minimum(np.where(to_start < reach, to_start, between / 2), to_zero)
        + np.where(to_end < reach, to_end, between / 2)
    )
    return np.where(last > first, rise * extended / sampled, 0.0)


def kept(due: Array, evaluations: int) -> Array:
    """Let an alert stand for so many evaluations after it was last due."""
    number = np.arange(len(due))
    newest = np.maximum.accumulate(np.where(due, number, -evaluations - 2))
    return number - newest <= evaluations


def _page(groups: tuple[RuleGroup, ...]) -> tuple[RuleGroup, AlertingRule]:
    return next(
        (group, rule)
        for group in groups
        for rule in group.rules
        if isinstance(rule, AlertingRule) and rule.alert == names.JOURNEY_FAILING
    )


def _runs(page: Page, random: np.random.Generator, seconds: float) -> tuple[Array, Array]:
    """Give when runs are over, and when they began: at their phase of the interval, and taking up to a second."""
    began = np.arange(random.random() * page.run, seconds, page.run)
    return began + 0.05 + random.random(len(began)) * 0.95, began


def _phases(page: Page, random: np.random.Generator, seconds: float) -> tuple[Array, float]:
    at = np.arange(WARM_UP / 2 + random.random() * page.every, seconds, page.every)
    return at, float(random.random() * page.scrape)
