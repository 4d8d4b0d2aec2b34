"""A metric that is narrowed to nothing.

`.where(...)` adds to what is there already. Two different values for one label cannot both hold, so no series is left,
and what is never counted is never bad.

Flagged:
    sli.Availability(total=requests, bad=requests.where(code="500").where(code="503"))

    requests = metric.Counter("http_requests_total").where(job="checkout", code="200").where(code="500")
Fine:
    sli.Availability(total=requests, bad=requests.where(code=metric.matching("500|503")))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._use import Use, uses
from relrails.problems import Label, Problem
from relrails.promql import Matcher
from relrails.promql.example import accepts
from relrails.slo import SLO


@check("sli/matches-nothing")
def matches_nothing(slo: SLO) -> Iterator[Problem]:
    """Flag a matcher that refuses the one value which another one asks for, once for each pair of them."""
    found: dict[tuple[str, Matcher, Matcher], Use] = {}
    for use in uses(slo):
        for wanted, other in _contradictions(use.metric.matchers):
            found.setdefault((use.metric.name, wanted, other), use)
            break
    for (name, wanted, other), use in found.items():
        yield Problem(
            what=f"no series of {name} has {_text(wanted)} and {_text(other)}",
            labels=(
                Label(use.label(other.label, other.value), "together with"),
                Label(use.label(wanted.label, wanted.value), "this"),
            ),
            why="the selector matches nothing, so nothing is ever counted and the alert could never fire",
            fix=f'for one or the other write `{wanted.label}=metric.matching("{wanted.value}|{other.value}")`',
        )


def _contradictions(matchers: tuple[Matcher, ...]) -> Iterator[tuple[Matcher, Matcher]]:
    for index, wanted in enumerate(matchers):
        for place, other in enumerate(matchers):
            told = other.op == "=" and place < index
            same = wanted.op == "=" and other.label == wanted.label
            if same and not told and not accepts(other, wanted.value):
                yield wanted, other


def _text(matcher: Matcher) -> str:
    return f'{matcher.label}{matcher.op}"{matcher.value}"'
