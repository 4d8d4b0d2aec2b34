"""Evidence of journeys: what they do, runs of them, and the same trace in logs, audit events and a page."""

import time
from pathlib import Path
from typing import Any

from relrails.dossier import Gate
from staging import accounts
from staging.check import journeys, walk
from staging.environment import Environment, StagingError, eventually
from staging.sprint.place import Place

TITLE = "Customer journeys, probed"
GATES = (
    Gate(id="journeys", says="Three journeys run: log in and query, investigation, export until the pack is ready"),
    Gate(id="correlation", says="A run is found again by its trace in the logs and the audit events of the services"),
    Gate(id="page", says="A failing journey pages with its step, its reason and its trace"),
)
LOG_SECONDS = 10
PAGE_SECONDS = 420


def definitions(place: Place, root: Path) -> None:
    """Copy what is declared and what follows from it."""
    for file in sorted((root / "probes").glob("*.py")):
        place.copy(file, f"probes/{file.name}", "python", "what a journey does", "journeys")
    for file in sorted((root / "generated/prometheus/rules").glob("*.yml")):
        if ".journey" in file.name or file.name.startswith("relrails."):
            place.copy(file, f"rules/{file.name}", "prometheus-rules", "the alerts of journeys", "page")


def walked(place: Place, env: Environment) -> None:
    """Walk each journey once, and find its trace wherever it went."""
    for name in journeys(env):
        report = walk(env, name)
        if report["outcome"] != "success":
            raise StagingError(f"{name}: {report['outcome']} at {report['step']}: {report['text']}")
        trace = report["trace_id"]
        place.json(f"runs/{name}.json", report, f"a run of {name}", "journeys", "correlation", outcome="success")
        services = (env.core_api, env.export_service)
        eventually(
            lambda services=services, trace=trace: any(accounts.recorded(s.audit_events(), trace) for s in services),  # type: ignore[misc]  # binds both now
            LOG_SECONDS,
            f"audit events of trace {trace}",
        )
        events = [event for s in services for event in accounts.recorded(s.audit_events(), trace)]
        lines = [line for s in services for line in accounts.answered(s.log_lines(), trace)]
        place.jsonl(f"audit/{name}.jsonl", events, f"the audit events of that run of {name}", "correlation")
        place.jsonl(f"logs/{name}.jsonl", lines, f"what the services logged of that run of {name}", "correlation")


def paged(place: Place, env: Environment, since: float) -> None:
    """Wait until a failing journey has called somebody, and keep the page as it was delivered."""
    page = eventually(lambda: _page(env, since), PAGE_SECONDS, "the page of a failing journey")
    place.json("pages/journey.json", page, "a page as Alertmanager delivered it", "page")
    annotations = page["body"]["alerts"][0]["annotations"]
    lines = [f"{name}: {text}" for name, text in sorted(annotations.items())]
    place.text("pages/journey.txt", "\n".join(lines) + "\n", "text", "what it says to the person on call", "page")


def runner(place: Place, env: Environment) -> None:
    """Keep the log of the runner, and what it exposes."""
    import httpx

    lines = [line for line in env.runner.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    place.text(
        "runner.jsonl", "".join(f"{line}\n" for line in lines), "jsonl", "the log of the probe runner", "journeys"
    )
    answer = httpx.get(f"{env.runner.url}/metrics", timeout=10, trust_env=False)
    place.text("runner-metrics.txt", answer.text, "text", "the metrics of the probe runner", "journeys")


def _page(env: Environment, since: float) -> dict[str, Any]:
    for delivery in env.delivered():
        alerts = delivery["body"]["alerts"]
        names = {alert["labels"]["alertname"] for alert in alerts if alert["status"] == "firing"}
        if delivery["at"] >= since and names & {"RelrailsJourneyFailing", "RelrailsSharedStepFailing"}:
            return delivery
    time.sleep(1)
    return {}
