"""A job whose addresses are declared twice.

A job has one name in Prometheus' configuration, and the second of two would be refused.

Flagged:
    Service(
        ...,
        scrapes=(Scrape(..., targets=("a:9090",)), Scrape(..., targets=("b:9090",))),
    )
Fine:
    Service(..., scrapes=(Scrape(..., targets=("a:9090", "b:9090")),))
"""

from collections.abc import Iterator, Sequence

from relrails.checks import fleet_check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.problems import Label, Problem
from relrails.scrape import Scrape
from relrails.service import Service


@fleet_check("scrape/duplicate-job", waivable=False)
def duplicate_job(services: Sequence[Service]) -> Iterator[Problem]:
    """Flag each job that an earlier declaration names, unless it says the same."""
    first: dict[str, Scrape] = {}
    for service in services:
        for scrape in _scrapes(service):
            earlier = first.setdefault(scrape.job, scrape)
            if earlier != scrape:
                yield Problem(
                    what=f"the addresses of job '{scrape.job}' are declared twice",
                    labels=(Label(at(scrape, "job"), "again here"), Label(at(earlier, "job"), "first here")),
                    why="a job has one entry in Prometheus' configuration; half of the service would not be scraped",
                    fix="list all of its addresses in one `Scrape`",
                )


def _scrapes(service: Service) -> Iterator[Scrape]:
    if known(service.scrapes):
        yield from (scrape for scrape in service.scrapes if known(scrape.job) and known(scrape.targets))
