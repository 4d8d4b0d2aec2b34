"""A runbook that is no link.

Every alert carries the link to its part of the runbook. At three in the morning a path or a title opens nothing.

Flagged:
    Service(..., runbook="docs/runbooks/checkout.md")

    Service(..., runbook="https://robot:secret@runbooks.example.com/checkout")
Fine:
    Service(..., runbook="https://runbooks.example.com/checkout")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._names import link_fault
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("service/runbook-not-a-url")
def runbook_not_a_url(service: Service) -> Iterator[Problem]:
    """Flag what a browser would not open, and what should not be in every alert."""
    fault = link_fault(service.runbook)
    if fault is not None:
        yield Problem(
            what=f"the runbook of '{service.name}' cannot be linked",
            labels=(Label(at(service, "runbook"), fault),),
            why="it is the `runbook_url` of every alert, which the person on call opens from the telephone",
            fix=f'write where it is published: `runbook="https://runbooks.example.com/{service.name}"`',
        )
