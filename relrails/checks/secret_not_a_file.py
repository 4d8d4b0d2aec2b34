"""A secret that Prometheus or Alertmanager cannot read.

Neither takes anything from its environment; both read files. With the secret itself in their configuration everybody
who reads generated/ has it.

Flagged:
    Scrape(..., credentials=secret("env:METRICS_TOKEN"))

    Service(
        ...,
        page=notify.PagerDuty(routing_key=secret("env:PAGERDUTY_KEY")),
        ticket=notify.Webhook(url="https://tickets.example.com"),
    )
Fine:
    Scrape(..., credentials=secret("file:/run/secrets/metrics-token"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._secrets import secrets_of
from relrails.probe import Secret
from relrails.problems import Label, Problem
from relrails.service import Service


@check("secret/not-a-file", waivable=False)
def not_a_file(service: Service) -> Iterator[Problem]:
    """Flag references to the environment where a file is read."""
    readers: list[tuple[str, Secret | None]] = [("Prometheus", scrape.credentials) for scrape in service.scrapes]
    for receiver in (service.page, service.ticket):
        readers += [("Alertmanager", found) for found in secrets_of(receiver)]
    for reader, found in readers:
        if found is None or not found.reference.startswith("env:"):
            continue
        name = found.reference.removeprefix("env:").lower().replace("_", "-")
        yield Problem(
            what=f"{reader} cannot read {found.reference}",
            labels=(Label(at(found, "reference", 0), "not a file"),),
            why=f"{reader} reads secrets from files only, and in its configuration they would be in generated/",
            fix=f'`secret("file:/run/secrets/{name}")`',
        )
