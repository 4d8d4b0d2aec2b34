"""The environment with the real programs: it comes up whole, or says what did not, and leaves nothing behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from conftest import MAJORS
from real_prometheus import pair_of

from staging.core_api.app import ANSWERS, BUCKETS
from staging.environment import Environment, Pace, StagingError, configuration, eventually
from staging.environment.environment import ROOT
from staging.serving.metrics import OTHER
from staging_environment.client import SMALL

GENERATED = ROOT / "generated"


@pytest.fixture(scope="module", params=MAJORS, ids=lambda major: f"prometheus {major}.x")
def env(request: pytest.FixtureRequest, amtools: object, blackbox_exporters: object) -> Iterator[Environment]:
    pair_of(request.param)
    with Environment(
        "prometheus", "alertmanager", "blackbox", pace=Pace(), prometheus_major=request.param, size=SMALL
    ) as env:
        yield env


def test_prometheus_scrapes_both_services_and_blackbox(env: Environment) -> None:
    def up() -> set[str]:
        jobs = {labels["job"] for labels, value in env.query("up") if value == 1}
        return jobs if len(jobs) == 3 else set()

    assert eventually(up, 20, "three jobs") == {"core-api", "export-service", "relrails-reachability"}

    def reached() -> set[tuple[str, str]]:
        found = {(labels["target"], labels["check"]) for labels, _ in env.query("probe_success == 1")}
        return found if len(found) == 4 else set()

    hosts, checks = ("core-api", "export-service"), ("answers", "connects")
    assert eventually(reached, 20, "both checks of both hosts") == {(h, c) for h in hosts for c in checks}


def test_prometheus_evaluates_every_generated_rule(env: Environment) -> None:
    files = (GENERATED / "prometheus" / "rules").glob("*.yml")
    written = [group["name"] for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    loaded = env.api("rules")["groups"]
    assert sorted(group["name"] for group in loaded) == sorted(written)

    def evaluated() -> bool:
        rules = [rule for group in env.api("rules")["groups"] for rule in group["rules"]]
        return all(rule["health"] == "ok" for rule in rules)

    eventually(evaluated, 20, "rules that are all well")


def test_traffic_is_recorded_by_endpoint_and_probes_apart(env: Environment) -> None:
    path, route = "/v1/investigations/case-1/timeline", "/v1/investigations/{case}/timeline"
    eventually(lambda: env.query(f'http_requests_total{{route="{route}"}} >= 0'), 20, "counters before requests")
    with httpx.Client(base_url=env.core_api.url, headers=env.login(), timeout=10, trust_env=False) as client:
        for number in range(30):
            client.get(path, headers={"x-synthetic": str(number % 3 == 0).lower()}).raise_for_status()

    def recorded(metric: str) -> dict[str, float]:
        return {labels.get("route", ""): value for labels, value in env.query(f'{metric}{{service="core-api"}}')}

    slow = eventually(lambda: recorded("traffic:duration:p95_5m").get(route, 0.0), 20, "the p95 of an endpoint")
    assert 0 < slow <= BUCKETS[-1]
    assert 0 < recorded("traffic:probes:ratio5m")[""] < 1
    requests = recorded("traffic:requests:rate5m")
    assert requests[route] == max(requests.values()) > recorded("traffic:probes:rate5m")[""] > 0
    assert {known for _, known in ANSWERS} <= set(requests) <= {known for _, known in ANSWERS} | {OTHER}
    assert recorded("traffic:requests:top5m")[route] == pytest.approx(requests[route], rel=0.5)


def test_an_alert_of_prometheus_reaches_the_receiver_of_its_severity(env: Environment) -> None:
    eventually(lambda: env.api("alertmanagers")["activeAlertmanagers"], 20, "an Alertmanager")
    alerts = [
        {"labels": {"alertname": "Tested", "severity": severity, "owner": "platform-core"}, "annotations": {"why": "x"}}
        for severity in ("page", "ticket")
    ]
    httpx.post(f"{env.alertmanager.url}/api/v2/alerts", json=alerts, timeout=10, trust_env=False).raise_for_status()

    def received() -> dict[str, str]:
        found = {
            alert["labels"]["severity"]: delivery["receiver"]
            for delivery in env.delivered()
            for alert in delivery["body"]["alerts"]
            if alert["labels"]["alertname"] == "Tested" and alert["annotations"] == {"why": "x"}
        }
        return found if len(found) == 2 else {}

    receivers = eventually(received, 20, "two webhooks")
    assert receivers == {"page": "page-of-platform-core", "ticket": "ticket-of-platform-core"}


def test_prometheus_keeps_the_exemplars_of_services(env: Environment) -> None:
    trace = "6" * 32
    headers = env.login() | {"traceparent": f"00-{trace}-{'7' * 16}-01"}
    httpx.get(f"{env.core_api.url}/v1/investigations/case-1/timeline", headers=headers, timeout=10, trust_env=False)

    def kept() -> bool:
        window = {"start": "0", "end": "9999999999"}
        found = env.api("query_exemplars", query="http_request_duration_seconds_bucket", **window)
        return trace in {exemplar["labels"]["trace_id"] for series in found for exemplar in series["exemplars"]}

    eventually(kept, 20, "the exemplar")


def test_nothing_is_left_behind(amtools: object) -> None:
    with Environment("alertmanager", size=SMALL) as env:
        folder = env.folder
        pids = [component.process.pid for component in env.components if component.process]
        assert [_alive(pid) for pid in pids] == [True] * 3
        assert (env.folder / "secrets").stat().st_mode & 0o077 == 0
    assert not folder.exists()
    assert not any(_alive(pid) for pid in pids)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{env.receiver.url}/", trust_env=False)


def test_a_component_that_does_not_come_up_is_named_with_its_log(tmp_path: Path, amtools: object) -> None:
    shutil.copytree(GENERATED, tmp_path / "generated")
    config = tmp_path / "generated" / "alertmanager" / "alertmanager.yml"
    config.write_text(config.read_text().replace("group_wait:", "group_weight:"))
    env = Environment("alertmanager", generated=tmp_path / "generated", size=SMALL)
    with pytest.raises(StagingError) as caught, env:
        pass
    assert "alertmanager did not come up: it ended with 1" in str(caught.value)
    assert "field group_weight not found" in str(caught.value)
    assert all(component.process is None for component in env.components)
    assert not env.folder.exists()


def test_without_generated_files_it_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(StagingError, match="relrails generate"), Environment("alertmanager", generated=tmp_path):
        pass


HOLDS = """
import sys
from staging.core_api.seed import Size
from staging.environment import Environment
with Environment("alertmanager", size=Size(events=4_000, edges=2_000)) as env:
    print(env.folder, *(component.process.pid for component in env.components), flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(
    shutil.which("setpriv") is None, reason="without setpriv (Linux) a kill leaves the programs running"
)
def test_even_a_kill_leaves_no_process_behind(amtools: object) -> None:
    variables = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables
    ) as holder:
        assert holder.stdout is not None
        folder, *pids = holder.stdout.readline().split()
        try:
            assert len(pids) == 3
            holder.send_signal(signal.SIGKILL)
            holder.wait()
            eventually(lambda: not any(_alive(int(pid)) for pid in pids), 20, "the end of its programs")
        finally:
            shutil.rmtree(folder)


def test_copies_keep_rules_routes_and_receivers(tmp_path: Path) -> None:
    configuration.prometheus(GENERATED, tmp_path / "prometheus", {"core-api": "127.0.0.1:1"}, None)
    for file in (GENERATED / "prometheus" / "rules").glob("*.yml"):
        assert (tmp_path / "prometheus" / "rules" / file.name).read_bytes() == file.read_bytes()
    original = _read(GENERATED / "prometheus" / "prometheus.yml")
    assert _read(tmp_path / "prometheus" / "prometheus.yml") == original
    configuration.alertmanager(GENERATED, tmp_path / "alertmanager", "http://127.0.0.1:2", None)
    copied, generated = (_read(folder / "alertmanager" / "alertmanager.yml") for folder in (tmp_path, GENERATED))
    assert [known["name"] for known in copied["receivers"]] == [known["name"] for known in generated["receivers"]]
    assert "example.com" not in json.dumps(copied["receivers"])
    for part in ("route", "inhibit_rules", "templates"):
        assert copied[part] == generated[part]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _read(file: Path) -> Any:
    document: Any = yaml.safe_load(file.read_text())
    return document
