"""The evidence that is kept here: every file that an index names exists, parses, and is what the index says of it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from relrails.dossier import check

ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".evidence"
FOLDERS = {"sprint-29": {"slo", "probes", "canary", "cost-perf"}, "budget-hours": {"cost-perf"}}
HOURS = KEPT / "budget-hours/cost-perf"
RULES = "export-service.budget.*.yml"


def test_there_is_evidence_and_none_besides() -> None:
    assert {folder.name for folder in KEPT.iterdir()} == FOLDERS.keys()


@pytest.mark.parametrize("name", FOLDERS)
def test_every_file_is_what_its_index_says(name: str) -> None:
    assert {folder.name for folder in (KEPT / name).iterdir() if folder.is_dir()} == FOLDERS[name]
    assert list(check(KEPT / name)) == []


def test_each_alert_of_a_budget_came_and_went_at_its_declared_times() -> None:
    """Where this fails since rules were changed on purpose, `make hours` has to be run again."""
    tickets = json.loads((HOURS / "passed.json").read_text())

    assert waits(HOURS / "rules") == waits(ROOT / "generated/prometheus/rules")
    assert {ticket["alert"] for ticket in tickets} == {alert for _, alert in waits(HOURS / "rules")}
    blind = {ticket["about"] for ticket in tickets if ticket["alert"] == "RelrailsBudgetBlind"}
    assert len(blind) == len(list((HOURS / "rules").glob(RULES)))
    for ticket in tickets:
        assert 0 < ticket["fired_after"] <= ticket["fired_within"]
        assert 0 < ticket["resolved_after"] <= ticket["resolved_within"]


def test_an_hour_of_normal_load_kept_each_budget() -> None:
    report = json.loads((HOURS / "normal.json").read_text())

    assert report["seconds"] >= 3600
    assert report["tickets_of_budgets"] == []
    limits = {f"{labels['budget']} {labels['aspect']}" for labels in recorded("budget:limit:value")}
    assert report["used"].keys() == limits
    for used in report["used"].values():
        assert used["highest"] <= used["limit"]
        assert used["evaluations"] >= 12


def waits(rules: Path) -> dict[tuple[str, str], str]:
    """How long each alert waits, by its file and name."""
    return {(file.name, rule["alert"]): rule["for"] for file, rule in read(rules) if "alert" in rule}


def recorded(name: str) -> list[dict[str, str]]:
    return [rule["labels"] for _, rule in read(HOURS / "rules") if rule.get("record") == name]


def read(rules: Path) -> list[tuple[Path, dict[str, Any]]]:
    return [
        (file, rule)
        for file in sorted(rules.glob(RULES))
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
    ]
