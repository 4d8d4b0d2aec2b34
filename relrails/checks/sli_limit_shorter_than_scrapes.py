"""A limit on the age of data that is shorter than the time between two scrapes.

Between two scrapes the newest record that Prometheus knows of grows older by a whole interval. A limit below two of
them finds data too old that came in time.

Flagged:
    sli.Freshness(..., limit=20 * seconds)
Fine:
    sli.Freshness(..., limit=30 * seconds)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.sli import Freshness
from relrails.slo import SLO
from relrails.units import exact, text


@check("sli/limit-shorter-than-scrapes")
def limit_shorter_than_scrapes(service: Service, slo: SLO) -> Iterator[Problem]:
    """Flag limits of less than two scrapes."""
    if not isinstance(slo.sli, Freshness):
        return
    own = slo.sli.last_update.scrape_interval
    interval = service.scrape_interval if own is None else own
    least = 2 * exact(interval, "second")
    if exact(slo.sli.limit, "second") < least:
        place = at(service, "scrape_interval") if own is None else at(slo.sli.last_update, "scrape_interval")
        yield Problem(
            what=f"a limit of {text(slo.sli.limit)} is too short for a scrape every {text(interval)}",
            labels=(
                Label(at(slo.sli, "limit"), f"less than two scrapes of {text(interval)}"),
                Label(place, "how often it is scraped"),
            ),
            why=f"right before a scrape Prometheus knows nothing newer than {text(interval)}, and after a lost one "
            f"{least:f} s: data would be too old that came in time",
            fix=f"`{least:f} * seconds` or more, or scrape more often",
        )
