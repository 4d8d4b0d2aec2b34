"""The alerts about the hosts of journeys: proved on every promtool, red when wrong, of TLS only where there is any."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import journeys_zoo
import pytest
import yaml
from journeys import service, simple_journey, step
from markdown_it import MarkdownIt

from relrails import Service
from relrails.probe import Journey, Target
from relrails.probe.names import BLACKBOX_JOB
from relrails.promtool import Promtool
from relrails.prove.journeys import host_proofs
from relrails.prove.values import ProofFile
from relrails.prove.yaml_file import proof_file
from relrails.render.prometheus import fleet_file, hosts_file, journey_file, render_fleet, rule_file
from relrails.render.runbook import render_service as runbook
from relrails.rules import AlertingRule, names
from relrails.rules.journeys import host_groups
from relrails.toolchain import Tool
from relrails.units import seconds
from services import core_api, export_service

FLEET = (core_api.service, export_service.service)
PLAIN = Target(name="plain", url="http://plain.example.com:8080")
BOTH = (
    service(
        journeys=(
            simple_journey(),
            simple_journey(name="away", target=PLAIN, steps=(step(), step(name="again"))),
            simple_journey(name="real", env="production", target=Target(name="six", url="https://[2001:db8::1]:8443")),
        )
    ),
)
"""Hosts with TLS and without, in two environments."""


def rules(services: tuple[Service, ...]) -> Iterator[AlertingRule]:
    yield from (r for g in host_groups(services) for r in g.rules if isinstance(r, AlertingRule))


def write(folder: Path, text: str, proofs: tuple[ProofFile, ...]) -> list[Path]:
    """Write rules and their proofs, and give the paths of these."""
    path = folder / hosts_file(FLEET).path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    paths = []
    for file in map(proof_file, proofs):
        paths.append(folder / file.path)
        paths[-1].parent.mkdir(parents=True, exist_ok=True)
        paths[-1].write_text(file.text)
    return paths


@pytest.mark.parametrize("services", [FLEET, BOTH], ids=["ours", "with and without TLS"])
def test_alerts_about_hosts_keep_their_proofs(
    services: tuple[Service, ...], promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    paths = write(tmp_path, hosts_file(services).text, host_proofs(services))

    for tool in promtools if services is FLEET else promtools[-1:]:
        run = Promtool(tool).test_rules(paths)

        assert run.ok, "\n".join(map(str, run.failures))


ONES = '{env="staging",job="relrails-reachability",target="core-api"}[4'
EARLIEST, LAST_CHAIN = "probe_ssl_earliest_cert_expiry", "probe_ssl_last_chain_expiry_timestamp_seconds"
WRONG = {
    "one failed probe is enough": (">\n        2\n", ">\n        0\n"),
    "two failed probes are enough": (">\n        2\n", ">\n        1\n"),
    "four must fail": (">\n        2\n", ">\n        3\n"),
    "one probe more": ("[4m59s999ms]", "[5m59s999ms]"),
    "one probe less": ("[4m59s999ms]", "[3m59s999ms]"),
    "a host is well when one of its checks is": ("        max(\n            count", "        min(\n            count"),
    "no patience with the end": ("keep_firing_for: 5m", "keep_firing_for: 1m"),
    "another host's probes": (ONES, ONES.replace(',target="core-api"', "")),
    "another environment's probes": (ONES, ONES.replace('env="staging",', "")),
    "another job's probes": (ONES, ONES.replace('job="relrails-reachability",', "")),
    "told only where both checks are gone": ("or\n        absent(", "and\n        absent("),
    "a restart is told": ("for: 10m", "for: 8m"),
    "a silence that lasts": ("for: 10m", "for: 20m"),
    "TLS is not said to be at fault": ("core-api: no TLS handshake succeeds", "core-api answers"),
}
WRONG_CERTIFICATES = {
    "a ticket a day late": ("1209600", "1123200"),
    "a ticket a minute early": ("1209600", "1209660"),
    "a page a day late": ("259200", "172800"),
    "a page a minute early": ("259200", "259260"),
    "the page of the first certificate": (LAST_CHAIN, EARLIEST),
    "the ticket of the last chain": (EARLIEST, LAST_CHAIN),
    "the newest certificate counts": ("min_over_time", "last_over_time"),
    "the best certificate counts": ("min_over_time", "max_over_time"),
    "a certificate that has expired is forgotten": ("[1d]", "[1h]"),
    "a certificate is never forgotten": ("[1d]", "[3d]"),
    "a renewal is not believed": ("[1h]", "[3h]"),
}


@pytest.mark.parametrize(
    ("proof", "old", "new"),
    [pytest.param("reachability", *change, id=wrong) for wrong, change in WRONG.items()]
    + [pytest.param("certificates", *change, id=wrong) for wrong, change in WRONG_CERTIFICATES.items()],
)
def test_a_wrong_rule_about_hosts_fails_a_proof(
    proof: str, old: str, new: str, promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    text = hosts_file(FLEET[:1]).text
    assert old in text
    proofs = tuple(p for p in host_proofs(FLEET[:1]) if proof in p.path)
    paths = write(tmp_path, text.replace(old, new), proofs)

    assert not Promtool(promtools[-1]).test_rules(paths).ok


def test_a_host_without_tls_has_no_certificate_to_run_out() -> None:
    plain = {(r.alert, r.labels["severity"]) for r in rules(BOTH) if r.labels["target"] == "plain"}
    secure = {(r.alert, r.labels["severity"]) for r in rules(BOTH) if r.labels["target"] == "shop"}

    assert plain == {(names.HOST_UNREACHABLE, "ticket"), (names.HOST_UNSEEN, "ticket")}
    assert secure - plain == {(names.CERTIFICATE, "ticket"), (names.CERTIFICATE, "page")}
    assert len(host_groups((service(journeys=(simple_journey(target=PLAIN),)),))) == 1


def test_without_journeys_there_is_no_host_to_watch() -> None:
    assert host_groups((service(),)) == ()
    assert host_proofs((service(),)) == ()
    assert list(render_fleet((service(),))) == []


def test_every_alert_about_a_host_has_labels_of_its_own_and_an_owner() -> None:
    for services in (FLEET, BOTH):
        found = [(r.alert, tuple(sorted(r.labels.items()))) for r in rules(services)]

        assert len(found) == len(set(found))
        for rule in rules(services):
            assert {"severity", "service", "owner", "env", "target"} == set(rule.labels)
            assert {"summary", "description", "runbook_url", "dashboard_url"} <= set(rule.annotations)


def test_a_host_belongs_to_the_service_that_it_is_named_after() -> None:
    owners = {r.labels["target"]: r.labels["owner"] for r in rules(tuple(reversed(FLEET)))}

    assert owners == {"core-api": "platform-core", "export-service": "evidence-export"}


def test_every_alert_about_a_host_has_its_section_in_the_runbook_that_it_links_to() -> None:
    books = {}
    for one in FLEET:
        (file,) = runbook(one)
        tokens = MarkdownIt("commonmark").parse(file.text)
        headings = [tokens[n + 1].content.lower() for n, t in enumerate(tokens) if t.type == "heading_open"]
        books[one.runbook] = headings
    for rule in rules(FLEET):
        address, _, anchor = rule.annotations["runbook_url"].partition("#")
        assert anchor in books[address]


def test_what_a_host_alert_says_names_the_host_the_numbers_and_the_journeys() -> None:
    said = {
        (f.alert, found[0]["severity"]): found[1]
        for p in host_proofs(FLEET)
        for c in p.cases
        for f in c.fired
        for found in f.alerts
        if found[0]["target"] == "core-api" and "expired" not in found[1]["summary"]
    }

    unreachable = said[names.HOST_UNREACHABLE, "ticket"]
    assert unreachable["summary"] == "core-api is out of reach in staging: 3 of the last 5 probes failed"
    assert unreachable["description"] == (
        "Blackbox Exporter asks https://core-api.staging.example.com every 1m, and 3 of its last 5 probes failed; the "
        "last answer was status 502. Journeys that go there: auth_query, export_pack and investigation."
    )
    assert unreachable["hosts"] == "core-api: TLS works, but no live server answers"
    assert said[names.CERTIFICATE, "page"]["summary"] == (
        "the certificate of core-api in staging expires in 23h 40m 0s"
    )


# One run of Blackbox


@pytest.mark.parametrize("evaluated", ["1m", "5m"])
@pytest.mark.parametrize(("every", "scrape"), [(30, 60), (60, 15), (120, 15)])
def test_one_failed_run_of_blackbox_or_one_lost_scrape_tells_nobody(
    every: int, scrape: int, evaluated: str, promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    journey = replace(journeys_zoo.front_page, every=every * seconds)
    shop = replace(journeys_zoo.zoo, name="shop", scrape_interval=scrape * seconds, journeys=(journey,))
    paths = []
    for file in (rule_file(shop, shop.promises[-1]), journey_file(shop, journey), fleet_file((shop,))):
        groups = yaml.safe_load(file.text)["groups"]
        paths.append(tmp_path / Path(file.path).name)
        # promtool has one pace for all: what sums up five minutes must not do so every minute.
        paths[-1].write_text(json.dumps({"groups": [g for g in groups if evaluated == "5m" or g["interval"] != "5m"]}))
    looked = {"expr": 'count_over_time(ALERTS{alertstate="firing"}[90m])', "eval_time": "90m", "exp_samples": []}
    tests = [
        {"interval": f"{every}s", "input_series": lost(journey, at, how), "promql_expr_test": [looked]}
        for how in ("0", "stale")
        for at in range(8, 13)
    ]
    proofs = tmp_path / "tests.yml"
    proofs.write_text(
        json.dumps({"rule_files": [p.name for p in paths], "evaluation_interval": evaluated, "tests": tests})
    )

    run = Promtool(promtools[-1]).test_rules([proofs])

    assert run.ok, "\n".join(map(str, run.failures))


def lost(journey: Journey, at: int, how: str) -> list[dict[str, str]]:
    """Play a journey of Blackbox of which one run failed, or was not scraped."""
    labels = f'{{env="{journey.env}",instance="x",job="{BLACKBOX_JOB}",journey="{journey.name}"}}'
    well = f"1x{at} {{}} 1x200"
    played = {"probe_success": how, "up": "1" if how == "0" else "0", "probe_duration_seconds": "1"}
    return [{"series": name + labels, "values": well.format(value)} for name, value in played.items()]
