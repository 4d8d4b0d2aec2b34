"""The alerts of journeys: proved on every promtool for every shape, exact in what they say, and red when wrong."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import journeys_zoo
import pytest
from markdown_it import MarkdownIt

from relrails import Service
from relrails.judge.paging import Paging, standing, waits
from relrails.probe import Journey
from relrails.promtool import Promtool
from relrails.prove.journeys import fleet_proofs, journey_proofs
from relrails.prove.journeys.play import PARTS, TRACE
from relrails.prove.values import ProofFile
from relrails.prove.yaml_file import proof_file
from relrails.render.prometheus import fleet_file, journey_file
from relrails.render.runbook import render_service as runbook
from relrails.rules import AlertingRule, RuleGroup, names
from relrails.rules.journeys import fleet_groups, journey_groups
from relrails.rules.journeys.fleet import shared_steps
from relrails.toolchain import Tool
from services import core_api, export_service

FLEET = (core_api.service, export_service.service)
SHAPES = [
    pytest.param(service, journey, id=f"{service.name}-{journey.name}")
    for service in journeys_zoo.SERVICES
    for journey in service.journeys
]


def write(folder: Path, rules: tuple[str, str], proofs: tuple[ProofFile, ...]) -> list[Path]:
    (folder / rules[0]).parent.mkdir(parents=True, exist_ok=True)
    (folder / rules[0]).write_text(rules[1])
    paths = []
    for file in map(proof_file, proofs):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
        paths.append(path)
    return paths


def alerts(groups: tuple[RuleGroup, ...]) -> Iterator[AlertingRule]:
    yield from (r for g in groups for r in g.rules if isinstance(r, AlertingRule))


@pytest.mark.parametrize(("service", "journey"), SHAPES)
def test_alerts_of_every_shape_of_journey_keep_their_proofs(
    service: Service, journey: Journey, promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    file = journey_file(service, journey)
    paths = write(tmp_path, (file.path, file.text), journey_proofs(service, journey))

    for tool in promtools if service is journeys_zoo.zoo else promtools[-1:]:
        run = Promtool(tool).test_rules(paths)

        assert run.ok, "\n".join(map(str, run.failures))


@pytest.mark.parametrize("services", [FLEET, journeys_zoo.SERVICES[:1]], ids=["ours", "zoo"])
def test_alerts_about_all_journeys_keep_their_proofs(
    services: tuple[Service, ...], promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    file = fleet_file(services)
    paths = write(tmp_path, (file.path, file.text), fleet_proofs(services))

    for tool in promtools:
        run = Promtool(tool).test_rules(paths)

        assert run.ok, "\n".join(map(str, run.failures))


WRONG = {
    "a whole number of scrapes, which Prometheus 2 reads with both ends": ("[3m59s999ms]", "[4m]", 2),
    "a scrape less": ("[3m59s999ms]", "[3m44s999ms]", 3),
    "a limit of two": ("2.5\n    keep", "1.5\n    keep", 3),
    "a limit of four": ("2.5\n    keep", "3.5\n    keep", 3),
    "another environment's runs": ('env="staging",job="relrails-probe",journey="auth_query",outcome', "outcome", 3),
    "flaky runs as failures": ('outcome="failure"', 'outcome=~"failure|flaky"', 3),
    "no patience with the end": ("keep_firing_for: 5m", "keep_firing_for: 4m", 3),
    "digits lost in front": ("%011.0f", "%.0f", 3),
    "exponents": ("%010.0f", "%v", 3),
    "no word of a journey that never ran": ("or\n        absent(", "and\n        absent(", 3),
    "a page before the first run": ("for: 2m", "for: 1m", 3),
    "the wrong bucket": (r'le=~"1(\\.0)?"', 'le="0.1"', 3),
    "half the hours": ("[6h]", "[3h]", 3),
    "an hour that never ends": ("[1h]", "[2h]", 3),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_rule_fails_a_proof(wrong: str, promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    service, journey = core_api.service, core_api.service.journeys[0]
    old, new, major = WRONG[wrong]
    file = journey_file(service, journey)
    assert old in file.text
    paths = write(tmp_path, (file.path, file.text.replace(old, new)), journey_proofs(service, journey))

    tool = next(tool for tool in promtools if tool.version[0] == major)
    assert not Promtool(tool).test_rules(paths).ok


WRONG_FLEET = {
    "one journey is enough": (">=\n          2", ">=\n          1"),
    "over before the pages are": ("keep_firing_for: 10m", "keep_firing_for: 1m"),
    "any step": (',step="login"', ""),
    "one that is down": ("absent(max(up", "absent(min(up"),
    "at once": ("for: 1m", "for: 0m"),
    "the word of another journey": ('eq .Labels.journey "auth_query"', 'eq .Labels.journey "investigation"'),
    "digits lost in front": ("%011.0f", "%.0f"),
}


@pytest.mark.parametrize("wrong", WRONG_FLEET)
def test_a_wrong_rule_about_all_journeys_fails_a_proof(wrong: str, promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    old, new = WRONG_FLEET[wrong]
    file = fleet_file(FLEET)
    assert old in file.text
    paths = write(tmp_path, (file.path, file.text.replace(old, new)), fleet_proofs(FLEET))

    assert not Promtool(promtools[-1]).test_rules(paths).ok


def test_the_page_of_a_journey_says_all_that_is_needed_to_name_the_cause() -> None:
    proofs = journey_proofs(core_api.service, core_api.service.journeys[0])
    said = next(
        f.alerts[0] for p in proofs for c in p.cases for f in c.fired if f.alert == names.JOURNEY_FAILING and f.alerts
    )

    assert said == (
        {
            "severity": "page",
            "service": "core-api",
            "owner": "platform-core",
            "env": "staging",
            "journey": "auth_query",
            "uses_auth": "true",
        },
        {
            "summary": "auth_query fails in staging: step query, reason assertion",
            "description": "At least 3 of the last 5 runs failed; one is made every 45 s. The journey: Log in, and "
            "query the events of an investigation. It belongs to core-api.",
            "failing_step": "query",
            "reason": "assertion",
            "expected": "status 200; $.total ≥ 1",
            "hosts": "core-api: nothing is known of the way there",
            "trace_id": "00000000042987654321090000000007",
            "trace_url": "https://grafana.example.com/explore/trace/00000000042987654321090000000007",
            "logs_url": "https://grafana.example.com/explore/logs?journey=auth_query&trace_id="
            "00000000042987654321090000000007",
            "run_url": "https://probes.staging.example.com/runs/auth_query/last-failure",
            "runbook_url": "https://runbooks.example.com/core-api#relrailsjourneyfailing",
            "dashboard_url": "https://grafana.example.com/d/relrails-journeys?var-environment=staging&var-journey=auth_query"
            "&from=now-6h&to=now",
        },
    )


def test_the_page_of_a_shared_step_says_all_that_is_needed_to_name_the_cause() -> None:
    said = next(
        f.alerts[0]
        for p in fleet_proofs(FLEET)
        for c in p.cases
        for f in c.fired
        if f.alert == names.SHARED_STEP
        if f.alerts
    )[1]

    assert said == {
        "summary": "auth fails in staging: step login, reason assertion; 3 journeys fail with it",
        "description": "The step that auth_query, export_pack and investigation share fails: "
        "POST core-api.staging.example.com/oauth/token. 3 journeys have failed in the last 25m; their own pages are "
        "silenced while this one stands.",
        "failing_step": "login",
        "reason": "assertion",
        "expected": "status 200",
        "hosts": "core-api: nothing is known of the way there",
        "trace_id": "00000000042987654321090000000007",
        "trace_url": "https://grafana.example.com/explore/trace/00000000042987654321090000000007",
        "logs_url": "https://grafana.example.com/explore/logs?journey=auth_query&trace_id="
        "00000000042987654321090000000007",
        "run_url": "https://probes.staging.example.com/runs/auth_query/last-failure",
        "runbook_url": "https://runbooks.example.com/core-api#relrailssharedstepfailing",
        "dashboard_url": "https://grafana.example.com/d/relrails-journeys?var-environment=staging"
        "&var-journey=auth_query&from=now-6h&to=now",
    }


def test_a_window_shorter_than_a_minute_is_said_in_seconds() -> None:
    journeys = tuple(replace(journeys_zoo.restless, name=name) for name in ("one", "other"))
    (service,) = (replace(journeys_zoo.quick_scrapes, journeys=journeys),)
    (rule,) = (rule for rule in alerts(fleet_groups((service,))) if rule.alert == names.SHARED_STEP)

    assert "have failed in the last 30s;" in rule.annotations["description"]


def test_a_trace_id_in_parts_is_the_trace_id() -> None:
    assert "".join(str(n).zfill(digits) for n, digits in zip(PARTS, (11, 11, 10), strict=True)) == TRACE


def test_every_quiet_case_has_a_twin_that_fires() -> None:
    for service in (*FLEET, *journeys_zoo.SERVICES):
        found = [(journey_proofs(service, j), journey_groups(service, j)) for j in service.journeys]
        for proofs, groups in (*found, (fleet_proofs((service,)), fleet_groups((service,)))):
            fired = [(f.alert, bool(f.alerts)) for p in proofs for c in p.cases for f in c.fired]

            assert {a for a, fires in fired if not fires} <= {a for a, fires in fired if fires}
            assert {rule.alert for rule in alerts(groups)} <= {a for a, fires in fired if fires}


def test_names_of_cases_are_unique_within_a_file() -> None:
    for service in journeys_zoo.SERVICES:
        for journey in service.journeys:
            for proof in journey_proofs(service, journey):
                sentences = [case.name for case in proof.cases]

                assert len(sentences) == len(set(sentences)), proof.path


def test_pages_that_one_page_silences_carry_the_label_by_which_it_does() -> None:
    (shared,) = shared_steps(FLEET)
    source = next(rule for rule in alerts(fleet_groups(FLEET)) if rule.alert == names.SHARED_STEP)

    assert shared.name == "auth"
    assert source.labels["uses_auth"] == "true"
    assert source.labels["owner"] == "platform-core"  # whose service answers the step
    for watch in shared.watches:
        for rule in alerts(journey_groups(watch.service, watch.journey)):
            assert (rule.labels["uses_auth"], rule.labels["env"]) == ("true", source.labels["env"])


def test_every_alert_of_a_journey_has_its_section_in_the_runbook() -> None:
    for service in (*FLEET, journeys_zoo.zoo):
        (file,) = runbook(service)
        tokens = MarkdownIt("commonmark").parse(file.text)
        headings = {tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"}
        rules = [r for j in service.journeys for r in alerts(journey_groups(service, j))]
        for rule in (*rules, *alerts(fleet_groups((service,)))):
            assert rule.alert in headings
            assert rule.annotations["runbook_url"].endswith(f"#{rule.alert.lower()}")


def test_an_alert_stands_for_as_long_as_it_is_kept_after_it_was_last_due() -> None:
    due = [False, True, False, False, True, False, False, False, False]

    assert standing(due, keep=120) == [False, True, True, True, True, True, True, False, False]
    assert standing(due) == due
    assert waits([True, True, False, True, True, True], 120) == [False, False, False, False, False, True]


def test_the_arithmetic_counts_exactly_the_last_runs_wherever_the_scrapes_lie() -> None:
    for phase in range(60):
        page = Paging(failures=3, of=5, every=60, scrape=15, keep=300)
        runs = [phase + 60 * n for n in range(1, 20)]

        assert {page.counted(runs, 60 * minute) for minute in range(8, 18)} == {5}


def test_windows_hold_whole_scrapes_and_a_hair_less_than_one_more() -> None:
    for service in journeys_zoo.SERVICES:
        for journey in service.journeys:
            windows = re.findall(r"outcome=\"failure\"\}\[([^\]]+)\]", journey_file(service, journey).text)

            assert all(window.endswith("999ms") for window in windows)
