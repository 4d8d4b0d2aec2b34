"""Budgets: their units are types, their rules keep their proofs, cost little, and say value and budget alike."""

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from math import inf
from pathlib import Path

import pytest

from bench.budgets import AIM, cost, total
from relrails import budget, metric
from relrails.budget import Budget
from relrails.judge import growth
from relrails.promtool import Promtool
from relrails.prove.budgets import budget_proofs
from relrails.prove.yaml_file import proof_file
from relrails.render.prometheus import budget_file
from relrails.render.runbook import render_service as runbook
from relrails.rules import AlertingRule
from relrails.rules.budgets import budget_groups
from relrails.toolchain import Tool
from relrails.units import USD, GiB, MiB, day, exact, hour, items, magnitude, minutes, seconds, text
from services import export_service

SERVICE = export_service.service
BUDGETS: tuple[Budget, ...] = (
    *SERVICE.budgets,
    replace(export_service.storage, name="stored-only", written=None),
    replace(export_service.storage, name="by-hour", max=200 * MiB / hour, by=("tenant", "region"), top=4),
    replace(
        export_service.queue, name="no-age", oldest=None, oldest_at_most=None, max=40 * items, drained_in=90 * seconds
    ),
    budget.Spend(
        name="compute", hourly_cost=metric.Gauge("node_total_hourly_cost").where(job="opencost"), max=20 * USD / day
    ),
)


