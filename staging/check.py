"""Proves that staging works: the journeys pass, and what metrics, traces, logs and audit events say of them agrees."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from relrails.loader import load
from staging import accounts
from staging.environment import EVERYTHING, Environment, Pace, StagingError, eventually
from staging.environment.service import Service

JOURNEY_SECONDS = 120
SCRAPE_SECONDS = 30
LOG_SECONDS = 10  # a line is written once the answer has left
LOOK_SECONDS = 0.1


def check() -> int:
    """Bring staging up, look at it, take it down; 0 when all is well, 1 when something is wrong."""
    wrong = 0
    with Environment(*EVERYTHING, pace=Pace()) as env:
        _say("ok", f"up: {', '.join(component.name for component in env.components)}")
        for name, look in _looks(env):
            try:
                _say("ok", f"{name}: {look()}")
            except StagingError as error:
                wrong += 1
                _say("FAIL", f"{name}: {error}")
    _say("FAIL" if wrong else "ok", f"staging is down again; {wrong} of its checks failed" if wrong else "down again")
    return 1 if wrong else 0


def _looks(env: Environment) -> Iterator[tuple[str, Callable[[], str]]]:
    for journey in journeys(env):
        yield f"journey {journey}", lambda journey=journey: _journey(env, journey)  # type: ignore[misc]  # binds the name now
    yield "scrapes", lambda: _targets(env)
    yield "metrics", lambda: _metrics(env)
    yield "recount", lambda: _recount(env)
    yield "delivery", lambda: _delivery(env)


def journeys(env: Environment) -> list[str]:
    """The names of the journeys that are declared."""
    loaded = load(env.root / "services")
    return sorted(journey.name for service in loaded.services for journey in service.journeys)


def walk(env: Environment, journey: str) -> dict[str, Any]:
    """Walk one journey once, as CI does, and give the runner's report."""
    argv = [sys.executable, "-m", "relrails", "probe", "once", journey, "--format", "json"]
    argv += ["--services", str(env.root / "services"), "--state", str(env.folder / "once")]
    for service in (env.core_api, env.export_service):
        argv += ["--target", f"{service.name}={service.url}"]
    variables = os.environ | env.probe_variables
    done = subprocess.run(
        argv, cwd=env.root, env=variables, capture_output=True, text=True, timeout=JOURNEY_SECONDS, check=False
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise StagingError(f"`relrails probe once` exited {done.returncode}:\n{done.stderr}{done.stdout}") from None
    return report


def _journey(env: Environment, journey: str) -> str:
    run = walk(env, journey)
    trace = run["trace_id"]
    if run["outcome"] != "success":
        raise StagingError(f"{run['outcome']} at step {run['step']}: {run['reason']}: {run['text']} (trace {trace})")
    requests, events = _line_up(env, trace, steps=len(run["steps"]))
    eventually(lambda: trace in _exemplars(env), SCRAPE_SECONDS, f"an exemplar of trace {trace} in Prometheus")
    return f"{run['outcome']}, {requests} requests and {events} audit events of trace {trace}, which is an exemplar"


def _line_up(env: Environment, trace: str, steps: int) -> tuple[int, int]:
    """How many requests and audit events of a trace the services have, once their logs and audit logs agree."""
    end = time.monotonic() + LOG_SECONDS
    while True:
        requests = events = 0
        wrong: list[str] = []
        for service in (env.core_api, env.export_service):
            lines = accounts.answered(service.log_lines(), trace)
            recorded = accounts.recorded(service.audit_events(), trace)
            wrong += accounts.complaints(service.name, lines, recorded)
            requests, events = requests + len(lines), events + len(recorded)
        if requests < steps:
            wrong.append(f"{steps} steps were walked, and the services logged {requests} requests of trace {trace}")
        if not wrong:
            return requests, events
        if time.monotonic() > end:
            raise StagingError("; ".join(wrong))
        time.sleep(LOOK_SECONDS)


def _exemplars(env: Environment) -> set[str]:
    found = env.api("query_exemplars", query="http_request_duration_seconds_bucket", start="0", end="9999999999")
    return {exemplar["labels"]["trace_id"] for series in found for exemplar in series["exemplars"]}


def _targets(env: Environment) -> str:
    def all_up() -> list[str]:
        targets = env.api("targets")["activeTargets"]
        return [target["labels"]["job"] for target in targets if all(other["health"] == "up" for other in targets)]

    jobs = eventually(all_up, SCRAPE_SECONDS, "every target of Prometheus is up")
    return f"{len(jobs)} targets of {len(set(jobs))} jobs are up"


def _metrics(env: Environment) -> str:
    """The counters of a service must agree with its log; the runner goes on, so they are held against it twice."""
    told = []
    for service in (env.core_api, env.export_service):
        expr = f'sum(http_requests_total{{job="{service.name}",synthetic="true"}})'
        before = _synthetic(service)
        counted = eventually(
            lambda expr=expr, before=before: [value for _, value in env.query(expr) if value >= before],  # type: ignore[misc]  # binds both now
            SCRAPE_SECONDS,
            f"{service.name} has logged {before} requests of probes, and Prometheus counts them",
        )[0]
        after = _synthetic(service)
        if counted > after:
            raise StagingError(f"{service.name} counts {counted:g} requests of probes and has logged {after}")
        told.append(f"{service.name} {counted:g}")
    return f"requests of probes are counted as the log has them ({', '.join(told)})"


def _synthetic(service: Service) -> int:
    return sum(line.get("synthetic") is True and line["message"] == "answered" for line in service.log_lines())


def _recount(env: Environment) -> str:
    outcomes = {labels["outcome"]: value for labels, value in env.query("query_results_total")}
    if not outcomes.get("match") or outcomes.get("mismatch") != 0:
        raise StagingError(f"the recount of answers says {outcomes}")
    return f"{outcomes['match']:g} answers agree with the raw records"


def _delivery(env: Environment) -> str:
    known = eventually(
        lambda: env.api("alertmanagers")["activeAlertmanagers"], SCRAPE_SECONDS, "Prometheus' Alertmanager"
    )
    alert = {"labels": {"alertname": "StagingCheck", "severity": "page", "owner": "nobody"}}
    httpx.post(f"{env.alertmanager.url}/api/v2/alerts", json=[alert], timeout=10, trust_env=False).raise_for_status()

    def arrived() -> list[str]:
        return [
            delivery["receiver"]
            for delivery in env.delivered()
            if any(alert["labels"]["alertname"] == "StagingCheck" for alert in delivery["body"]["alerts"])
        ]

    receivers = eventually(arrived, SCRAPE_SECONDS, "the webhook of an alert")
    return f"Prometheus sends to {len(known)} Alertmanager, and a page arrives at {receivers[0]}"


def _say(state: str, text: str) -> None:
    sys.stdout.write(f"{state:<5}{text}\n")
    sys.stdout.flush()
