"""A fault in staging, and what is read of it in the page alone: journey, step, reason and trace, for each reason.

Everything is real: the services, the runner, Prometheus, Alertmanager and the webhooks it delivers. The journeys, the
scrapes, the rules and the waits are copies in which only times are changed: a run is made every 7 s rather than every
45 s, its steps have a second or two, and what an alert waits for and how long it stays is shortened with them. Which
runs page (3 of the last 5), what is asked for the text, what silences what and who is told are as declared.

The reasons that no fault of a service can bring about (dns, tls, redirect, …) are in tests/live/test_reasons.py.
"""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from real_prometheus import pair_of

from staging import accounts
from staging.environment import Environment, Pace, eventually, wait
from staging.environment.deliveries import Delivery, delivered, told
from staging.environment.identities import PROBE
from staging_environment.client import SMALL
from staging_environment.copies import changed

FAILING, SHARED = "RelrailsJourneyFailing", "RelrailsSharedStepFailing"
JOURNEYS = ("auth_query", "export_pack", "investigation")
TIMES = {
    "services/core_api.py": {"scrape_interval=15 * seconds": "scrape_interval=1 * seconds"},
    "services/export_service.py": {"scrape_interval=15 * seconds": "scrape_interval=1 * seconds"},
    # Logins are nobody's cause here, and a machine that does other things keeps one waiting for a second.
    "probes/_targets.py": {"timeout=3 * seconds": "timeout=2 * seconds"},
    "probes/auth_query.py": {
        "timeout=3 * seconds": "timeout=2 * seconds",
        "every=45 * seconds": "every=7 * seconds",
        "timeout=10 * seconds": "timeout=5 * seconds",
    },
    "probes/investigation.py": {
        "timeout=5 * seconds": "timeout=2 * seconds",
        "every=45 * seconds": "every=7 * seconds",
        "timeout=15 * seconds": "timeout=6 * seconds",
    },
    "probes/export_pack.py": {
        "timeout=5 * seconds": "timeout=1 * seconds",
        "timeout=10 * seconds": "timeout=1 * seconds",
        "timeout=60 * seconds": "timeout=1 * seconds",
        "every=1 * seconds": "every=0.2 * seconds",
        "every=5 * minutes": "every=7 * seconds",
        "timeout=90 * seconds": "timeout=6 * seconds",
        "latency=20 * seconds": "latency=3 * seconds",
    },
}
# `for` as much shorter as the journeys are; what a page outlives its cause by is shorter still. Rules are evaluated in
# turn within a second: in so much, times three, the page of a shared step has silenced the others.
PACE = Pace(group="3s", waits=10, stays=60)
PAGE_SECONDS = 60
RESOLVED_SECONDS = 90
LOG_SECONDS = 20
HTTP_SECONDS = 10
LATE_SECONDS = 3
"""Longer than the step that it is for, and shorter than LOG_SECONDS."""


@pytest.fixture(scope="module")
def staging(tmp_path_factory: pytest.TempPathFactory, amtools: object) -> Iterator[Environment]:
    pair_of(3)
    copies = changed(tmp_path_factory.mktemp("hurried"), TIMES)
    with Environment(
        *("prometheus", "alertmanager", "runner"),
        pace=PACE,
        prometheus_major=3,
        size=SMALL,
        services=copies.services,
        generated=copies.generated,
    ) as env:
        yield env


@pytest.fixture
def env(staging: Environment) -> Environment:
    """Staging in which every journey passes, and nobody is called."""

    def well() -> bool:
        passing = {labels["journey"] for labels, _ in staging.query("probe_success == 1")}
        return passing == set(JOURNEYS) and not staging.query('ALERTS{severity="page",alertname=~"Relrails.*"}')

    eventually(well, RESOLVED_SECONDS, "three journeys that pass and no page", lambda: told(staging))
    return staging


@dataclass(frozen=True, slots=True)
class Cause:
    """What a page must say, and what is known elsewhere of the trace that it names."""

    step: str
    reason: str
    expected: str
    requests: set[tuple[str, str, int]]
    """What the services logged of the trace: method, route and status."""
    events: set[str]
    """What they recorded of it in their audit logs."""


TOKEN = ("POST", "/oauth/token", 200)


