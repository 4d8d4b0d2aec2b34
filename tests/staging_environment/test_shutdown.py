"""How services end: on request they finish what they began, and what a kill interrupts is done after the restart."""

import signal
import threading
from collections.abc import Iterator

import httpx
import pytest

from staging.environment import Environment, eventually, wait
from staging_environment.client import SMALL, ended, metric, ordered


@pytest.fixture(scope="module")
def env() -> Iterator[Environment]:
    with Environment(size=SMALL) as env:
        yield env


def test_sigterm_lets_a_request_under_way_end_and_exits_with_0(env: Environment) -> None:
    answers: list[int] = []
    url, headers = f"{env.core_api.url}/v1/investigations/case-1/graph", env.login()
    env.fault("core-api", latency_seconds=1)
    asking = threading.Thread(
        target=lambda: answers.append(httpx.get(url, headers=headers, timeout=20, trust_env=False).status_code)
    )
    asking.start()
    with httpx.Client(base_url=env.core_api.url, trust_env=False) as core_api:
        eventually(lambda: metric(core_api, "http_requests_in_flight") == 1, 10, "a request under way")
    assert env.core_api.stop() == 0
    asking.join()
    assert answers == [200]
    assert env.core_api.log_lines()[-1]["message"] == "stopped"
    env.core_api.start()
    wait(env.core_api)


def test_an_export_that_a_kill_interrupted_is_built_after_the_restart(env: Environment) -> None:
    with httpx.Client(base_url=env.export_service.url, headers=env.login(), trust_env=False) as exports:
        env.fault("export-service", stuck_worker=True)
        export_id = ordered(exports)
        eventually(lambda: exports.get(f"/exports/{export_id}").json()["state"] == "running", 10, "an export that runs")
        assert env.export_service.stop(signal.SIGKILL) == -signal.SIGKILL
        env.export_service.start()
        wait(env.export_service)
        assert ended(exports, export_id)["state"] == "ready"
    assert any("left unfinished" in line["message"] for line in env.export_service.log_lines())


def test_a_stuck_worker_does_not_hold_up_the_shutdown_and_its_export_waits(env: Environment) -> None:
    with httpx.Client(base_url=env.export_service.url, headers=env.login(), trust_env=False) as exports:
        env.fault("export-service", stuck_worker=True)
        export_id = ordered(exports)
        eventually(lambda: exports.get(f"/exports/{export_id}").json()["state"] == "running", 10, "an export that runs")
        assert env.export_service.stop() == 0
        env.export_service.start()
        wait(env.export_service)
        assert ended(exports, export_id)["state"] == "ready"
