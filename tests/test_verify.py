"""`verify` runs the proofs that changed, on every promtool, and never passes what it did not look at."""

from dataclasses import replace
from pathlib import Path

import pytest
from zoo import SLOS, zoo

from relrails import Service, prove, verify
from relrails.prove import promises
from relrails.render import prometheus
from relrails.toolchain import Tool

ONE = replace(zoo, name="one", slos=SLOS[:1])


def quick(service: Service) -> tuple[prove.ProofFile, ...]:
    """The real proofs, less those that play hours and days."""
    keep = (".windows.yml", ".alerts.yml", ".minutes.yml")
    return tuple(p for slo in service.slos for p in prove.proofs(service, slo) if p.path.endswith(keep))


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(verify, "proofs", lambda service, slo: quick(replace(service, slos=(slo,))))
    folder = tmp_path / "generated"
    for file in (*prometheus.render_service(ONE), *prove.render_service(ONE)):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    return folder


def run(out: Path, tools: tuple[Tool, ...], *, everything: bool = False) -> verify.Verdict:
    return verify.verify((ONE,), out, tools, out.parent / "cache", everything=everything)


def test_only_what_changed_runs_again(out: Path, promtools: tuple[Tool, ...]) -> None:
    first = run(out, promtools)
    second = run(out, promtools)
    third = run(out, promtools[:1], everything=True)

    assert first.ok, first.failures
    assert (first.ran, first.unchanged) == (3 * len(promtools), 0)
    assert (second.ran, second.unchanged) == (0, 3 * len(promtools))
    assert (third.ran, third.unchanged) == (3, 0)
    assert first.summary == (f"one/plain: {promises(ONE, SLOS[0]).sentence()}",)


def test_a_wrong_rule_fails_and_is_not_remembered_as_green(
    out: Path, promtools: tuple[Tool, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = out / "prometheus/rules/one.plain.yml"
    rules.write_text(rules.read_text().replace("> 0.0144", ">= 0.0144"))
    monkeypatch.setattr(verify, "rule_file", lambda service, slo: replace_text(service, slo, rules))

    found = [run(out, promtools[:1]) for _ in range(2)]

    assert all(not verdict.ok for verdict in found)
    assert all("above the limit" in "".join(verdict.failures) for verdict in found)


def replace_text(service: Service, slo: object, path: Path) -> object:
    del slo
    (file,) = prometheus.render_service(service)
    return replace(file, text=path.read_text())


def test_files_that_are_not_what_the_services_say_are_not_proved(out: Path, promtools: tuple[Tool, ...]) -> None:
    (out / "prometheus/rules/one.plain.yml").write_text("groups: []\n")
    (out / "prometheus/tests/one.plain.alerts.yml").unlink()

    verdict = run(out, promtools)

    assert not verdict.ok
    assert verdict.ran == 0
    assert "not what the services say" in verdict.failures[0]
    assert "is missing" in verdict.failures[1]


def test_without_a_promtool_nothing_is_proved_and_that_is_said(out: Path) -> None:
    verdict = run(out, ())

    assert not verdict.ok
    assert verdict.not_run == ("no promtool was found: nothing was proved",)


def test_a_major_version_that_is_not_there_is_named(out: Path, promtools: tuple[Tool, ...]) -> None:
    oldest = min(promtools, key=lambda tool: tool.version)

    verdict = run(out, (oldest,))

    assert verdict.not_run == ("nothing was proved on Prometheus 3: no promtool 3.x was found",)


def test_a_proof_that_sees_no_alert_fire_is_no_proof(
    out: Path, promtools: tuple[Tool, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "proofs", lambda service, slo: (prove.proofs(service, slo)[0],))

    verdict = run(out, promtools[:1])

    assert not verdict.ok
    assert "one/plain: no proof ever sees SLOExporterDown fire" in verdict.failures


def test_the_promise_of_an_expression_that_cannot_be_played_says_so() -> None:
    plain_sums, filtered = (next(slo for slo in SLOS if slo.name == name) for name in ("ratio", "ratio-no-job"))

    assert promises(zoo, plain_sums).raw
    assert not promises(zoo, filtered).raw
    assert promises(zoo, SLOS[0]).raw


def test_the_promise_of_the_reference_slo_is_the_workbooks() -> None:
    assert promises(zoo, SLOS[0]).sentence() == (
        "pages after 1 min at total outage, 9 min at 10 % bad, silent at 0.9x, clears 6 min after recovery, "
        "ticket after 36.2 h at twice the budget"
    )
