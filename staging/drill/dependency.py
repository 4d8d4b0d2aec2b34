"""A drill of a dependency: the Core API's database dies, and comes back."""

import time
from typing import Any

import httpx

from staging.drill.stage import Stage
from staging.drill.story import Told
from staging.environment import eventually

PAGE_SECONDS = 300
RECOVERY_SECONDS = 60
LONG_ENOUGH = 10
ANSWER_SECONDS = 1.0
GOOD = 0.99


def dependency(stage: Stage, told: Told) -> None:
    """What needs the database fails at once and aloud, what does not goes on, somebody is paged, and all recovers."""
    env = stage.env
    began, wall = time.monotonic(), time.time()
    env.fault("core-api", dead=["store"])
    try:
        who = env.login()
        order = httpx.post(
            f"{env.export_service.url}/exports",
            json={"case": "case-1", "idempotency_key": f"drill-{wall:.0f}"},
            headers=who,
            timeout=10,
            trust_env=False,
        )
        told.expect("logins do not need the database", True, "a token was given")
        told.expect("an export can be ordered", order.status_code == 202, f"status {order.status_code}")
        page = eventually(lambda: _page(env.delivered()), PAGE_SECONDS, "a page about core-api")
        paged = time.monotonic() - began
        broken = stage.traffic.summary(since=began)
    finally:
        env.fault("core-api")
    mended = time.monotonic()
    labels = page["labels"]
    told.expect(
        "somebody is paged within five minutes",
        labels.get("service") == "core-api",
        f"{labels['alertname']} of {labels.get('slo', '?')} after {paged:.0f} s: {page['annotations']['summary']}",
    )
    told.expect(
        "what fails, fails at once",
        broken.p95_seconds <= ANSWER_SECONDS,
        f"95 of 100 answers within {broken.p95_seconds * 1000:.0f} ms, {broken.error_ratio:.0%} of them errors",
    )

    def well() -> bool:
        now = stage.traffic.summary(since=time.monotonic() - LONG_ENOUGH)
        return time.monotonic() - mended > LONG_ENOUGH and now.error_ratio <= 1 - GOOD

    eventually(well, RECOVERY_SECONDS, f"{GOOD:.0%} of the requests of {LONG_ENOUGH} s are well")
    told.expect("the service recovers by itself", True, f"{time.monotonic() - mended:.0f} s after the database")


def _page(delivered: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the first page about the burning error budget that was delivered; empty without one."""
    for webhook in delivered:
        for alert in webhook["body"]["alerts"]:
            labels = alert["labels"]
            if (
                labels["alertname"] == "SLOErrorBudgetBurn"
                and labels["severity"] == "page"
                and labels["slo"] == "availability"
            ):
                return dict(alert)
    return {}
