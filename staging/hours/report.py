"""What came of it, as files of evidence."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from relrails.dossier import Gate, write_root
from staging.environment.environment import ROOT
from staging.hours.passing import BUDGETS
from staging.sprint.place import Place

TITLE = "Budgets at their true times"
GATES = (
    Gate(id="quiet", says="An hour of normal load opens no ticket of a budget"),
    Gate(id="fired", says="Each budget that is passed opens its ticket within the stated time, and closes it again"),
)


def begun(new: Path) -> Place:
    """Begin a folder of evidence."""
    return Place(new / "cost-perf", TITLE, GATES, {str(ROOT): "."})


def keep_quiet(place: Place, report: dict[str, Any]) -> None:
    """Write what came of the hour of normal load."""
    shows = "the most that was used in an hour of normal load"
    place.json("normal.json", report, shows, "quiet", tickets_of_budgets=[])
    place.text("normal.md", normal_table(report), "markdown", "the same as a table", "quiet")


def keep_passed(place: Place, tickets: list[dict[str, Any]], came: Sequence[dict[str, Any]]) -> None:
    """Write what came of the budgets that were passed."""
    place.json("passed.json", tickets, "each ticket: how long it took to come, and to go", "fired")
    place.text("passed.md", passed_table(tickets), "markdown", "the same as a table", "fired")
    place.jsonl("deliveries.jsonl", came, "what Alertmanager delivered of budgets", "fired")


def ended(place: Place, new: Path) -> None:
    """Add the rules that were tried, and the indexes."""
    for budget in BUDGETS:
        file = f"export-service.budget.{budget}.yml"
        rules = ROOT / "generated/prometheus/rules" / file
        place.copy(rules, f"rules/{file}", "prometheus-rules", "the rules that were tried", "fired", "quiet")
    place.close()
    write_root(new, "Evidence that takes hours", {"cost-perf": TITLE})


def kept(new: Path, out: Path) -> None:
    """Put a folder of evidence in its place."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(new, out)


def passed_table(tickets: list[dict[str, Any]]) -> str:
    """One row for each ticket, in seconds."""
    rows = [
        f"| {one['alert']} | {one['about']} | {one['fired_after']:.0f} | {one['fired_within']:.0f} "
        f"| {one['resolved_after']:.0f} | {one['resolved_within']:.0f} | {one['says']} |"
        for one in tickets
    ]
    return "\n".join(
        (
            "# Each budget passed, and kept again",
            "",
            "| alert | of | fired after s | stated s | resolved after s | stated s | it says |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        )
    )


def normal_table(report: dict[str, Any]) -> str:
    """The most that was used of each budget."""
    rows = [
        f"| {name} | {used['highest']:.3g} | {used['limit']:g} | {used['unit']} | {used['evaluations']:.0f} |"
        for name, used in sorted(report["used"].items())
    ]
    return "\n".join(
        (
            "# An hour of normal load",
            "",
            f"{report['seconds']} s of normal load, {report['exports']} exports besides the journeys', "
            f"tickets of budgets: {len(report['tickets_of_budgets'])}.",
            "",
            "| budget | most | limit | unit | evaluations in the last hour |",
            "|---|---|---|---|---|",
            *rows,
            "",
        )
    )
