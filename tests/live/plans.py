"""Plans for tests, as short as they can be said."""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any

from relrails.live.probe.budget import RetryBudget
from relrails.live.probe.client import HttpClient, shared_context
from relrails.live.probe.outcome import Run
from relrails.live.probe.plan import Plan, PlannedRetry, PlannedStep
from relrails.live.probe.walk import Walk
from relrails.probe import Request, Target, expect

LOOPBACK = ("127.0.0.0/8", "::1/128")
CONTEXT = shared_context()


def target(url: str, *networks: str, name: str = "it") -> Target:
    return Target(name=name, url=url, networks=networks or LOOPBACK)


def step(name: str, request: Request, at: Target, **given: Any) -> PlannedStep:
    usual: dict[str, Any] = {"expect": (expect.status(200),), "extract": (), "timeout": 2.0, "largest": 2**20}
    return PlannedStep(name=name, request=request, target=request.target or at, **(usual | given))


def plan(*steps: PlannedStep, **given: Any) -> Plan:
    usual: dict[str, Any] = {
        "journey": "walked",
        "env": "test",
        "owner": "team",
        "runbook": "https://runbooks.example.com",
        "every": 60.0,
        "timeout": 10.0,
        "latency": 1.0,
        "objective": "0.99",
        "retry": None,
        "digest": "0",
    }
    return Plan(steps=steps, **(usual | given))


RETRY = PlannedRetry(on=frozenset({"dns", "connect"}), attempts=1, budget=0.1)


async def walk(wanted: Plan, context: ssl.SSLContext = CONTEXT, budget: RetryBudget | None = None) -> Run:
    """Walk a plan once."""
    return await Walk(wanted, HttpClient(wanted.targets, context), budget, nothing).run()


def nothing(run_id: str, values: Mapping[str, str]) -> None:
    """Remember nothing."""


async def until(true: Any, seconds: float = 10) -> None:
    """Wait until something is so; fails when it does not come about."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)
