"""Traffic: its rules keep their proofs, a wrong rule does not, and what is recorded stays small."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.budgets import SERVICES, cost_of_traffic, raw_traffic
from relrails import Service, Traffic, metric, rules
from relrails.promtool import Promtool
from relrails.prove.traffic import UNPROVED, traffic_proof, traffic_sentence
from relrails.prove.yaml_file import proof_file
from relrails.render.prometheus import render_service, traffic_file
from relrails.rules import RecordingRule, names
from relrails.rules.cost import samples_per_minute
from relrails.toolchain import Tool
from relrails.units import seconds
from services import core_api, export_service

calls = metric.Counter("rpc_calls_total", labels=("handler", "agent")).where(job=metric.matching("edge|core"))
times = metric.Histogram("rpc_seconds", labels=("handler",)).where(job=metric.matching("edge|core"))
EDGE = replace(
    core_api.service,
    name="edge",
    scrape_interval=30 * seconds,
    traffic=Traffic(
        requests=calls,
        probes=calls.where(agent=metric.matching("probe.*")),
        durations=times,
        route="handler",
        top=2,
        minimum_requests=1,
    ),
)
KINDS = (core_api.service, export_service.service, EDGE)


def write(of: Service, folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    group, proof = rules.traffic_group(of), traffic_proof(of)
    assert group is not None
    assert proof is not None
    for file in (traffic_file(of, group), proof_file(proof)):
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_text(file.text)
    rule_file = folder / f"prometheus/rules/{group.name}.yml"
    text = rule_file.read_text()
    assert change[0] in text
    rule_file.write_text(text.replace(*change))
    return folder / proof.path


@pytest.mark.parametrize("of", KINDS, ids=lambda of: of.name)
def test_traffic_keeps_its_proofs(of: Service, promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    path = write(of, tmp_path)

    for tool in promtools:
        run = Promtool(tool).test_rules([path])

        assert run.ok, "\n".join(map(str, run.failures))


COUNTER = 'http_requests_total{job="core-api"}'
PROBES = 'http_requests_total{job="core-api",synthetic="true"}'
WRONG = {
    "another job's requests": (f"sum by (route) (rate({COUNTER}", "sum by (route) (rate(http_requests_total"),
    "one number for all endpoints": (f"sum by (route) (rate({COUNTER}", f"sum(rate({COUNTER}"),
    "the fastest instance only": (f"sum by (route) (rate({COUNTER}", f"max by (route) (rate({COUNTER}"),
    "a restart taken for fewer requests": (f"(rate({COUNTER}", f"(deriv({COUNTER}"),
    "requests of half an hour": (f"rate({COUNTER}[5m]", f"rate({COUNTER}[30m]"),
    "a counter in place of its rate": (f"(rate({COUNTER}[5m])", f"(increase({COUNTER}[5m])"),
    "a missing counter is zero": (
        f"expr: sum by (route) (rate({COUNTER}[5m]))",
        f"expr: sum by (route) (rate({COUNTER}[5m])) or vector(0)",
    ),
    "one endpoint too many kept apart": ("      topk(10, traffic", "      topk(11, traffic"),
    "the others without those kept apart": ("            unless\n", "            and\n"),
    "the others lost": ('"(all others)"', '""'),
    "customers taken for probes": (',synthetic="true"', ""),
    "probes taken for customers": ('synthetic="true"', 'synthetic!="true"'),
    "probes that were never counted are unknown": (f"{PROBES}[5m]))\n      or\n", f"{PROBES}[5m]))\n      and\n"),
    "another service's requests": ('(traffic:requests:rate5m{service="core-api"})', "(traffic:requests:rate5m)"),
    "another service's requests kept apart": (
        'topk(10, traffic:requests:rate5m{service="core-api"})',
        "topk(10, traffic:requests:rate5m)",
    ),
    "another service's probes": ('(traffic:probes:rate5m{service="core-api"})', "(traffic:probes:rate5m)"),
    "a share of no requests": (" > 0)", " >= 0)"),
    "a share of the others": ("      /\n", "      *\n"),
    "the p99": ("0.95", "0.99"),
    "one p95 of all endpoints": ("sum by (route, le)", "sum by (le)"),
    "another job's answers": ('_bucket{job="core-api"}', "_bucket"),
    "another job's answers are enough": ('_count{job="core-api"}', "_count"),
    "a quiet endpoint leads the list": ("> 19.5", "> 17.5"),
    "just enough answers are too few": ("> 19.5", "> 21.5"),
    "nobody asks how many answers there were": ("        and\n          sum by", "        or\n          sum by"),
    "answers of a second": ("increase(http_request", "rate(http_request"),
    "more of the slowest": ("topk(\n        10", "topk(\n        11"),
    "the fastest": ("topk(\n", "bottomk(\n"),
    "another name": ("service: core-api", "service: export-service"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_rule_fails_a_proof(wrong: str, promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    path = write(core_api.service, tmp_path, WRONG[wrong])
    promtool = Promtool(promtools[-1])

    assert promtool.check_rules([*tmp_path.glob("prometheus/rules/*.yml")]).ok, "wrong, but no mistake of grammar"
    assert not promtool.test_rules([path]).ok


def test_a_service_that_declares_no_traffic_has_no_rules_of_it() -> None:
    silent = replace(core_api.service, traffic=None)

    assert rules.traffic_group(silent) is None
    assert traffic_proof(silent) is None
    assert not [file for file in render_service(silent) if "traffic" in file.path]


def test_what_cannot_be_played_is_said_to_be_unproved() -> None:
    odd = calls.where(agent=metric.matching("probe")).where(agent=metric.matching("robot"))
    assert EDGE.traffic is not None

    proof = traffic_proof(replace(EDGE, traffic=replace(EDGE.traffic, probes=odd)))

    assert proof is None
    assert traffic_sentence(proof) == UNPROVED


def test_nothing_is_alerted_and_each_series_is_recorded_once() -> None:
    for of in KINDS:
        group = rules.traffic_group(of)
        assert group is not None
        recorded = [rule.record for rule in group.rules if isinstance(rule, RecordingRule)]
        assert recorded == [
            names.TRAFFIC_REQUESTS,
            names.TRAFFIC_TOP,
            names.TRAFFIC_PROBES,
            names.TRAFFIC_PROBE_SHARE,
            names.TRAFFIC_SLOWEST,
        ]
        assert len(recorded) == len(group.rules)


@pytest.mark.parametrize("of", SERVICES, ids=lambda of: of.name)
def test_each_raw_sample_is_read_once_by_a_sum_and_once_by_the_sum_of_the_probes(of: Service) -> None:
    group = rules.traffic_group(of)
    assert group is not None
    series = tuple(raw_traffic(of))
    scrapes_a_minute = 4
    probes = [s for s in series if s.labels.get("synthetic") == "true"]

    read = samples_per_minute((group,), series, ())

    assert read == scrapes_a_minute * (len(series) + len(probes))
    assert read < cost_of_traffic(of) < 500
