"""The generated proofs pass on every promtool for every kind and shape of SLO, and fail when the rules are wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from zoo import SERVICES, odd_scrapes, quick_scrapes, slow_scrapes, zoo

from relrails import Service, prove
from relrails.promtool import Promtool, TestRun
from relrails.prove.values import ProofFile
from relrails.prove.yaml_file import proof_file
from relrails.render.prometheus import rule_file
from relrails.slo import SLO
from relrails.toolchain import Tool

SHAPES = ("by-two", "week", "quarter", "modest", "coin", "own-tiers", "ratio-no-job")
"""SLOs whose windows, limits or groups are their own; the rest differ in how they count events."""
LONG_STORIES = ("latency-native", "probe", "fresh-by-feed")


def write(service: Service, slo: SLO, folder: Path) -> dict[str, Path]:
    """Write the rules and proofs of one SLO; gives the proofs by the last part of their name."""
    found = {}
    for file in (rule_file(service, slo), *(proof_file(p) for p in prove.proofs(service, slo))):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
        found[path.stem.rpartition(".")[2]] = path
    return found


def play(tool: Tool, service: Service, slo: SLO, names: tuple[str, ...], folder: Path) -> TestRun | None:
    """Run some of the proofs of one SLO; None where this promtool can play none of them."""
    playable = {p.path.split(".")[-2] for p in prove.proofs(service, slo) if tool.version >= p.needs}
    paths = [path for name, path in write(service, slo, folder).items() if name in names and name in playable]
    return Promtool(tool).test_rules(paths) if paths else None


def cases(of: tuple[Service, ...], only: tuple[str, ...] = ()) -> list[object]:
    return [
        pytest.param(service, slo, id=f"{service.name}-{slo.name}")
        for service in of
        for slo in service.slos
        if not only or slo.name in only
    ]


@pytest.mark.parametrize(("service", "slo"), cases(SERVICES))
def test_raw_samples_of_every_kind_become_the_sums_that_the_arithmetic_says(
    service: Service, slo: SLO, promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    for tool in promtools:
        run = play(tool, service, slo, ("minutes",), tmp_path)

        assert run is None or run.ok, "\n".join(map(str, run.failures))


@pytest.mark.parametrize(("service", "slo"), cases((zoo,), SHAPES))
def test_windows_and_alerts_of_every_shape_keep_their_proofs(
    service: Service, slo: SLO, promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    for tool in promtools:
        run = play(tool, service, slo, ("windows", "budget", "alerts"), tmp_path)

        assert run is not None
        assert run.ok, "\n".join(map(str, run.failures))


@pytest.mark.parametrize(
    ("service", "slo"),
    [
        *cases((zoo,), LONG_STORIES),
        *cases((slow_scrapes, odd_scrapes, quick_scrapes), ("plain",)),
    ],
)
def test_whole_incidents_are_paged_when_promised(
    service: Service, slo: SLO, promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    run = play(promtools[-1], service, slo, ("incident", "days"), tmp_path)

    assert run is not None
    assert run.ok, "\n".join(map(str, run.failures))


def test_a_limit_that_is_a_tenth_too_high_fails_a_proof(promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    slo = zoo.slos[0]
    proofs = write(zoo, slo, tmp_path)
    rules = tmp_path / rule_file(zoo, slo).path
    rules.write_text(rules.read_text().replace("0.0144", "0.01584"))

    for tool in promtools:
        assert not Promtool(tool).test_rules([proofs["alerts"]]).ok


def test_a_rule_that_reads_another_service_fails_a_proof(promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    slo = zoo.slos[0]
    proofs = write(zoo, slo, tmp_path)
    rules = tmp_path / rule_file(zoo, slo).path
    rules.write_text(rules.read_text().replace('http_requests_total{job="zoo"}', "http_requests_total"))

    for tool in promtools:
        assert not Promtool(tool).test_rules([proofs["minutes"]]).ok


def test_every_quiet_case_has_a_twin_that_fires() -> None:
    for service in SERVICES:
        for slo in service.slos:
            found: tuple[ProofFile, ...] = prove.proofs(service, slo)
            fired = [(f.alert, bool(f.alerts)) for proof in found for case in proof.cases for f in case.fired]

            assert {a for a, fires in fired if not fires} <= {a for a, fires in fired if fires}, slo.name


def test_names_of_cases_are_unique_within_a_file() -> None:
    for service in (zoo, replace(slow_scrapes, name="again")):
        for slo in service.slos:
            for proof in prove.proofs(service, slo):
                sentences = [case.name for case in proof.cases]

                assert len(sentences) == len(set(sentences)), proof.path