def test_errors_lost_data_and_a_service_that_is_gone_are_told_apart(env: Environment) -> None:
    since = len(env.delivered())
    with failing_queries(env), lost_edges(env), stopped_exports(env):
        prove(
            env,
            {
                "auth_query": Cause(
                    step="query",
                    reason="http_5xx",
                    expected="status 200; $.total ≥ 1",
                    requests={TOKEN, ("GET", "/v1/query", 500)},
                    events={"login"},
                ),
                "investigation": Cause(
                    step="graph",
                    reason="assertion",
                    expected="status 200; $.nodes[0].id is there; $.edges[0].from is there",
                    requests={TOKEN, ("GET", "/v1/investigations/{case}/graph", 200)},
                    events={"login", "graph"},
                ),
                "export_pack": Cause(
                    step="create",
                    reason="connect",
                    expected="status 202",
                    requests={TOKEN},
                    events={"login"},
                ),
            },
        )
    resolved(env, since, *JOURNEYS)


def test_a_slow_answer_and_a_stuck_worker_are_told_apart(env: Environment) -> None:
    since = len(env.delivered())
    with slow_queries(env), stuck_worker(env):
        prove(
            env,
            {
                "auth_query": Cause(
                    step="query",
                    reason="timeout",
                    expected="status 200; $.total ≥ 1",
                    requests={TOKEN, ("GET", "/v1/query", 200)},  # after the runner had hung up
                    events={"login", "query"},
                ),
                "export_pack": Cause(
                    step="ready",
                    reason="poll_timeout",
                    expected="status 200; in the end $.state = 'ready'",
                    requests={
                        TOKEN,
                        ("POST", "/exports", 202),
                        ("GET", "/exports/{id}", 200),
                        ("DELETE", "/exports/{id}", 204),
                    },
                    events={"login", "export.created", "export.deleted"},
                ),
            },
        )
    resolved(env, since, "auth_query", "export_pack")


def test_wrong_credentials_are_one_page_for_all_journeys(env: Environment) -> None:
    since = len(env.delivered())
    with other_credentials(env):
        page = delivery(env, since, SHARED, "firing")
        assert (page.receiver, page.labels["shared"]) == ("page-of-platform-core", "auth")
        assert all(journey in page.annotations["description"] for journey in JOURNEYS)
        assert "step login, reason http_4xx" in page.annotations["summary"]
        agree(
            env,
            page,
            Cause(
                step="login",
                reason="http_4xx",
                expected="status 200",
                requests={("POST", "/oauth/token", 401)},
                events={"login"},
            ),
        )
        eventually(
            lambda: silenced(env) == set(JOURNEYS),
            PAGE_SECONDS,
            "the pages of all three journeys are fired by Prometheus and silenced by Alertmanager",
            lambda: told(env, since),
        )
    delivery(env, since, SHARED, "resolved")
    assert [str(found) for found in delivered(env, since) if found.name == FAILING] == []


def prove(env: Environment, causes: Mapping[str, Cause]) -> None:
    """Wait for the page of each journey, read it, and look for its trace in logs and audit logs."""
    since = len(env.delivered())
    for journey, cause in causes.items():
        page = delivery(env, since, FAILING, "firing", journey=journey)
        assert page.labels["severity"] == "page"
        assert page.receiver == f"page-of-{page.labels['owner']}"
        assert page.annotations["summary"] == (
            f"{journey} fails in staging: step {cause.step}, reason {cause.reason}"
        ), told(env, since)
        assert page.annotations["run_url"].endswith(f"/runs/{journey}/last-failure")
        agree(env, page, cause)
    others = {found.labels["journey"] for found in delivered(env, since) if found.name == FAILING} - causes.keys()
    assert others == set(), told(env, since)


def agree(env: Environment, page: Delivery, cause: Cause) -> None:
    """What the page says is what the runner, the services and their audit logs say of its trace."""
    said = page.annotations
    assert (said["failing_step"], said["reason"], said["expected"]) == (cause.step, cause.reason, cause.expected)
    trace = said["trace_id"]
    assert re.fullmatch(r"\d{32}", trace)
    assert trace in said["trace_url"]
    assert trace in said["logs_url"]
    run = eventually(lambda: runs(env, trace), LOG_SECONDS, f"trace {trace} in the runner's log")[0]
    assert (run["outcome"], run["step"], run["reason"]) == ("failure", cause.step, cause.reason)
    assert page.labels.get("journey", run["journey"]) == run["journey"]

    def known() -> tuple[set[tuple[str, str, int]], set[str]]:
        lines, events = logged(env, trace), recorded(env, trace)
        return ({(line["method"], line["route"], line["code"]) for line in lines}, events)

    wanted = (cause.requests, cause.events)
    eventually(
        lambda: known() == wanted,
        LOG_SECONDS,
        f"trace {trace} of {cause.reason} in logs and audit logs: {wanted}",
        lambda: f"there is {known()}",
    )
    assert all(line["synthetic"] for line in logged(env, trace))


