"""Evidence of canaries: what guards a release, and drills of it on real processes."""

import json
from pathlib import Path

from relrails.dossier import Gate
from staging.drill import drill
from staging.environment import StagingError
from staging.sprint.place import Place

TITLE = "Canary guardrails, and drills that prove them"
GATES = (
    Gate(id="guardrails", says="A release is watched by rules and a policy with reason codes"),
    Gate(id="rollback", says="A bad release is rolled back by itself, with evidence; a good one is promoted"),
    Gate(id="chaos", says="A controller that is killed, and a dependency that dies, end well"),
)
OF = {"twin": "rollback", "regression": "rollback", "killed": "chaos"}


def definitions(place: Place, root: Path) -> None:
    """Copy the rules of the canary."""
    for file in sorted((root / "generated/prometheus/rules").glob("*.canary.yml")):
        place.copy(
            file, f"rules/{file.name}", "prometheus-rules", "a canary's counts, evidence and alerts", "guardrails"
        )


def drilled(place: Place, work: Path) -> None:
    """Play all drills; keep their report and their bundles."""
    failed = drill(work)
    facts = json.loads((work / "report.json").read_text(encoding="utf-8"))
    if failed:
        raise StagingError(f"a drill failed: {[fact['drill'] for fact in facts if not fact['passed']]}")
    place.copy(work / "report.md", "report.md", "markdown", "what every drill expected and saw", "rollback", "chaos")
    place.keep(work / "report.json", "report.json", "json", "the same, for programs", "rollback", "chaos")
    place.folder.joinpath("evidence").mkdir()
    for entry in sorted((work / "evidence").iterdir()):
        if entry.is_file():
            place.keep(entry, f"evidence/{entry.name}", "ledger", "the ledger that chains the bundles", "rollback")
    for fact in facts:
        if fact["bundle"] is not None:
            path = place.folder / fact["bundle"]
            path.parent.mkdir(parents=True, exist_ok=True)
            place.keep(
                work / fact["bundle"],
                fact["bundle"],
                "bundle",
                f"the decision of drill {fact['drill']}",
                OF[fact["drill"]],
            )
