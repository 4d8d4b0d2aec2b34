"""Every budget of the Export Service, exceeded for real: the ticket comes, says value and budget, and goes again.

Everything is real: the worker that is stuck, the orders that wait, the packs that are written, Prometheus,
Alertmanager and the webhooks it delivers. The budgets are declared smaller in a copy of the service file, in units of
the same kind. All times of Prometheus and its rules are thirty times shorter: scrapes, intervals, windows and waits;
beyond that no wait is longer than 10 s, and no window longer than 40 s. So an hour and a day are both 40 s here, and
what these two are in truth is proved by promtool, in generated/prometheus/tests.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from real_prometheus import pair_of

from staging.environment import Environment, Pace, eventually, wait
from staging.environment.identities import ANALYST
from staging_environment.client import SMALL, ended, ordered
from staging_environment.copies import changed
from staging_environment.pages import Delivery, delivered, told

LIMITS = {
    "services/export_service.py": {
        "max=500 * items": "max=20 * items",
        "drained_in=10 * minutes": "drained_in=0.5 * minutes",
        "oldest_at_most=15 * minutes": "oldest_at_most=0.25 * minutes",
        "p95=2 * minutes": "p95=2 * seconds",
        "longest=10 * minutes": "longest=0.2 * minutes",
        "max=5 * GiB / day": "max=0.025 * MiB / day",
        "import GiB,": "import MiB,",
    }
}
PACE = Pace(scrape="500ms", windows=30, waits=30, stays=30, longest_wait="10s", longest_window="40s")
# What each ticket waits for, in seconds at this pace.
STATED = {
    "RelrailsQueueDepth": 10,
    "RelrailsQueueNotDraining": 10,
    "RelrailsQueueItemOld": 15 + 2,
    "RelrailsJobStuck": 12 + 2,
    "RelrailsRuntime": 10,
    "RelrailsStorageGrowth": 10 + 10,
    "RelrailsBudgetBlind": 10,
}
SLACK_SECONDS = 30
"""For scrapes, evaluations, grouping, and a machine that is busy with other tests."""
WINDOW_SECONDS = 40 + 10
SLOW_SECONDS = 2.5
WAITING = 24
MIB = 1 << 20
TENANT, CASE = "globex", "case-2"
"""A tenant that has written nothing before, and a case of theirs."""
USUAL = "acme"
"""The tenant of all other tests."""


@pytest.fixture(scope="module")
def staging(tmp_path_factory: pytest.TempPathFactory, amtools: object) -> Iterator[Environment]:
    pair_of(3)
    copies = changed(tmp_path_factory.mktemp("budgets"), LIMITS)
    with Environment(
        "prometheus", "alertmanager", pace=PACE, prometheus_major=3, size=SMALL, generated=copies.generated
    ) as env:
        yield env


@pytest.fixture
def env(staging: Environment) -> Environment:
    """Staging in which every budget is recorded, and no ticket stands or is about to."""

    def quiet() -> bool:
        recorded = {labels["aspect"] for labels, _ in staging.query("budget:used:value")}
        return recorded == ASPECTS and not staging.query('ALERTS{budget!=""}')

    eventually(quiet, WINDOW_SECONDS + SLACK_SECONDS, "budgets without tickets", lambda: told(staging))
    return staging


@pytest.fixture
def exports(env: Environment) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=env.export_service.url, headers=env.login(), trust_env=False, timeout=20) as client:
        yield client


ASPECTS = {"depth", "drain", "oldest", "p95", "longest", "growth"}


def test_under_normal_load_there_is_no_ticket(env: Environment, exports: httpx.Client) -> None:
    for _ in range(2):
        export_id = ordered(exports)
        assert ended(exports, export_id)["state"] == "ready"
        exports.delete(f"/exports/{export_id}")
    done = 'budget:jobs:increase1h{budget="export-runtime"} > 1.5'
    eventually(lambda: env.query(done), SLACK_SECONDS, "two jobs in the last hour", lambda: told(env))
    written = "max(budget:storage_written:increase1d) > 0"
    eventually(lambda: env.query(written), SLACK_SECONDS, "bytes written in the last day", lambda: told(env))
    kept = env.query("budget:used:value <= on (service, budget, aspect) budget:limit:value")
    assert {labels["aspect"] for labels, _ in kept} == ASPECTS
    assert [str(one) for one in delivered(env) if "budget" in one.labels] == []


def test_a_full_queue_behind_a_stuck_worker_is_a_ticket_for_each_limit(env: Environment, exports: httpx.Client) -> None:
    since = len(env.delivered())
    with stuck_worker(env):
        orders = [ordered(exports) for _ in range(WAITING + 1)]
        assert value(env, since, "RelrailsQueueDepth", "items wait", "20 items") == WAITING
        assert value(env, since, "RelrailsQueueNotDraining", "min", "0.5 min") == float("inf")
        assert 0.25 < value(env, since, "RelrailsQueueItemOld", "min", "0.25 min") < 2
        assert 0.2 < value(env, since, "RelrailsJobStuck", "min", "0.2 min") < 2
        for order in orders:
            exports.delete(f"/exports/{order}")
    for name in ("RelrailsQueueDepth", "RelrailsQueueNotDraining", "RelrailsQueueItemOld", "RelrailsJobStuck"):
        resolved(env, since, name, SLACK_SECONDS)


def test_slow_jobs_and_many_bytes_are_ticketed_and_forgotten_after_their_window(env: Environment) -> None:
    since, headers = len(env.delivered()), env.login(f"{ANALYST}-of-{TENANT}")
    with (
        slow_core_api(env),
        httpx.Client(base_url=env.export_service.url, headers=headers, trust_env=False, timeout=20) as exports,
    ):
        packs = [ended(exports, ordered(exports, case=CASE)) for _ in range(4)]
    assert [pack["state"] for pack in packs] == ["ready"] * 4
    # Jobs of the tests before may be in the same hour: quick ones, and the one that was stuck.
    assert 50 < value(env, since, "RelrailsRuntime", "% of the jobs", "5 %") <= 100
    said = value(env, since, "RelrailsStorageGrowth", "MiB/d", "0.025 MiB/d", tenant=TENANT)
    assert said == pytest.approx(sum(pack["bytes"] for pack in packs) / MIB, rel=0.15)
    tenants = {one.labels["tenant"] for one in delivered(env, since) if one.name == "RelrailsStorageGrowth"}
    # What the stuck worker of the test before had yet to build may have been too much for its tenant too.
    assert TENANT in tenants <= {TENANT, USUAL}
    for name in ("RelrailsRuntime", "RelrailsStorageGrowth"):
        resolved(env, since, name, WINDOW_SECONDS + SLACK_SECONDS)


def test_budgets_that_nobody_can_see_are_tickets_too(env: Environment) -> None:
    since = len(env.delivered())
    env.export_service.stop()
    try:
        for budget in ("export-queue", "export-runtime", "export-storage"):
            said = ticket(env, since, "RelrailsBudgetBlind", budget=budget)
            assert said.annotations["summary"] == f"export-service {budget}: cannot be seen"
    finally:
        env.export_service.start()
        wait(env.export_service)
    for budget in ("export-queue", "export-runtime", "export-storage"):
        resolved(env, since, "RelrailsBudgetBlind", SLACK_SECONDS, budget=budget)


def value(env: Environment, since: int, name: str, what: str, limit: str, **labels: str) -> float:
    """What a ticket says is used, once it has come; it must say the budget as well, both in these units."""
    text = ticket(env, since, name, **labels).annotations["description"]
    assert re.search(rf"\bthe budget(?: of each)? is {re.escape(limit)}\.", text), text
    found = re.search(rf"(\S+) {re.escape(what)}", text)
    assert found is not None, text
    return float(found[1])


def ticket(env: Environment, since: int, name: str, **labels: str) -> Delivery:
    """Wait as long as the ticket may take."""
    one = delivery(env, since, name, "firing", STATED[name] + SLACK_SECONDS, **labels)
    assert (one.receiver, one.labels["severity"]) == ("ticket-of-evidence-export", "ticket")
    assert one.annotations["runbook_url"].endswith(f"#{name.lower()}")
    return one


def resolved(env: Environment, since: int, name: str, seconds: float, **labels: str) -> None:
    delivery(env, since, name, "resolved", seconds, **labels)


def delivery(env: Environment, since: int, name: str, status: str, seconds: float, **labels: str) -> Delivery:
    def found() -> list[Delivery]:
        return [
            one
            for one in delivered(env, since)
            if (one.name, one.status) == (name, status) and labels.items() <= one.labels.items()
        ]

    def seen() -> str:
        used = {f"{labels['budget']} {labels['aspect']}": used for labels, used in env.query("budget:used:value")}
        return f"{told(env, since)}\nin use: {used}"

    return eventually(found, seconds, f"{name} {status} {labels or ''}", seen)[0]


@contextmanager
def stuck_worker(env: Environment) -> Iterator[None]:
    env.fault("export-service", stuck_worker=True)
    try:
        yield
    finally:
        env.fault("export-service")


@contextmanager
def slow_core_api(env: Environment) -> Iterator[None]:
    """A graph takes longer than a whole export should."""
    env.fault("core-api", latency_seconds=SLOW_SECONDS, routes=["/v1/investigations/{case}/graph"])
    try:
        yield
    finally:
        env.fault("core-api")
