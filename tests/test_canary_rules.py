"""The rules of a canary: they keep their proofs, wrong ones do not, and what they name is explained."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from relrails import SLO, ErrorBudgetPolicy, Service, canary, metric, sli, verify
from relrails.judge.canary import resolve
from relrails.promql import text
from relrails.promtool import Promtool
from relrails.prove.canary import UNPROVED, canary_proof
from relrails.prove.yaml_file import proof_file
from relrails.render import prometheus, runbook
from relrails.render.runbook.canary import CANARY_ALERTS
from relrails.rules import AlertingRule, RecordingRule, canary_group, names
from relrails.toolchain import Tool
from relrails.units import days, minutes, ms, percent, seconds

requests = metric.Counter("http_requests_total").where(job="shop")
durations = metric.Histogram("http_request_duration_seconds", buckets=(0.1, 0.3, 1)).where(job="shop")
orders = metric.Counter("orders_total").where(job="shop")


def slo(name: str, kind: sli.Availability | sli.Latency | sli.Correctness) -> SLO:
    return SLO(name=name, description="", sli=kind, objective=99 * percent, window=30 * days)


availability = slo("availability", sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))))
latency = slo("latency", sli.Latency(histogram=durations, threshold=300 * ms))
correct = slo("correct", sli.Correctness(total=orders, good=orders.where(outcome="right")))
POLICY = canary.Policy(
    canary={"track": "canary"},
    stable={"track": "stable"},
    checks=(canary.ErrorRate(slo=availability),),
    rollback=canary.Command(argv=("roll", "back")),
)
SHOP = Service(
    name="shop",
    owner="sales",
    scrape_interval=15 * seconds,
    runbook="https://runbooks.example.com/shop",
    grafana="https://grafana.example.com",
    slos=(availability, latency, correct),
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
    canary=POLICY,
)
OTHERS = replace(
    SHOP,
    canary=replace(POLICY, checks=(canary.Latency(slo=latency), canary.ErrorRate(slo=correct, tolerated_ratio=1.2))),
)


def write(service: Service, folder: Path, *about: str) -> tuple[Path, Path]:
    """Write the rules of the canary and their proof, or only its cases about something."""
    group, proof = canary_group(service), canary_proof(service)
    assert group is not None
    assert proof is not None
    if about:
        proof = replace(proof, cases=tuple(c for c in proof.cases if any(word in c.name for word in about)))
        assert proof.cases
    paths = []
    for file in (prometheus.canary_file(service, group), proof_file(proof)):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
        paths.append(path)
    return paths[0], paths[1]


OF_EVERY_KIND = ("counted exactly", "own arithmetic", "twice as bad")


@pytest.mark.parametrize("service", [SHOP, OTHERS], ids=["errors", "answers and outcomes"])
def test_the_rules_keep_their_proofs(service: Service, promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    rules, proof = write(service, tmp_path, *(OF_EVERY_KIND if service is OTHERS else ()))

    for tool in promtools:
        assert Promtool(tool).check_rules([rules]).ok
        run = Promtool(tool).test_rules([proof])
        assert run.ok, "\n".join(map(str, run.failures))


STABLE = '{job="shop",track="stable"}'
WRONG: dict[str, tuple[Callable[[str], str], str]] = {
    "overlapping looks": (lambda t: t.replace("offset 1m", "offset 2m"), "counted exactly"),
    "the first requests of a new instance are lost": (
        lambda t: re.sub(r'(offset 1m\n) +or\n +http_requests_total\{job="shop",track="canary"\}', r"\1", t),
        "counted exactly",
    ),
    "the past of an instance that returns": (
        lambda t: t.replace(
            '{job="shop",track="stable"} offset 1m,', f"{STABLE} offset 1m or http_requests_total{STABLE},"
        ),
        "counted exactly",
    ),
    "the largest instead of the mean": (lambda t: t.replace("avg(exp", "max(exp"), "own arithmetic"),
    "a smaller limit": (lambda t: t.replace(">= 111.111111111111", ">= 11"), "twice as bad"),
    "a larger limit": (lambda t: t.replace(">= 111.111111111111", ">= 11111"), "twice as bad"),
    "a canary without traffic": (
        lambda t: re.sub(r'(increase1m\{[^}]*"canary"\}\)) > 0(\n +for)', r"\1 >= 0\2", t),
        "gets no more requests",
    ),
    "requests that are too few": (lambda t: t.replace(">= 200", ">= 2"), "a handful"),
    "a word that dies with its speaker": (
        lambda t: re.sub(r"last_over_time\((relrails_\w+\{[^}]*\})\[1h\]\)", r"\1", t),
        "when the controller dies",
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_wrong_rules_fail_their_proofs(fault: str, promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    break_, seen_by = WRONG[fault]
    rules, proof = write(SHOP, tmp_path, seen_by)
    wrong = break_(rules.read_text())
    assert wrong != rules.read_text()
    rules.write_text(wrong)

    assert not Promtool(promtools[0]).test_rules([proof]).ok


def test_any_engine_can_read_one_number() -> None:
    group = canary_group(SHOP)
    assert group is not None
    (rule,) = (r for r in group.rules if isinstance(r, RecordingRule) and r.record == names.CANARY_E_VALUE)
    (alert,) = (r for r in group.rules if isinstance(r, AlertingRule) and r.alert == names.CANARY_REGRESSED)
    policy = resolve(POLICY)
    weight = next(t.weight for t in policy.tests if t.test == "error_rate_delta")

    assert rule.labels == {"service": "shop", "slo": "availability"}
    found = re.search(r"relrails:canary_e_value\{[^}]*\} >= ([\d.]+)", text(alert.expr))
    assert found is not None
    assert float(found[1]) == pytest.approx(1 / (policy.alpha * weight))


def test_a_service_without_a_policy_has_no_rules_of_a_canary() -> None:
    without = replace(SHOP, canary=None)

    assert canary_group(without) is None
    assert canary_proof(without) is None
    assert not any("canary" in f.path for f in prometheus.render_service(without))


def test_looks_of_half_a_minute_are_said_not_to_be_proved(tmp_path: Path, promtools: tuple[Tool, ...]) -> None:
    quick = replace(SHOP, canary=replace(POLICY, step=30 * seconds, max_duration=10 * minutes), slos=())
    assert canary_proof(quick) is None
    for file in prometheus.render_service(quick):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)

    verdict = verify.verify((quick,), tmp_path, promtools, tmp_path / "cache")

    assert f"shop/canary: {UNPROVED}" in verdict.not_run


def test_every_alert_of_a_canary_has_its_section() -> None:
    group = canary_group(SHOP)
    assert group is not None
    alerts = {rule.alert for rule in group.rules if isinstance(rule, AlertingRule)}
    (file,) = runbook.render_service(SHOP)

    assert alerts == set(CANARY_ALERTS)
    for rule in group.rules:
        if isinstance(rule, AlertingRule):
            assert rule.annotations["runbook_url"].endswith(f"#{rule.alert.lower()}")
            assert file.text.count(f"\n### {rule.alert}\n") == 1
    (without,) = runbook.render_service(replace(SHOP, canary=None))
    assert not any(alert in without.text for alert in alerts)
