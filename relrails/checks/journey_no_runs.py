"""A journey whose runs nobody can look up.

The alerts of a journey link to the page of its last failures: what was asked, what came back, and the trace.

Flagged:
    Journey(...)
    Service(..., runs="")

    Journey(...)
    Service(..., runs="probes.example.com")
Fine:
    Journey(...)
    Service(..., runs="https://probes.example.com")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._names import link_fault
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("journey/no-runs")
def no_runs(service: Service) -> Iterator[Problem]:
    """Flag services with journeys and no address of the runner's pages."""
    fault = link_fault(service.runs)
    if not service.journeys or fault is None:
        return
    yield Problem(
        what=f"the runs of the journeys of '{service.name}' cannot be linked",
        labels=(Label(at(service, "runs"), fault if service.runs else "no `runs`"), Label(at(service, "journeys"))),
        why="the person who is called sees from there what was asked and what came back, and would have to guess",
        fix='write where the runner is reached: `runs="https://probes.example.com"`',
    )
