"""An address that Prometheus cannot scrape.

Flagged:
    Scrape(..., targets=("https://checkout:9090/metrics",))

    Scrape(..., targets=("checkout:90900",))

    Scrape(..., path="metrics")
Fine:
    Scrape(..., targets=("checkout-1:9090", "[2001:db8::1]:9090"), scheme="https", path="/internal/metrics")
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from relrails.checks import check
from relrails.checks._place import value
from relrails.problems import Label, Problem
from relrails.scrape import Scrape
from relrails.service import Service


@check("scrape/address-refused", waivable=False)
def address_refused(service: Service) -> Iterator[Problem]:
    """Flag addresses that are more or less than host and port, and paths without a slash in front."""
    for scrape in service.scrapes:
        for index, target in enumerate(scrape.targets):
            fault = _fault(target)
            if fault is not None:
                yield _problem(scrape, target, Label(value(scrape.source, "targets", index=index), fault))
        if not scrape.path.startswith("/"):
            yield _problem(scrape, scrape.path, Label(value(scrape.source, "path"), "must begin with `/`"))


def _problem(scrape: Scrape, written: str, label: Label) -> Problem:
    return Problem(
        what=f"job '{scrape.job}' cannot be scraped at {written!r}",
        labels=(label,),
        why="Prometheus refuses its whole configuration, and evaluates no rule at all",
        fix='`Scrape(job="core-api", targets=("core-api:8000",), scheme="https", path="/metrics")`',
    )


def _fault(target: str) -> str | None:
    if "/" in target:
        return "has more than host and port"
    try:
        parts = urlsplit(f"//{target}")
        port = parts.port
    except ValueError as error:
        return str(error).lower()
    if not parts.hostname or parts.username is not None or not target.isprintable() or " " in target:
        return "no host"
    return None if port else "no port"
