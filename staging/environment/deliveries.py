"""What Alertmanager delivered, as somebody reads it who has nothing else."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from staging.environment.environment import Environment


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert of one webhook, and when it came."""

    at: float
    receiver: str
    status: str
    labels: dict[str, str]
    annotations: dict[str, str]

    @property
    def name(self) -> str:
        """The alert's name."""
        return self.labels["alertname"]

    def told(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.receiver}: {self.status} {self.name}: {self.annotations.get('summary', '')}"


def delivered(env: Environment, since: int = 0) -> list[Delivery]:
    """Every alert of every webhook from one on, oldest first."""
    return list(_alerts(env.delivered()[since:]))


def told(env: Environment, since: int = 0) -> str:
    """All of it in lines, for somebody who waited for something else."""
    lines = [str(delivery) for delivery in delivered(env, since)]
    return "delivered meanwhile:\n" + ("\n".join(f"  {line}" for line in lines) or "  nothing")


def _alerts(webhooks: list[dict[str, Any]]) -> Iterator[Delivery]:
    for webhook in webhooks:
        for alert in webhook["body"]["alerts"]:
            yield Delivery(webhook["at"], webhook["receiver"], alert["status"], alert["labels"], alert["annotations"])
