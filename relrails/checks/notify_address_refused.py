"""A receiver whose address is none, or is itself the secret.

The address of a webhook stands in generated/ for everybody to read. Where knowing it is enough to write there, as with
those of Slack, it is a secret and belongs into a file. (`url_file` of a webhook is newer than Alertmanager 0.25, which
is what Debian ships.)

Flagged:
    Service(
        ...,
        page=notify.Webhook(url="https://pager:hunter2@pager.example.com"),
        ticket=notify.Webhook(url="tickets.example.com"),
    )

    Service(
        ...,
        page=notify.Webhook(url="https://hooks.slack.com/services/T000/B000/XXXX"),
        ticket=notify.Slack(api_url=secret("file:/run/secrets/slack"), channel=""),
    )
Fine:
    Service(
        ...,
        page=notify.Webhook(url="https://pager.example.com", credentials=secret("file:/run/secrets/pager")),
        ticket=notify.Slack(api_url=secret("file:/run/secrets/slack"), channel="#payments"),
    )
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from relrails.checks import check
from relrails.checks._names import link_fault
from relrails.checks._place import at
from relrails.notify import Slack, Webhook
from relrails.problems import Label, Problem
from relrails.service import Service

_SECRET_HOSTS = ("hooks.slack.com", "webhook.office.com", "discord.com", "chat.googleapis.com", "api.telegram.org")
_TOKEN = re.compile(r"[?&](token|key|secret|sig|signature|api_?key)=", re.IGNORECASE)


@check("notify/address-refused", waivable=False)
def address_refused(service: Service) -> Iterator[Problem]:
    """Flag what is no link, links that hold a secret, and an empty channel."""
    for field in ("page", "ticket"):
        receiver = getattr(service, field)
        if isinstance(receiver, Webhook):
            fault, place = _fault(receiver.url), at(receiver, "url")
        elif isinstance(receiver, Slack) and not receiver.channel.strip():
            fault, place = "no channel", at(receiver, "channel")
        else:
            continue
        if fault is not None:
            yield Problem(
                what=f"the {field}s of '{service.name}' cannot be sent there",
                labels=(Label(place, fault),),
                why="what cannot be sent is found out in the first outage; what everybody can read, everybody can use",
                fix='`notify.Webhook(url="https://alerts.example.com", credentials=secret("file:/run/secrets/key"))`, '
                'or `notify.Slack(api_url=secret("file:/run/secrets/slack"), channel="#alerts")`',
            )


def _fault(url: str) -> str | None:
    fault = link_fault(url)
    if fault is not None:
        return fault.replace("which every alert would show", "which generated/ would show")
    host = urlsplit(url).hostname or ""
    if any(host == known or host.endswith(f".{known}") for known in _SECRET_HOSTS):
        return "whoever knows this address can write there"
    return "has a secret in its query" if _TOKEN.search(url) else None
