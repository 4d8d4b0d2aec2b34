"""The services that carry an alert to a person.

Secrets are files that Alertmanager reads: it takes nothing from its environment.
"""

from dataclasses import dataclass, field

from relrails.probe.secret import Secret
from relrails.source import Source, here


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """An address that is sent the alerts as JSON, with a bearer token where it asks for one."""

    url: str
    credentials: Secret | None = None
    source: Source = field(default_factory=here, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PagerDuty:
    """A service of PagerDuty, by the key of its Events API v2."""

    routing_key: Secret
    source: Source = field(default_factory=here, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slack:
    """A channel of Slack; the address of its incoming webhook is the secret."""

    api_url: Secret
    channel: str
    source: Source = field(default_factory=here, compare=False, repr=False)


Receiver = Webhook | PagerDuty | Slack
