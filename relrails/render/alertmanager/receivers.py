"""The receivers: one for each owner and severity, and for each severity one that reaches everybody.

An alert whose owner is not known reaches everybody rather than nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from relrails.notify import PagerDuty, Receiver, Slack, Webhook
from relrails.probe.secret import Secret
from relrails.render.alertmanager.messages import PAGERDUTY, SLACK
from relrails.service import Service
from relrails.slo import Severity

SEVERITIES: tuple[Severity, ...] = ("page", "ticket")


def everybody(severity: Severity) -> str:
    """Name the receiver of alerts whose owner is not known."""
    return f"{severity}-everybody"


def receiver_name(severity: Severity, owner: str) -> str:
    """Name the receiver of an owner."""
    return f"{severity}-of-{owner}"


@dataclass(frozen=True, slots=True)
class Directory:
    """Who is told what, by severity and owner."""

    entries: dict[tuple[Severity, str], Receiver]

    @classmethod
    def of(cls, services: Sequence[Service]) -> "Directory":
        """Collect it from the services; where two of one owner differ, which a check refuses, the first by name."""
        found: dict[tuple[Severity, str], Receiver] = {}
        for service in sorted(services, key=lambda s: s.name, reverse=True):
            for severity in SEVERITIES:
                receiver = service.page if severity == "page" else service.ticket
                if receiver is not None:
                    found[severity, service.owner] = receiver
        return cls(found)

    @property
    def owners(self) -> tuple[str, ...]:
        """Everybody who is told something, sorted."""
        return tuple(sorted({owner for _, owner in self.entries}))

    def has(self, severity: Severity, owner: str) -> bool:
        """Tell whether an owner has said who hears of this."""
        return (severity, owner) in self.entries

    def receivers(self) -> list[dict[str, Any]]:
        """Give the receivers as Alertmanager's YAML wants them."""
        made = []
        every = [self.entries[key] for key in sorted(self.entries)]
        for severity in SEVERITIES:
            mine = {owner: self.entries[severity, owner] for owner in self.owners if self.has(severity, owner)}
            made.append(_receiver(everybody(severity), mine.values() or every))
            made += [_receiver(receiver_name(severity, owner), [receiver]) for owner, receiver in mine.items()]
        return made


def _receiver(name: str, of: Iterable[Receiver]) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": name}
    for kind, config in map(_config, of):
        if config not in fields.setdefault(kind, []):
            fields[kind].append(config)
    return fields


def _config(receiver: Receiver) -> tuple[str, dict[str, Any]]:
    match receiver:
        case Webhook(url=url, credentials=credentials):
            return "webhook_configs", {"url": url, "send_resolved": True, **_bearer(credentials)}
        case PagerDuty(routing_key=key):
            return "pagerduty_configs", {"routing_key_file": _path(key), "send_resolved": True, **PAGERDUTY}
        case Slack(api_url=url, channel=channel):
            return "slack_configs", {"api_url_file": _path(url), "channel": channel, "send_resolved": True, **SLACK}
        case _:
            assert_never(receiver)


def _bearer(credentials: Secret | None) -> dict[str, Any]:
    if credentials is None:
        return {}
    return {"http_config": {"authorization": {"credentials_file": _path(credentials)}}}


def _path(secret: Secret) -> str:
    return secret.reference.removeprefix("file:")
