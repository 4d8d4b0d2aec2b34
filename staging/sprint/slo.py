"""Evidence of SLOs: what is promised, what watches it, and a gate that allows and one that blocks."""

import json
import time
from pathlib import Path
from typing import Any

from relrails.dossier import Gate
from staging.environment import Environment, StagingError
from staging.sprint.commands import relrails
from staging.sprint.place import Place

TITLE = "SLOs of two services, and the gate that reads them"
GATES = (
    Gate(id="slos", says="Two services have SLOs for availability, latency and correctness, with rules and runbooks"),
    Gate(id="dashboards", says="Golden dashboards show them"),
    Gate(id="gate", says="The gate blocks a promotion while the error budget burns, and allows it otherwise"),
)
GATE_SECONDS = 240
SERVICES = ("core-api", "export-service")
BOARDS = ("overview", "core-api", "export-service")


def definitions(place: Place, root: Path) -> None:
    """Copy what is declared and what follows from it."""
    for name in SERVICES:
        file = f"{name.replace('-', '_')}.py"
        place.copy(root / "services" / file, f"services/{file}", "python", f"what {name} promises", "slos")
        place.copy(
            root / f"generated/runbooks/{name}.md", f"runbooks/{name}.md", "markdown", f"the runbook of {name}", "slos"
        )
    for rules in sorted((root / "generated/prometheus/rules").glob("*.yml")):
        if not any(word in rules.name for word in (".journey", ".budget", ".canary", "relrails.")):
            place.copy(
                rules, f"rules/{rules.name}", "prometheus-rules", "recorded series and alerts of one SLO", "slos"
            )
    for name in BOARDS:
        board = root / f"generated/grafana/provisioning/dashboards/relrails/{name}.json"
        place.copy(board, f"dashboards/{name}.json", "dashboard", f"the dashboard {name}", "dashboards")


def allowed(place: Place, env: Environment) -> None:
    """Ask the gate until it allows: it needs five minutes' sums, which come quickly here."""
    place.json("gate/allow.json", _gate(env, 0), "a healthy service may be released", "gate", verdict="ALLOWED")
    place.text("gate/allow.txt", _said(env), "text", "the same, as a person reads it", "gate")


def blocked(place: Place, env: Environment) -> None:
    """Ask the gate while the budget burns."""
    place.json("gate/block.json", _gate(env, 1), "a burning budget blocks", "gate", verdict="BLOCKED")
    place.text("gate/block.txt", _said(env), "text", "the same: why, since when, and what must become true", "gate")


def _gate(env: Environment, wanted: int) -> Any:
    end = time.monotonic() + GATE_SECONDS
    while True:
        done = relrails(env.root, "gate", "core-api", "--prometheus", env.prometheus.url, "--format", "json")
        if done.returncode == wanted:
            return json.loads(done.stdout)
        if time.monotonic() > end:
            raise StagingError(f"the gate did not exit {wanted} but {done.returncode}:\n{done.stdout}{done.stderr}")
        time.sleep(3)


def _said(env: Environment) -> str:
    return relrails(env.root, "gate", "core-api", "--prometheus", env.prometheus.url).stdout
