"""Which pictures there are, and what each is drawn from."""

import json
from pathlib import Path

from staging.environment.component import StagingError
from staging.pictures import board, gate, page, report

AVAILABILITY = ("Page", "Burn rate now", "Budget left", "Burn rate, page alerts", "Alerts")
JOURNEY = ("Failing steps", "Failures by step and reason")


def drawn(evidence: Path) -> dict[str, str]:
    """Give each picture as SVG by its file's name; raises StagingError where the evidence does not hold it."""
    try:
        preview = (evidence / "slo/preview/core-api.html").read_text(encoding="utf-8")
        said = (evidence / "slo/gate/block.txt").read_text(encoding="utf-8")
        delivered = json.loads((evidence / "probes/pages/journey.json").read_text(encoding="utf-8"))
        bundle = _rolled_back(evidence / "canary")
        reported = (evidence / "canary" / bundle / "report.md").read_text(encoding="utf-8")
    except OSError as error:
        raise StagingError(f"{error.filename} cannot be read: {error.strerror}; fix: make evidence") from error
    return {
        "dashboard.svg": board.draw(preview, "availability", AVAILABILITY),
        "gate.svg": gate.draw(said),
        "journey.svg": board.draw(preview, "journey-auth-query", JOURNEY),
        "page.svg": page.draw(delivered["body"]["alerts"][0]),
        "rollback.svg": report.draw(reported, f"{bundle}/report.md"),
    }


def pictures(evidence: Path, out: Path) -> int:
    """Write the pictures, and remove those that are no longer drawn; gives 0."""
    made = drawn(evidence)
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.svg"):
        if old.name not in made:
            old.unlink()
    for name, svg in made.items():
        (out / name).write_text(svg, encoding="utf-8")
    return 0


def _rolled_back(canary: Path) -> str:
    """Find the bundle of the drill in which a bad release was rolled back."""
    facts = json.loads((canary / "report.json").read_text(encoding="utf-8"))
    found = [str(fact["bundle"]) for fact in facts if fact["drill"] == "regression" and fact["bundle"]]
    if not found:
        raise StagingError(f"{canary / 'report.json'} has no bundle of drill regression; fix: make evidence")
    return found[0]