def write(of: Budget, folder: Path, change: tuple[str, str] = ("", "")) -> list[Path]:
    file = budget_file(SERVICE, of)
    assert change[0] in file.text
    (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
    (folder / file.path).write_text(file.text.replace(*change))
    paths = []
    for proof in map(proof_file, budget_proofs(SERVICE, of)):
        (folder / proof.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / proof.path).write_text(proof.text)
        paths.append(folder / proof.path)
    return paths


@pytest.mark.parametrize("of", BUDGETS, ids=lambda of: of.name)
def test_every_kind_of_budget_keeps_its_proofs(of: Budget, promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    paths = write(of, tmp_path)

    for tool in promtools:
        run = Promtool(tool).test_rules(paths)

        assert run.ok, "\n".join(map(str, run.failures))


WRONG = {
    "a day's difference instead of what was written": (
        "export-storage",
        "increase(export_written",
        "delta(export_written",
    ),
    "another job's bytes": ("export-storage", '{job="export-service"}[5m14s999ms]', "[5m14s999ms]"),
    "tiles that leave gaps": ("export-storage", "[5m14s999ms]", "[5m]"),
    "half a day": ("export-storage", "[1d]", "[12h]"),
    "at once": ("export-storage", "for: 1h", "for: 30m"),
    "another unit": ("export-storage", "1073741824", "1000000000"),
    "one tenant too many kept apart": ("export-storage", "topk(10,", "topk(11,"),
    "shrinking counts": ("stored-only", "clamp_min(", "clamp_max("),
    "idle is stuck": ("export-queue", "} > 0)", "} >= 0)"),
    "a counter that was never made": (
        "export-queue",
        "or\n        0 * sum(export_queue_depth",
        "or\n        1 * sum(export_queue_depth",
    ),
    "more joins than leaves": ("export-queue", "deriv(budget", "-deriv(budget"),
    "exactly full": ("export-queue", "> 500", ">= 500"),
    "age in seconds": (
        "export-queue",
        'max(export_oldest_item_age_seconds{job="export-service"}) / 60',
        'max(export_oldest_item_age_seconds{job="export-service"})',
    ),
    "any two jobs": ("export-runtime", "> 2.5", "> 1.5"),
    "a job that never ends": ("export-runtime", "> 10", "> 12"),
    "a week's money": ("compute", "[1d]", "[7d]"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_rule_fails_a_proof(wrong: str, promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    name, *change = WRONG[wrong]
    of = next(b for b in BUDGETS if b.name == name)
    paths = write(of, tmp_path, (change[0], change[1]))

    assert not Promtool(promtools[-1]).test_rules(paths).ok


def test_every_alert_of_a_budget_is_seen_to_fire_and_to_be_quiet() -> None:
    for of in BUDGETS:
        rendered = {r.alert for g in budget_groups(SERVICE, of) for r in g.rules if isinstance(r, AlertingRule)}
        fired = [(f.alert, bool(f.alerts)) for p in budget_proofs(SERVICE, of) for c in p.cases for f in c.fired]

        assert {a for a, fires in fired if fires} == rendered
        assert {a for a, fires in fired if not fires} == rendered


def test_alerts_are_tickets_that_say_the_value_and_the_budget_in_the_unit_of_the_writer() -> None:
    for of in BUDGETS:
        for rule in (r for g in budget_groups(SERVICE, of) for r in g.rules if isinstance(r, AlertingRule)):
            assert rule.labels["severity"] == "ticket"
            assert rule.labels["owner"] == SERVICE.owner
    storage = next(g for g in budget_groups(SERVICE, export_service.storage))
    grows = next(r for r in storage.rules if isinstance(r, AlertingRule) and "Growth" in r.alert)

    assert "GiB/d were written" in grows.annotations["description"]
    assert "the budget of each is 5 GiB/d." in grows.annotations["description"]


def test_every_alert_of_a_budget_has_its_section_in_the_runbook() -> None:
    (file,) = runbook(replace(SERVICE, budgets=BUDGETS))

    for of in BUDGETS:
        for rule in (r for g in budget_groups(SERVICE, of) for r in g.rules if isinstance(r, AlertingRule)):
            assert f"\n### {rule.alert}\n" in file.text
            assert rule.annotations["runbook_url"].endswith(f"#{rule.alert.lower()}")


@pytest.mark.parametrize("enforce", [True, False])
def test_the_release_gate_can_read_what_is_used_and_what_is_allowed(enforce: bool) -> None:
    (group,) = budget_groups(SERVICE, replace(export_service.storage, enforce=enforce))
    said = {
        r.labels.get("enforce") for r in group.rules if "budget:" in getattr(r, "record", "") and "unit" in r.labels
    }

    assert said == {str(enforce).lower()}


def test_all_budgets_and_the_traffic_of_both_services_cost_little_at_fifty_tenants() -> None:
    assert 0 < total(50) <= AIM


def test_more_tenants_cost_only_the_budget_that_is_of_tenants() -> None:
    assert cost(SERVICE, export_service.queue, 1) == cost(SERVICE, export_service.queue, 200)
    assert cost(SERVICE, export_service.storage, 100) < 101 * cost(SERVICE, export_service.storage, 1)


def test_a_quantity_over_a_time_keeps_both_units() -> None:
    rate = 5 * GiB / day

    assert text(rate) == "5 GiB/d"
    assert magnitude(rate) == 5
    assert exact(rate, "byte/day") == 5 * 2**30
    assert exact(24 * GiB / day, "GiB/hour") == 1
    with pytest.raises(ValueError, match="cannot be given in byte/day"):
        exact(5 * GiB, "byte/day")


MISTAKES = ("max=5 * GiB", "max=5 * items / day", "max=20 * USD / day", "max=5 * day")


def test_the_type_checker_refuses_wrong_units(tmp_path: Path) -> None:
    head = (
        "from relrails import budget, metric\nfrom relrails.units import GiB, USD, day, items\n"
        'stored = metric.Gauge("stored_bytes")\n'
    )
    lines = [
        f'budget.StorageGrowth(name="a", stored=stored, {mistake})' for mistake in ("max=5 * GiB / day", *MISTAKES)
    ]
    path = tmp_path / "mistakes.py"
    path.write_text(head + "\n".join(lines) + "\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", str(tmp_path / "c"), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    refused = {int(line.split(":")[1]) for line in done.stdout.splitlines() if "mistakes.py" in line}

    assert refused == {5, 6, 7, 8}, done.stdout


def test_the_arithmetic_of_queues_and_of_what_was_written() -> None:
    assert growth.drain(Fraction(60), Fraction(1)) == 60
    assert growth.drain(Fraction(0), Fraction(0)) == 0
    assert growth.drain(Fraction(1), Fraction(0)) == inf
    assert growth.written([Fraction(n) for n in (0, 24, 4, 10)]) == 30
    assert growth.first_above(Fraction(10), Fraction(1), 5) == 15
    assert exact(15 * minutes, "second") == 900
