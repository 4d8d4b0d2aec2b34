"""What is expected of a ticket, and what came of it: when it was due, when it came, and the same of its end."""

import time
from dataclasses import dataclass, field
from typing import Any

from staging.environment import Environment, StagingError, eventually
from staging.environment.deliveries import Delivery, delivered, told


@dataclass(kw_only=True)
class Ticket:
    """One budget's alert; times are seconds since the epoch, None while it has not come to that."""

    alert: str
    labels: dict[str, str]
    within: float
    """How many seconds after the budget was passed it must be delivered, at most."""
    ends_within: float
    """How many seconds after the budget is kept again its end must be delivered, at most."""
    passed: float | None = None
    recovered: float | None = None
    fired: Delivery | None = field(default=None, repr=False)
    resolved: Delivery | None = field(default=None, repr=False)

    def await_firing(self, env: Environment) -> Delivery:
        """Wait as long as it may take; a ticket that came before its budget was passed is an error too."""
        if self.passed is None:
            raise StagingError(f"{self.name}: nobody has passed this budget yet")
        self.fired = self._await(env, "firing", self.passed, self.within)
        return self.fired

    def await_end(self, env: Environment) -> Delivery:
        """Wait until it is resolved; one that ends while the budget is still passed is an error too."""
        if self.recovered is None:
            raise StagingError(f"{self.name}: nobody has kept this budget again yet")
        self.resolved = self._await(env, "resolved", self.recovered, self.ends_within)
        return self.resolved

    @property
    def name(self) -> str:
        """The alert and what it is about."""
        return " ".join((self.alert, *self.labels.values()))

    def report(self) -> dict[str, Any]:
        """When it came and went, in seconds after there was a reason; raises ValueError while it has not."""
        if self.fired is None or self.resolved is None or self.passed is None or self.recovered is None:
            raise ValueError(f"{self.name} has not come and gone")
        return {
            "alert": self.alert,
            "about": " ".join(self.labels.values()) or self.fired.labels["budget"],
            "fired_after": round(self.fired.at - self.passed, 1),
            "fired_within": round(self.within, 1),
            "resolved_after": round(self.resolved.at - self.recovered, 1),
            "resolved_within": round(self.ends_within, 1),
            "says": self.fired.annotations["description"],
        }

    def _await(self, env: Environment, status: str, since: float, within: float) -> Delivery:
        left = max(0.0, since + within - time.time())
        found = eventually(lambda: self._found(env, status), left, f"{self.name} {status}", lambda: _seen(env))[0]
        if found.at < since:
            raise StagingError(f"{self.name} was {status} {since - found.at:.0f} s before there was a reason")
        if found.at > since + within:
            raise StagingError(f"{self.name} was {status} after {found.at - since:.0f} s, {within:.0f} s were stated")
        return found

    def _found(self, env: Environment, status: str) -> list[Delivery]:
        return [
            one
            for one in delivered(env)
            if (one.name, one.status) == (self.alert, status) and self.labels.items() <= one.labels.items()
        ]


def _seen(env: Environment) -> str:
    used = {f"{labels['budget']} {labels['aspect']}": used for labels, used in env.query("budget:used:value")}
    return f"{told(env)}\nin use: {used}"
