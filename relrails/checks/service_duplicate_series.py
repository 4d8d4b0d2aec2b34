"""Two services that record the same series.

Service and SLO name are the labels that tell recorded series apart. Where two rules record the same series, Prometheus
keeps the sample of one and drops the other, now this one and now that one: the error ratio jumps between two services.

Flagged:
    Service(..., name="checkout")
    Service(..., name="checkout")

    requests = metric.Counter("slo:sli_total:rate").where(job="checkout")
Fine:
    Service(..., name="checkout")
    Service(..., name="search")
"""

from collections.abc import Iterator, Sequence

from relrails.checks import fleet_check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.checks._use import uses
from relrails.problems import Label, Problem
from relrails.rules import names
from relrails.service import Service
from relrails.slo import SLO

OURS = {v for v in vars(names).values() if isinstance(v, str) and v.startswith(("slo:", "relrails_"))}


@fleet_check("service/duplicate-series", waivable=False)
def duplicate_series(services: Sequence[Service]) -> Iterator[Problem]:
    """Flag SLOs of two services with the same labels, and metrics that have the name of a series of ours."""
    first: dict[str, Service] = {}
    for service in services:
        if known(service.name) and (earlier := first.setdefault(service.name, service)) is not service:
            yield from (_twice(service, before, after) for before, after in shared(earlier, service))
        yield from _scraped(service)


def shared(earlier: Service, later: Service) -> Iterator[tuple[SLO, SLO]]:
    """Give the SLOs of two services that have the same labels."""
    if not (known(earlier.name) and known(later.name) and known(earlier.slos) and known(later.slos)):
        return
    if earlier.name == later.name:
        before = {s.name: s for s in earlier.slos if known(s.name)}
        yield from ((before[s.name], s) for s in later.slos if known(s.name) and s.name in before)


def _twice(service: Service, before: SLO, after: SLO) -> Problem:
    series = f'slo:sli_total:rate{{service="{service.name}",slo="{after.name}"}}'
    same = before.source.span == after.source.span
    return Problem(
        what=f"two services record `{series}`",
        labels=(
            Label(at(service, "name"), f"'{service.name}' again"),
            *(() if same else (Label(at(after, "name"), "this SLO"),)),
            Label(at(before, "name"), "both give this SLO" if same else "and this one"),
        ),
        why="Prometheus keeps the sample of one rule and drops the other's, so the error ratio jumps between the two",
        fix="give this service another name, or list the SLO in one service only",
    )


def _scraped(service: Service) -> Iterator[Problem]:
    for slo in service.slos if known(service.slos) else ():
        for use in uses(slo) if known(slo.sli) else ():
            if known(use.metric.name) and use.metric.name in OURS | _ratios(use.metric.name):
                yield Problem(
                    what=f"metric `{use.metric.name}` has the name of a series that relrails records",
                    labels=(Label(use.name, "recorded by every SLO"),),
                    why="the rule would read what it writes, and what is scraped and what is recorded would mix",
                    fix="rename the metric where the service is instrumented; names with `:` belong to rules",
                )


def _ratios(name: str) -> set[str]:
    return {name} if name.startswith(("slo:sli_", "slo:period_")) else set()
