"""A journey that runs more often than its result is read.

Prometheus reads how the last run went. Of two runs between two scrapes the first is never seen, though it may have
failed.

Flagged:
    Journey(..., every=10 * seconds, timeout=5 * seconds, retry=Retry(...))
    Service(..., scrape_interval=15 * seconds)
Fine:
    Journey(..., every=15 * seconds, timeout=5 * seconds, retry=Retry(...))
    Service(..., scrape_interval=15 * seconds)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey, backend
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.units import exact, text


@check("journey/runs-between-scrapes")
def runs_between_scrapes(service: Service, journey: Journey) -> Iterator[Problem]:
    """Flag intervals below that of the scrapes, where a runner keeps the result."""
    seen = exact(journey.every, "second") >= exact(service.scrape_interval, "second")
    if seen or backend(journey).name == "blackbox":
        return
    yield Problem(
        what=f"some runs of '{journey.name}' would never be seen",
        labels=(
            Label(at(journey, "every"), "more often than its result is read"),
            Label(at(service, "scrape_interval"), f"read every {text(service.scrape_interval)}"),
        ),
        why="a scrape reads how the last run went; of two runs between two scrapes the first is lost",
        fix=f"run it at most every {text(service.scrape_interval)}",
    )
