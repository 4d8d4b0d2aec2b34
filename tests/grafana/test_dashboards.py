"""The dashboards of services and of the fleet: nothing in them is broken, empty by mistake, or out of place."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from grafana.examples import (
    availability,
    buy,
    correctness,
    everything,
    freshness,
    guarded,
    handmade,
    home,
    latency,
    probes,
    rpc,
    service,
    small,
    spender,
    walked,
)
from grafana.exported import SERIES, of_hosts
from grafana.lint import lint
from grafana.published_types import type_faults
from grafana.rules import Build
from grafana.walk import filled, panels, queries
from relrails import BurnTier
from relrails.promql import Matcher, selectors
from relrails.promtool import Promtool
from relrails.render.grafana import render, render_fleet, render_service
from relrails.rules import names
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import days, hours, minutes, percent

Json = dict[str, Any]

FLEET = (everything, small, walked, guarded, spender)
KINDS = (availability, latency, rpc, correctness, handmade, probes, freshness)


def board_of(of: Service) -> Json:
    found: Json = json.loads(next(render_service(of)).text)
    return found


def overview_of(services: Sequence[Service]) -> Json:
    found: Json = json.loads(next(render_fleet(services)).text)
    return found


def journeys_of(services: Sequence[Service]) -> Json:
    (found,) = [json.loads(f.text) for f in render_fleet(services) if f.path.endswith("/journeys.json")]
    return dict(found)


def boards(services: Sequence[Service]) -> list[Json]:
    found = [board_of(of) for of in services]
    of_fleet = [f for f in render_fleet(services) if f.path.endswith(".json")]
    return [*found, *(json.loads(f.text) for f in of_fleet)]


def expressions(services: Sequence[Service]) -> list[tuple[str, str]]:
    return [(f"{b['title']}: {where}", filled(expr)) for b in boards(services) for where, expr in queries(b)]


def section(board: Json, slo: SLO) -> list[Json]:
    rows = [index for index, panel in enumerate(board["panels"]) if panel["type"] == "row"]
    start = next(i for i in rows if board["panels"][i]["title"].startswith(f"{slo.name}:"))
    end = next((i for i in rows if i > start), len(board["panels"]))
    found: list[Json] = board["panels"][start:end]
    return found


def by_title(board: Json, slo: SLO, title: str) -> Json:
    return next(panel for panel in section(board, slo) if panel["title"] == title)


def exprs(panel: Json) -> str:
    return "\n".join(target["expr"] for target in panel["targets"])


@pytest.mark.parametrize("of", FLEET, ids=lambda of: str(of.name))
def test_a_service_dashboard_has_no_fault(of: Service) -> None:
    board = board_of(of)
    assert lint(board) == []
    assert type_faults(board) == []


def test_the_overview_has_no_fault() -> None:
    board = overview_of(FLEET)
    assert lint(board) == []
    assert type_faults(board) == []


def test_the_dashboard_of_the_journeys_has_no_fault() -> None:
    board = journeys_of(FLEET)
    assert lint(board) == []
    assert type_faults(board) == []


def budgets_of(services: Sequence[Service]) -> Json:
    (found,) = [json.loads(f.text) for f in render_fleet(services) if f.path.endswith("/budgets.json")]
    return dict(found)


def test_the_dashboard_of_the_budgets_has_no_fault() -> None:
    board = budgets_of(FLEET)
    assert lint(board) == []
    assert type_faults(board) == []
    assert not [file for file in render_fleet([everything]) if file.path.endswith("/budgets.json")]


def test_every_budget_is_shown_against_its_limit_in_the_budgets_of_its_service_and_of_all() -> None:
    for board in (board_of(spender), budgets_of(FLEET)):
        limits = {
            panel["title"]: panel["targets"][-1]["expr"]
            for panel in board["panels"]
            if panel.get("targets") and panel["targets"][-1].get("legendFormat") == "limit"
        }
        assert {title: expr.rpartition(" * ")[2] for title, expr in limits.items() if " * " in expr} == {
            "orders: time until it is empty": "60",
            "orders: age of the oldest item": "60",
            "packing: longest still running": "60",
            "pictures: written in a day": str(1024**3),
            "pictures: kept more than a day ago": str(1024**3),
        }, "limits are recorded in the writer's unit, and shown in seconds and bytes"
        assert {"orders: waiting", "packing: slower than 2 min", "nodes: spent in a day"} < set(limits)


def test_what_comes_in_is_shown_beside_what_it_costs_on_both_dashboards() -> None:
    shown = ["Requests by endpoint", "Probes among the requests", "Slowest endpoints, p95"]
    for board, heading in ((board_of(spender), "Cost and performance"), (budgets_of(FLEET), spender.name)):
        titles = [panel["title"] for panel in board["panels"]]
        start = titles.index(heading)
        assert titles[start + 1 : start + 4] == shown
    only = replace(spender, budgets=())
    assert {panel["title"] for panel in board_of(only)["panels"]} >= {"Cost and performance", *shown}
    assert not {panel["title"] for panel in board_of(replace(only, traffic=None))["panels"]} & set(shown)


def test_promtool_accepts_every_query(promtool: Promtool, tmp_path: Path) -> None:
    asked = expressions(FLEET)
    assert len(asked) > 200
    recording = [{"record": f"panel:q{index}:value", "expr": expr} for index, (_, expr) in enumerate(asked)]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recording}]}))
    checked = promtool.check_rules([file])
    assert checked.ok, checked


def test_every_series_that_a_panel_reads_is_recorded_or_declared() -> None:
    written = {"odd_total", "all_total"}  # of a Ratio, whose metrics nobody declares
    of_fleet = [(FLEET, overview_of(FLEET)), (FLEET, journeys_of(FLEET)), (FLEET, budgets_of(FLEET))]
    for services, board in [*(([of], board_of(of)) for of in FLEET), *of_fleet]:
        build = Build(services)
        for where, expr in queries(board):
            for selector in selectors(filled(expr)):
                assert selector.metric in written or build.gives(selector), (where, selector)


def test_a_series_under_another_name_would_be_noticed() -> None:
    known = next(selectors('slo:current_burn_rate:ratio{service="shop",slo="rpc"}'))
    build = Build(FLEET)
    assert build.gives(known)
    for wrong in (
        'slo:current_burn_rate:percent{service="shop",slo="rpc"}',
        'slo:current_burn_rate:ratio{service="shop",slo="cpr"}',
        'slo:sli_error:ratio_rate3d{service="shop",slo="rpc"}',
        'ALERTS{alertname="SLOErrorBudgetBurnt",service="shop",slo="rpc"}',
        'ALERTS{alertname="SLOErrorBudgetBurn",service="shop",slo="rpc",long="2h"}',
        "http_request_total",
        "relrails_probe_run_total",
        'relrails_probe_runs_total{journey="sell_things"}',
        'relrails_probe_runs_total{outcome="failed"}',
        'relrails_probe_runs_total{step="pay"}',
        'probe_success{job="relrails-probes"}',
    ):
        assert not build.gives(next(selectors(wrong))), wrong


def test_every_query_asks_only_for_the_chosen_environments() -> None:
    chosen = Matcher("env", "=~", "$environment")
    for board in boards(FLEET):
        for where, expr in queries(board):
            asked = list(selectors(expr))
            for selector in asked:
                if selector.metric in SERIES and "env" not in SERIES[selector.metric][1]:
                    continue  # of the runner itself, which is in no environment
                if board["uid"] == names.dashboard_uid("journeys") and selector.metric.startswith("slo:"):
                    assert chosen in asked[-1].matchers, (where, "only with a result of a chosen journey")
                    assert "and on (journey)" in expr
                    continue
                assert chosen in selector.matchers, (board["title"], where, selector)


def test_every_query_of_the_journeys_asks_only_for_the_chosen_ones() -> None:
    chosen = Matcher("journey", "=~", "$journey")
    for where, expr in queries(journeys_of(FLEET)):
        for selector in selectors(expr):
            if of_hosts(selector):
                continue  # a host is no journey's own
            if "journey" in SERIES.get(selector.metric, (None, set()))[1]:
                assert chosen in selector.matchers, (where, selector)


def test_counters_are_counted_and_gauges_are_read() -> None:
    asked = [
        (where, expr)
        for board in (journeys_of(FLEET), board_of(walked), board_of(guarded))
        for where, expr in queries(board)
    ]
    counted = 0
    for where, expr in asked:
        line = " ".join(filled(expr).split())
        for selector in selectors(expr):
            if selector.metric in SERIES:
                metric, _ = SERIES[selector.metric]
                used = re.search(rf"(\w*)\(\s*{selector.metric}\b", line)
                rated = used is not None and used[1] in {"rate", "increase"}
                assert rated is (metric.type != "gauge"), (where, selector.metric)
                counted += rated
    assert counted > 20


def test_a_section_asks_only_for_its_own_slo() -> None:
    board = board_of(everything)
    for slo in everything.slos:
        for panel in section(board, slo):
            for target in panel.get("targets", []):
                for selector in selectors(filled(target["expr"])):
                    if selector.metric == "ALERTS" or selector.metric.startswith("slo:"):
                        equal = {m.label: m.value for m in selector.matchers if m.op == "="}
                        assert (equal["service"], equal["slo"]) == (everything.name, slo.name), panel["title"]


def test_variable_and_annotation_read_series_that_exist() -> None:
    for board in boards(FLEET):
        labels = {v["name"]: v["query"]["query"] for v in board["templating"]["list"] if v["type"] == "query"}
        assert set(labels) <= {"environment", "journey"}
        for name, asked in labels.items():
            inside = re.fullmatch(r"label_values\((.*), (env|journey)\)", asked)
            assert inside is not None
            assert name.startswith(inside[2])
            assert Build(FLEET).gives(next(selectors(inside[1])))
            assert "$" not in asked, "a variable that filters itself can never be widened again"


def test_an_slo_has_a_section_that_answers_in_the_order_of_urgency() -> None:
    titles = [panel["title"] for panel in section(board_of(service(availability)), availability)]
    assert titles == [
        "availability: 99.95 % over 28d",
        "Page",
        "Ticket",
        "Burn rate now",
        "Budget lasts",
        "Budget left",
        "SLI, 28d",
        "Objective",
        "Outage left",
        "Bad requests left",
        "Window filled",
        "SLI, 5m",
        "Requests per second",
        "Burn rate, page alerts",
        "Burn rate, ticket alerts",
        "Budget left over time",
        "Budget spent by day",
        "Burn rate, how often",
        "Alerts",
        "Burn-rate alerts",
        "Bad requests by code, region, route",
        "By region",
        "Definition",
    ]


def test_a_latency_slo_shows_its_promise_as_a_line() -> None:
    panel = by_title(board_of(everything), latency, "Latency, p95")
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == 0.3
    assert panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"]["mode"] == "dashed"
    assert "histogram_quantile(0.95," in exprs(panel)


def test_a_native_histogram_is_read_without_buckets() -> None:
    for title in ("Latency, p99", "Latency, how often"):
        assert "_bucket" not in exprs(by_title(board_of(everything), rpc, title))


def test_failures_are_those_that_the_sli_counts() -> None:
    assert 'outcome!="ready"' in exprs(by_title(board_of(everything), correctness, "Bad outcomes by outcome"))
    assert 'code=~"5.."' in exprs(by_title(board_of(everything), availability, "Bad requests by code, region, route"))


def test_no_window_is_written_down_anywhere_but_in_the_slo() -> None:
    month = replace(handmade, name="same")
    quarter = replace(month, window=90 * days)
    texts = [json.dumps(section(board_of(service(slo)), slo)) for slo in (month, quarter)]
    assert "30d" in texts[0]
    assert "30d" not in texts[1]


def test_limits_of_burn_rates_are_those_of_the_alerts() -> None:
    own = (
        BurnTier(severity="page", factor=20, long=2 * hours, short=10 * minutes),
        BurnTier(severity="ticket", factor=4, long=2 * days, short=4 * hours),
    )
    slo = replace(handmade, tiers=own)
    board = board_of(service(slo))
    steps = by_title(board, slo, "Burn rate now")["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(step["value"], step["color"]) for step in steps] == [
        (None, "green"),
        (1, "yellow"),
        (4, "orange"),
        (20, "red"),
    ]
    page = by_title(board, slo, "Burn rate, page alerts")
    assert [step["value"] for step in page["fieldConfig"]["defaults"]["thresholds"]["steps"]] == [None, 20]
    assert "ratio_rate2h" in exprs(page)
    assert "ratio_rate10m" in exprs(page)
    assert lint(board) == []


def test_the_first_alert_of_a_severity_gives_its_colour() -> None:
    steps = by_title(board_of(everything), handmade, "Burn rate now")["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(step["value"], step["color"]) for step in steps] == [(None, "green"), (1, "orange"), (6, "red")]


def test_budget_colours_are_those_of_the_policy() -> None:
    steps = by_title(board_of(small), availability, "Budget left")["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(step["value"], step["color"]) for step in steps] == [(None, "red"), (0.1, "yellow"), (0.2, "green")]


def test_one_tile_shows_the_worst_group_and_a_table_shows_each() -> None:
    board = board_of(service(availability))
    assert exprs(by_title(board, availability, "Budget left")).startswith("min(")
    assert exprs(by_title(board, availability, "Burn rate now")).startswith("max(")
    assert "by (region)" in exprs(by_title(board, availability, "By region"))
    assert not [panel for panel in section(board_of(service(latency)), latency) if panel["title"].startswith("By ")]


def test_missing_data_is_said_on_every_panel_that_shows_data() -> None:
    for board in boards(FLEET):
        for panel in panels(board):
            if panel.get("targets"):
                assert panel["fieldConfig"]["defaults"]["noValue"] == "no data", panel["title"]
    assert not [expr for _, expr in expressions(FLEET) if "vector(0)" in expr]


def test_links_lead_to_dashboards_that_exist_and_to_the_runbook() -> None:
    uids = {board["uid"] for board in boards(FLEET)}
    for of in FLEET:
        links = {link["title"]: link for link in board_of(of)["links"]}
        assert links["All services"]["url"].removeprefix("/d/") in uids
        assert links["All services"]["includeVars"]
        assert links["Runbook"]["url"] == of.runbook
        assert of.name in links["Alerts"]["url"]
    assert {names.dashboard_uid(of.name) for of in FLEET} < uids


def test_the_journeys_are_shown_in_the_order_in_which_somebody_looks() -> None:
    assert [panel["title"] for panel in journeys_of(FLEET)["panels"]] == [
        "Now",
        "State",
        "Alerts",
        "Success, 1h",
        "Success, 1d",
        "Success, its window",
        "Budget left",
        "Last run",
        "Success",
        "Success",
        "Failing steps",
        "Latency",
        "Duration of a run, p95",
        "Duration of a run, p50 and p99",
        "Steps, p95",
        "Phases of the last run",
        "Failures",
        "Failures by step and reason",
        "Runs by outcome",
        "Flaky, 6h",
        "Second attempts",
        "Hosts",
        "Hosts",
        "Alerts of hosts",
        "Certificate expires in",
        "Runner",
        "Lateness",
        "Runs that say nothing",
        "Runner",
        "Scrape of the runner",
    ]


def test_a_fleet_without_journeys_has_no_dashboard_for_them() -> None:
    assert not [file for file in render_fleet([everything]) if file.path.endswith("/journeys.json")]
    links = [link["title"] for link in board_of(everything)["links"]]
    assert links == ["All services", "Runbook", "Alerts"]
    assert "Journeys" in [link["title"] for link in board_of(walked)["links"]]


def test_a_canary_is_shown_beside_the_stable_version() -> None:
    board = board_of(guarded)
    titles = [panel["title"] for panel in board["panels"]]
    start = titles.index("Canary")
    assert titles[start : start + 10] == [
        "Canary",
        "Verdict",
        "Evidence against it",
        "Traffic of the canary",
        "Last look",
        "availability: bad requests by track",
        "latency: p95 by track",
        "correctness: bad outcomes by track",
        "Evidence by test",
        "Phase",
    ]
    for title, bad in (
        ("availability: bad requests by track", 'code=~"5.."'),
        ("correctness: bad outcomes by track", "ready"),
    ):
        (errors,) = [panel for panel in board["panels"] if panel["title"] == title]
        for target, track in zip(errors["targets"], ("canary", "stable"), strict=False):
            assert bad in target["expr"]
            tracks = {m.value for s in selectors(filled(target["expr"])) for m in s.matchers if m.label == "track"}
            assert tracks == {track}
            assert all(
                s.metric.startswith("slo:") or "track" in {m.label for m in s.matchers}
                for s in selectors(filled(target["expr"]))
            )
    assert "Canary" not in [panel["title"] for panel in board_of(everything)["panels"]]


def journey_rows(of: Service) -> list[str]:
    (promise,) = [p for p in of.promises if p.name.startswith("journey-")]
    titles = [panel["title"] for panel in section(board_of(of), promise)]
    return titles[titles.index("Window filled") + 1 : titles.index("SLI, 5m")]


def test_the_section_of_a_journey_shows_its_steps_before_its_history() -> None:
    assert journey_rows(replace(walked, journeys=(buy,))) == [
        "Failing steps",
        "Failures by step and reason",
        "Duration of a run",
        "Steps, p95",
        "Phases of the last run",
        "Runs by outcome",
        "Flaky, 6h",
        "Second attempts",
    ]


def test_a_journey_that_blackbox_runs_has_no_panel_of_the_runner() -> None:
    assert journey_rows(replace(walked, journeys=(home,))) == ["Duration of a run", "Phases of the last run"]
    only = [replace(walked, journeys=(home,))]
    titles = [panel["title"] for panel in journeys_of(only)["panels"]]
    assert not {"Failing steps", "Steps, p95", "Failures", "Runner"} & set(titles)
    assert "relrails_probe" not in json.dumps(journeys_of(only)).replace("relrails-probe", "")


def test_the_budget_of_a_duration_is_a_line() -> None:
    (promise,) = [p for p in walked.promises if "buy" in p.name]
    panel = by_title(board_of(walked), promise, "Duration of a run")
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"] == 2
    assert panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"]["mode"] == "dashed"
    assert [t["legendFormat"] for t in panel["targets"] if t.get("exemplar")] == ["p99"]
    on_the_board = next(p for p in journeys_of(FLEET)["panels"] if p["title"] == "Duration of a run, p95")
    limits = {t["expr"].rsplit(" ", 1)[1] for t in on_the_board["targets"] if "limit" in t["legendFormat"]}
    assert limits == {"2", "0.5"}
    assert on_the_board["targets"][0]["exemplar"]


def test_every_journey_is_held_against_its_own_objective_and_pace() -> None:
    tiles = {p["title"]: p for p in journeys_of(FLEET)["panels"] if p["type"] == "stat"}

    def limits(title: str) -> dict[str, float]:
        return {
            o["matcher"]["options"]: o["properties"][0]["value"]["steps"][-1]["value"]
            for o in tiles[title]["fieldConfig"]["overrides"]
        }

    assert limits("Success, 1h") == {"buy_things": 0.99, "home": 0.995}
    assert limits("Last run") == {"buy_things": 180, "home": 180}
    assert limits("Flaky, 6h") == {"buy_things": 0.05}


def test_a_tile_leads_to_the_service_and_to_the_page_of_the_last_failure() -> None:
    (state,) = [p for p in journeys_of(FLEET)["panels"] if p["title"] == "State"]
    links = {
        o["matcher"]["options"]: [link["url"] for link in o["properties"][0]["value"]]
        for o in state["fieldConfig"]["overrides"]
    }
    assert links["buy_things"][0].startswith(f"/d/{board_of(walked)['uid']}?")
    assert links["buy_things"][1] == "https://runs.example.com/runs/buy_things/last-failure"
    assert len(links["home"]) == 1, "Blackbox keeps no such page"


def test_alerts_link_to_the_dashboard_that_is_rendered() -> None:
    for of in FLEET:
        assert f"/d/{board_of(of)['uid']}?" in names.dashboard_url(of)


def test_the_alert_of_a_journey_chooses_it_on_the_dashboard() -> None:
    board = journeys_of(FLEET)
    address = names.journeys_url(walked, buy)
    assert f"/d/{board['uid']}?" in address
    chosen = re.findall(r"var-(\w+)=", address)
    assert {v["name"] for v in board["templating"]["list"]} >= set(chosen) == {"environment", "journey"}


def test_the_order_of_declaration_changes_no_byte() -> None:
    turned = service(*reversed(everything.slos))
    assert next(render_service(turned)).text == next(render_service(everything)).text
    assert sorted(f.text for f in render_fleet(FLEET)) == sorted(f.text for f in render_fleet(tuple(reversed(FLEET))))


def test_other_processes_write_the_same_bytes() -> None:
    program = (
        "import hashlib; from grafana.examples import everything, small; from relrails.render.grafana import render;"
        "print(hashlib.sha256(''.join(f.path + f.text for f in render([everything, small])).encode()).hexdigest())"
    )
    path = [str(Path(__file__).parents[1]), *sys.path]
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONPATH": ":".join(path), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_a_changed_slo_changes_its_own_section_and_nothing_else() -> None:
    before = board_of(service(*KINDS))
    after = board_of(service(*(replace(slo, by=("zone",)) if slo is correctness else slo for slo in KINDS)))
    assert section(before, correctness) != section(after, correctness)
    assert len(section(before, correctness)) != len(section(after, correctness)), "a panel was added in the middle"
    for slo in KINDS:
        if slo is not correctness:
            assert section(before, slo) == section(after, slo), slo.name
    rest = {"panels": None}
    assert {**before, **rest} == {**after, **rest}


def test_a_panel_keeps_its_id_when_another_is_added_before_it() -> None:
    plain, grouped = (
        {panel["title"]: panel["id"] for panel in section(board_of(service(slo)), slo)}
        for slo in (correctness, replace(correctness, by=("zone",)))
    )
    assert all(grouped.get(title, number) == number for title, number in plain.items())


def test_importing_the_target_does_not_import_grafanalib() -> None:
    program = "import sys; import relrails.render.grafana; sys.exit('grafanalib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2]).returncode == 0


def test_text_of_the_writer_stays_words() -> None:
    slo = replace(handmade, description="*bold* [x](http://evil) <script>\n# heading $environment ```")
    board = board_of(service(slo))
    (text,) = [panel["options"]["content"] for panel in section(board, slo) if panel["type"] == "text"]
    assert text.splitlines()[0] == (r"**\*bold\* \[x\](http://evil) \<script\> \# heading &#36;environment \`\`\`**")
    assert lint(board) == []


def test_names_of_any_length_and_kind_find_their_dashboard() -> None:
    board = overview_of(FLEET)
    (table,) = [panel for panel in panels(board) if panel["type"] == "table"]
    first = table["targets"][0]["expr"]
    assert names.dashboard_uid(small.name) in first
    assert len(names.dashboard_uid(small.name)) <= 40
    links = [p for o in table["fieldConfig"]["overrides"] for p in o["properties"] if p["id"] == "links"]
    assert links[0]["value"][0]["url"].startswith("/d/${__data.fields.dashboard}?")


services_strategy = st.builds(
    lambda slos, name, warn, journeys: replace(
        service(*{slo.name: slo for slo in slos}.values(), name=name, warn=warn), journeys=journeys
    ),
    st.lists(
        st.builds(
            lambda slo, window, objective, by, name: replace(
                slo, window=window * days, objective=objective * percent, by=by, name=name
            ),
            st.sampled_from(KINDS),
            st.integers(7, 400),
            st.sampled_from([90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999]),
            st.sampled_from([(), ("region",), ("region", "zone")]),
            st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
        ),
        min_size=1,
        max_size=2,
    ),
    st.from_regex(r"[a-z][a-z0-9-]{0,60}", fullmatch=True),
    st.integers(1, 100),
    st.sampled_from([(), (home,), (buy, home)]),
)


@settings(max_examples=25, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # shrinking dashboards takes minutes
@given(services_strategy)
def test_any_service_gives_dashboards_without_fault(of: Service) -> None:
    for file in render([of]):
        if file.path.endswith(".json"):
            board = json.loads(file.text)
            assert lint(board) == []
            assert type_faults(board) == []
    build = Build([of])
    for _, expr in expressions([of]):
        for selector in selectors(expr):
            assert selector.metric in {"odd_total", "all_total"} or build.gives(selector), selector
