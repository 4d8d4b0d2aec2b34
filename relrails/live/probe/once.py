"""One run of one journey, for CI and for whoever wants to know now."""

import asyncio
import ssl
from collections.abc import Mapping

from relrails.live.probe.budget import RetryBudget
from relrails.live.probe.client import HttpClient, warm_up
from relrails.live.probe.outcome import Run
from relrails.live.probe.pending import Pending
from relrails.live.probe.plan import Plan
from relrails.live.probe.walk import Walk


def once(plan: Plan, context: ssl.SSLContext, pending: Pending) -> Run:
    """Walk a journey once. Raises ValueError where it cannot be walked."""
    return asyncio.run(_walk(plan, context, pending))


async def _walk(plan: Plan, context: ssl.SSLContext, pending: Pending) -> Run:
    budget = None if plan.retry is None else RetryBudget(plan.retry.budget, plan.retry.attempts)
    plan.prepare()
    await warm_up(context)
    client = HttpClient(plan.targets, context)

    def remember(run_id: str, values: Mapping[str, str]) -> None:
        pending.remember(*plan.key, run_id, values)

    run = await Walk(plan, client, budget, remember).run()
    if not run.left_over:
        pending.done(run.trace_id)
    return run
