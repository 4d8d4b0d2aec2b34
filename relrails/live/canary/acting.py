"""What a decision does: the actions of the policy, tried again where the world may have stumbled."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import assert_never

from relrails.canary import Action, Command, HAProxy, Policy
from relrails.live.canary import haproxy
from relrails.live.canary.command import Done, run
from relrails.units import exact

ATTEMPTS = 3
BETWEEN = 1.0
"""Seconds before a rollback is tried again."""


def act(name: str, action: Action, filled: Mapping[str, str]) -> Done:
    """Do it once. Never raises: what fails is what the answer says."""
    match action:
        case Command():
            return run(name, action.argv, filled, float(exact(action.timeout, "second")))
        case HAProxy():
            return haproxy.set_weight(name, action, 0 if name == "rollback" else None)
        case _:
            assert_never(action)


def roll_back(
    action: Action, filled: Mapping[str, str], sleep: Callable[[float], object] = time.sleep
) -> Iterator[Done]:
    """Roll back; gives each attempt, the last of which decides. A rollback may be done twice without harm."""
    for attempt in range(1, ATTEMPTS + 1):
        done = act("rollback", action, filled)
        yield done
        if done.ok:
            return
        if attempt < ATTEMPTS:
            sleep(BETWEEN)


def balancer(policy: Policy) -> HAProxy | None:
    """Give the load balancer whose weights bring the canary its share, where one of the actions names it."""
    return next((action for action in (policy.rollback, policy.promote) if isinstance(action, HAProxy)), None)
