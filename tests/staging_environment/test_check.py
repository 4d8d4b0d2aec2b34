"""`staging check`: it passes on what works, and each thing that it looks at can make it fail."""

import subprocess
import sys
from typing import Any

import pytest

from staging import accounts
from staging.check import journeys, walk
from staging.environment import Environment
from staging.environment.environment import ROOT

SPAN, OTHER = "a" * 16, "b" * 16


def line(**fields: Any) -> dict[str, Any]:
    return {"method": "GET", "route": "/v1/query", "code": 200, "span_id": SPAN} | fields


def event(span: str = SPAN, **data: Any) -> dict[str, Any]:
    return {
        "type": "query",
        "traceparent": f"00-{'1' * 32}-{span}-01",
        "data": {"tenant": "probes", "synthetic": True} | data,
    }


def test_a_request_and_its_event_agree() -> None:
    assert list(accounts.complaints("core-api", [line()], [event()])) == []
    assert list(accounts.complaints("core-api", [line(code=401)], [])) == []
    assert list(accounts.complaints("export-service", [line(route="/exports/{id}")], [])) == []


@pytest.mark.parametrize(
    ("lines", "events", "complaint"),
    [
        ([line()], [], "recorded 0 events of it, not 1"),
        ([line()], [event(), event()], "recorded 2 events of it, not 1"),
        ([line()], [event(OTHER)], "logged no such request"),
        ([line()], [event(synthetic=False)], "as a customer's"),
        ([line()], [event(tenant="")], "as a customer's"),
        ([line(route="/exports/{id}")], [event()], "recorded 1 events of it, not 0"),
    ],
)
def test_accounts_that_disagree_are_complained_of(
    lines: list[dict[str, Any]], events: list[dict[str, Any]], complaint: str
) -> None:
    assert any(complaint in told for told in accounts.complaints("core-api", lines, events))


def test_a_journey_through_a_broken_service_fails_at_its_step(env: Environment) -> None:
    env.fault("core-api", error_ratio=1, routes=["/v1/query"])
    run = walk(env, "auth_query")
    assert (run["outcome"], run["step"], run["reason"]) == ("failure", "query", "http_5xx")


def test_every_declared_journey_is_walked(env: Environment) -> None:
    assert journeys(env) == ["auth_query", "export_pack", "investigation"]


def test_staging_passes_its_own_check(promtools: object, amtools: object, blackbox_exporters: object) -> None:
    argv = [sys.executable, "-m", "staging", "check"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    assert done.stdout.endswith("down again\n")