def delivery(env: Environment, since: int, name: str, status: str, **labels: str) -> Delivery:
    """The first alert of a name and status that is delivered from now on, or was since."""

    def found() -> list[Delivery]:
        return [
            one
            for one in delivered(env, since)
            if (one.name, one.status) == (name, status) and labels.items() <= one.labels.items()
        ]

    what = f"{name} {status} of {', '.join(labels.values()) or 'all'}"
    seconds = PAGE_SECONDS if status == "firing" else RESOLVED_SECONDS
    return eventually(found, seconds, what, lambda: f"{told(env, since)}\n{env.runner.tail()}")[0]


def resolved(env: Environment, since: int, *journeys: str) -> None:
    for journey in journeys:
        delivery(env, since, FAILING, "resolved", journey=journey)


def silenced(env: Environment) -> set[str]:
    """The journeys whose page stands in Alertmanager and is not to be sent."""
    url = f"{env.alertmanager.url}/api/v2/alerts"
    standing = httpx.get(url, params={"filter": f"alertname={FAILING}"}, timeout=HTTP_SECONDS, trust_env=False).json()
    return {
        alert["labels"]["journey"]
        for alert in standing
        if alert["status"]["state"] == "suppressed" and alert["status"]["inhibitedBy"]
    }


def runs(env: Environment, trace: str) -> list[dict[str, str]]:
    """What the runner logged of a trace; its talk on stderr is in the same file."""
    whole, _, _ = env.runner.log.read_text(encoding="utf-8").rpartition("\n")
    lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "run" and line["trace_id"] == trace]


def logged(env: Environment, trace: str) -> list[dict[str, Any]]:
    services = (env.core_api, env.export_service)
    return [line for service in services for line in accounts.answered(service.log_lines(), trace)]


def recorded(env: Environment, trace: str) -> set[str]:
    services = (env.core_api, env.export_service)
    found = [event for service in services for event in accounts.recorded(service.audit_events(), trace)]
    assert all(event["data"]["synthetic"] for event in found)
    return {event["type"].split(".", 3)[-1] for event in found}


@contextmanager
def broken(env: Environment, service: str, **faults: object) -> Iterator[None]:
    env.fault(service, **faults)
    try:
        yield
    finally:
        env.fault(service)


def failing_queries(env: Environment) -> AbstractContextManager[None]:
    return broken(env, "core-api", error_ratio=1, routes=["/v1/query"])


def slow_queries(env: Environment) -> AbstractContextManager[None]:
    return broken(env, "core-api", latency_seconds=LATE_SECONDS, routes=["/v1/query"])


def stuck_worker(env: Environment) -> AbstractContextManager[None]:
    return broken(env, "export-service", stuck_worker=True)


@contextmanager
def lost_edges(env: Environment) -> Iterator[None]:
    """The case is there, and nobody touched anything in it: an answer of the right form that is wrong."""

    def move(case: str, to: str) -> None:
        with closing(sqlite3.connect(env.core_api.data / "investigations.sqlite3")) as store, store:
            store.execute("UPDATE edges SET case_id = ? WHERE case_id = ?", (to, case))

    move("case-7", "lost")
    try:
        yield
    finally:
        move("lost", "case-7")


@contextmanager
def stopped_exports(env: Environment) -> Iterator[None]:
    env.export_service.stop()
    try:
        yield
    finally:
        env.export_service.start()
        wait(env.export_service)


@contextmanager
def other_credentials(env: Environment) -> Iterator[None]:
    """The Core API was given another secret for the probe, and nobody told the probe."""
    file = env.identities.clients_file
    before = file.with_suffix(".before")
    shutil.copyfile(file, before)
    clients = [client | ({"secret_sha256": "0" * 64} if client["id"] == PROBE else {}) for client in _read(before)]
    file.write_text(json.dumps(clients))
    _restart(env)
    try:
        yield
    finally:
        before.replace(file)
        _restart(env)


def _restart(env: Environment) -> None:
    env.core_api.stop()
    env.core_api.start()
    wait(env.core_api)


def _read(file: Path) -> list[dict[str, str]]:
    known: list[dict[str, str]] = json.loads(file.read_text())
    return known
