"""Evidence of cost and performance: budgets, a budget that was passed, what was measured, and one thing made faster."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from relrails.dossier import Gate
from staging.environment import Environment, StagingError, eventually
from staging.sprint.place import Place

TITLE = "Cost and performance budgets"
GATES = (
    Gate(id="budgets", says="Queue depth, export runtime and storage growth have budgets with alerts"),
    Gate(id="fired", says="A budget that is passed opens a ticket"),
    Gate(id="win", says="One path was made faster, and the measurement can be trusted"),
)
TICKET_SECONDS = 480
OVER = 520
SNAPSHOT = (
    "budget:used:value",
    "budget:limit:value",
    "budget:queue_depth:sum",
    "budget:queue_completed:rate5m",
    "export_oldest_item_age_seconds",
    "export_written_bytes_total",
    "traffic:requests:top5m",
    "traffic:probes:ratio5m",
    "traffic:duration:p95_5m",
)


def definitions(place: Place, root: Path) -> None:
    """Copy the rules of budgets and of traffic."""
    for pattern, what in (("*.budget.*.yml", "the rules of one budget"), ("*.traffic.yml", "requests by endpoint")):
        for file in sorted((root / "generated/prometheus/rules").glob(pattern)):
            place.copy(file, f"rules/{file.name}", "prometheus-rules", what, "budgets")
    board = root / "generated/grafana/provisioning/dashboards/relrails/budgets.json"
    place.copy(board, "dashboards/budgets.json", "dashboard", "every budget against its limit", "budgets")


def fill(env: Environment) -> None:
    """Stop the worker in the middle of its work, and order more than the queue may hold."""
    env.fault("export-service", stuck_worker=True)
    with httpx.Client(base_url=env.export_service.url, headers=env.login(), timeout=10, trust_env=False) as client:
        for number in range(OVER):
            order = {"case": "case-1", "idempotency_key": f"fill-{number}"}
            client.post("/exports", json=order).raise_for_status()


def ticketed(place: Place, env: Environment) -> None:
    """Wait for the ticket, and keep what was measured while it fired."""
    ticket = eventually(lambda: _ticket(env.delivered()), TICKET_SECONDS, "the ticket of a queue that is too deep")
    place.json("tickets/queue.json", ticket, "a ticket as Alertmanager delivered it", "fired")
    place.json(
        "metrics.json",
        {expr: env.api("query", query=expr)["result"] for expr in SNAPSHOT},
        "what was measured then",
        "budgets",
        "fired",
    )
    firing = env.api("query", query='ALERTS{alertstate="firing"}')["result"]
    place.json("alerts.json", [item["metric"] for item in firing], "every alert that fired then", "fired")


def faster(place: Place, root: Path) -> None:
    """Measure before and after, in turns, with a control."""
    out = place.folder / "perf"
    argv = [sys.executable, "-m", "bench.perf", "--out", str(out)]
    done = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StagingError(f"{' '.join(argv[1:])} exited {done.returncode}:\n{done.stdout}{done.stderr}")
    kinds = {".html": "html", ".txt": "text", ".svg": "svg", ".md": "markdown"}
    for file in sorted(out.rglob("*")):
        if file.is_file():
            path = str(file.relative_to(place.folder))
            kind = kinds.get(file.suffix, "json")
            place.note(path, kind, "part of the measurement before and after", "win")


def _ticket(delivered: list[dict[str, Any]]) -> dict[str, Any]:
    for delivery in delivered:
        if any(alert["labels"]["alertname"] == "RelrailsQueueDepth" for alert in delivery["body"]["alerts"]):
            return delivery
    return {}
