"""Panels asked in earnest: their queries, run by promtool on a scripted Prometheus, give what the reader should see."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from grafana.examples import availability, guarded, small, spender, walked
from grafana.walk import filled, panels
from relrails.canary import names as canary
from relrails.probe import names as probe
from relrails.promtool import Promtool
from relrails.render.grafana import render_fleet, render_service
from relrails.rules import names

Json = dict[str, Any]

SERVICE: Json = json.loads(next(render_service(small)).text)
FLEET: Json = json.loads(next(render_fleet([small])).text)
GUARDED: Json = json.loads(next(render_service(guarded)).text)
SPENDER: Json = json.loads(next(render_service(spender)).text)
BUDGETS: Json = json.loads(next(f.text for f in render_fleet([spender]) if f.path.endswith("/budgets.json")))
JOURNEYS: Json = json.loads(next(f.text for f in render_fleet([walked]) if f.path.endswith("/journeys.json")))
BUY = 'env="staging",instance="runner:9",job="relrails-probe",journey="buy_things"'
RESULT = f"{probe.SUCCESS}{{{BUY}}}"
CHECKED = f'check="answers",env="staging",job="{probe.REACHABILITY_JOB}",target="shop"'
ME = f'service="{small.name}",slo="{availability.name}"'
EU, US = f'{ME},region="eu"', f'{ME},region="us"'
DAY = 86400
WINDOW = 28 * DAY  # of the example
BUDGET = 0.0005


@dataclass(frozen=True)
class Case:
    """What Prometheus holds, and what a panel shows of it; a value alone stands for one series without labels."""

    series: dict[str, str]
    panel: str
    shows: float | dict[str, float]
    query: str = "A"
    of: str = "service"
    at: str = "60m"


def alert(state: str, labels: str = EU, **more: str) -> dict[str, str]:
    extra = "".join(f',{name}="{value}"' for name, value in more.items())
    return {f'ALERTS{{alertstate="{state}",{labels}{extra}}}': "1x100"}


RULES = {f"{names.OBJECTIVE}{{{ME}}}": "0.9995x100"}
BESIDE = {"record": "beside:the:point", "expr": "vector(1)"}
"""A rule file must be named; the panels ask for series as they are recorded, not for how."""
NOTHING: dict[str, float] = {}
PAGE = {"alertname": names.BURN, "severity": "page"}


def budget(eu: float, us: float) -> dict[str, str]:
    return {f"{names.BUDGET_REMAINING}{{{EU}}}": f"{eu}x100", f"{names.BUDGET_REMAINING}{{{US}}}": f"{us}x100"}


def hour(eu: float, us: float) -> dict[str, str]:
    name = "slo:sli_error:ratio_rate1h"
    return {f"{name}{{{EU}}}": f"{eu}x100", f"{name}{{{US}}}": f"{us}x100"}


CASES: dict[str, Case] = {
    "quiet alerts are a zero": Case(RULES, "Page", 0),
    "without rules there is no zero": Case({}, "Page", NOTHING),
    "a firing page is a two": Case({**RULES, **alert("firing", **PAGE)}, "Page", 2),
    "a pending page is a one": Case({**RULES, **alert("pending", **PAGE)}, "Page", 1),
    "one group fires and another is pending": Case(
        {**RULES, **alert("firing", EU, **PAGE), **alert("pending", US, **PAGE)}, "Page", 2
    ),
    "a ticket is no page": Case({**RULES, **alert("firing", severity="ticket")}, "Page", 0),
    "another service's page is not ours": Case(
        {**RULES, **alert("firing", 'service="other",slo="availability"', **PAGE)}, "Page", 0
    ),
    "a page of an environment is seen when all are chosen": Case(
        {**RULES, **alert("firing", env="prod", **PAGE)}, "Page", 2
    ),
    "the worst group's budget": Case(budget(0.5, -0.25), "Budget left", -0.25),
    "no budget is no number": Case(RULES, "Budget left", NOTHING),
    "a budget written 9 minutes ago is still shown": Case(
        {f"{names.BUDGET_REMAINING}{{{EU}}}": "0.5x51"}, "Budget left", 0.5
    ),
    "a budget written 11 minutes ago is missing": Case(
        {f"{names.BUDGET_REMAINING}{{{EU}}}": "0.5x49"}, "Budget left", NOTHING
    ),
    "at twice the pace, half the budget lasts a quarter of the window": Case(
        {**budget(0.5, 0.75), **hour(2 * BUDGET, BUDGET / 2)}, "Budget lasts", WINDOW / 4
    ),
    "a spent budget lasts no time": Case({**budget(-0.5, 0.5), **hour(BUDGET, BUDGET)}, "Budget lasts", 0),
    "where nothing burns the budget lasts a thousand windows": Case(
        {**budget(1, 1), **hour(0, 0)}, "Budget lasts", WINDOW * 1000
    ),
    "what is left as a time of full outage": Case(budget(0.5, 1), "Outage left", 604.8),
    "what is left as events": Case(
        {
            f"{names.total_over(availability.window)}{{{EU}}}": "1000000x100",
            f"{names.bad_over(availability.window)}{{{EU}}}": "125x100",
        },
        "Bad requests left",
        375,
    ),
    "a limit of an alert is shown with its name": Case(
        {f"{names.TOTAL}{{{EU}}}": "5x100"},
        "Burn-rate alerts",
        {
            f'{{alert="{alert_}",region="eu"}}': factor
            for alert_, factor in (
                ("page 1h / 5m", 13.44),
                ("page 6h / 30m", 5.6),
                ("ticket 1d / 2h", 2.8),
                ("ticket 3d / 6h", 1),
            )
        },
        query="D",
    ),
    "a firing alert is marked in its own row": Case(
        {f"{names.TOTAL}{{{EU}}}": "5x100", **alert("firing", long="6h", short="30m", **PAGE)},
        "Burn-rate alerts",
        {
            f'{{alert="{alert_}",region="eu"}}': state
            for alert_, state in (
                ("page 1h / 5m", 0),
                ("page 6h / 30m", 2),
                ("ticket 1d / 2h", 0),
                ("ticket 3d / 6h", 0),
            )
        },
    ),
    "a group's share of all bad events": Case(
        {
            f"{names.bad_over(availability.window)}{{{EU}}}": "30x100",
            f"{names.bad_over(availability.window)}{{{US}}}": "10x100",
        },
        "By region",
        {'{region="eu"}': 0.75, '{region="us"}': 0.25},
        query="C",
    ),
    "a day that took a quarter of the budget": Case(
        {
            f"{names.BAD_5M}{{{EU}}}": "_x1000 125 _x1000",
            f"{names.total_over(availability.window)}{{{EU}}}": "1000000x2000",
        },
        "Budget spent by day",
        {f'{{region="eu",{ME}}}': 0.25},
        at="1940m",
    ),
    "failures by what tells them apart": Case(
        {
            'http_requests_total{job="shop",code="500",route="/a",region="eu",instance="1"}': "0+60x100",
            'http_requests_total{job="shop",code="500",route="/a",region="eu",instance="2"}': "0+60x100",
            'http_requests_total{job="shop",code="200",route="/a",region="eu",instance="1"}': "0+600x100",
        },
        "Bad requests by code, region, route",
        {'{code="500",region="eu",route="/a"}': 2},
    ),
    "no SLO pages": Case(RULES, "Paging", 0, of="fleet"),
    "one SLO pages, in two groups": Case(
        {**RULES, **alert("firing", EU, **PAGE), **alert("firing", US, **PAGE)}, "Paging", 1, of="fleet"
    ),
    "somebody else's alert is no SLO": Case({**RULES, **alert("firing", 'job="x"', **PAGE)}, "Paging", 0, of="fleet"),
    "without rules nothing is counted": Case(alert("pending", **PAGE), "Paging", NOTHING, of="fleet"),
    "a dead exporter is blindness": Case(
        {**RULES, **alert("firing", alertname=names.EXPORTER_DOWN)}, "Blind", 1, of="fleet"
    ),
    "a spent budget counts once": Case({**RULES, **budget(-0.5, 0)}, "Spent", 1, of="fleet"),
    "a budget written 9 minutes ago still counts": Case(
        {**RULES, f"{names.BUDGET_REMAINING}{{{EU}}}": "-0.5x51"}, "Spent", 1, of="fleet"
    ),
    "a burning SLO counts once": Case(
        {**RULES, f"{names.CURRENT_BURN_RATE}{{{EU}}}": "3x100", f"{names.CURRENT_BURN_RATE}{{{US}}}": "1x100"},
        "Burning",
        1,
        of="fleet",
    ),
    "every row knows its dashboard, however long the name": Case(
        {**RULES, f'{names.OBJECTIVE}{{service="shop",slo="x"}}': "0.99x100"},
        "SLOs",
        {
            f'{{dashboard="{names.dashboard_uid(small.name)}",{ME}}}': 0.9995,
            '{dashboard="relrails-shop",service="shop",slo="x"}': 0.99,
        },
        of="fleet table",
    ),
    "the SLI over a window whose name the overview does not know": Case(
        {f"{names.PERIOD_BURN_RATE}{{{EU}}}": "2x100", f"{names.ERROR_BUDGET}{{{ME}}}": "0.25x100"},
        "SLOs",
        {f"{{{ME}}}": 0.5},
        query="I",
        of="fleet table",
    ),
    "the canary fails twice as often as the stable version": Case(
        {
            'http_requests_total{job="shop",track="canary",code="500"}': "0+2x100",
            'http_requests_total{job="shop",track="canary",code="200"}': "0+8x100",
            'http_requests_total{job="shop",track="stable",code="500"}': "0+10x100",
            'http_requests_total{job="shop",track="stable",code="200"}': "0+90x100",
        },
        "availability: bad requests by track",
        0.2,
        of="guarded",
    ),
    "a canary without traffic has no error ratio": Case(
        {'http_requests_total{job="shop",track="canary",code="200"}': "5x100"},
        "availability: bad requests by track",
        NOTHING,
        of="guarded",
    ),
    "a canary that never failed has a ratio of nothing": Case(
        {'http_requests_total{job="shop",track="canary",code="200"}': "0+8x100"},
        "availability: bad requests by track",
        0,
        of="guarded",
    ),
    "the verdict is named": Case(
        {
            f'{canary.VERDICT}{{service="guarded",verdict="PROMOTE"}}': "0x100",
            f'{canary.VERDICT}{{service="guarded",verdict="ROLLBACK"}}': "1x100",
        },
        "Verdict",
        {'{verdict="ROLLBACK"}': 1},
        of="guarded",
    ),
    "evidence is a share of what rolls back, the strongest counts": Case(
        {
            f'{canary.LOG_E_VALUE}{{service="guarded",check="latency",test="latency_share"}}': "-1x100",
            f'{canary.LOG_E_LIMIT}{{service="guarded",check="latency",test="latency_share"}}': "4x100",
            f'{canary.LOG_E_VALUE}{{service="guarded",check="availability",test="error_rate_delta"}}': "6x100",
            f'{canary.LOG_E_LIMIT}{{service="guarded",check="availability",test="error_rate_delta"}}': "8x100",
        },
        "Evidence against it",
        0.75,
        of="guarded",
    ),
    "a queue that grows is full in the time that its trend says": Case(
        {f'{names.QUEUE_DEPTH}{{service="spender",budget="orders"}}': "20+1x100"},
        "orders: full in",
        25_200,
        of="spender",
    ),
    "a queue that grows beyond what it may hold is full now": Case(
        {f'{names.QUEUE_DEPTH}{{service="spender",budget="orders"}}': "900+1x100"},
        "orders: full in",
        0,
        of="spender",
    ),
    "a queue that does not grow is never full": Case(
        {f'{names.QUEUE_DEPTH}{{service="spender",budget="orders"}}': "80x100"},
        "orders: full in",
        NOTHING,
        of="spender",
    ),
    "a limit in minutes is a line in seconds": Case(
        {f'{names.BUDGET_LIMIT}{{service="spender",budget="orders",aspect="drain",unit="min"}}': "10x100"},
        "orders: time until it is empty",
        600,
        query="B",
        of="spender",
    ),
    "a budget is used as a share of its limit": Case(
        {
            f'{names.BUDGET_USED}{{service="spender",budget="orders",aspect="depth",unit="items"}}': "400x100",
            f'{names.BUDGET_LIMIT}{{service="spender",budget="orders",aspect="depth",unit="items"}}': "500x100",
        },
        "Used of what is allowed",
        {'{aspect="depth",budget="orders",service="spender"}': 0.8},
        of="budgets",
    ),
    "the slowest endpoint of a service, not of another one": Case(
        {
            f'{names.TRAFFIC_SLOWEST}{{service="spender",route="/a"}}': "0.25x100",
            f'{names.TRAFFIC_SLOWEST}{{service="spender",route="/b"}}': "2x100",
            f'{names.TRAFFIC_SLOWEST}{{service="other",route="/c"}}': "9x100",
        },
        "Slowest endpoints, p95",
        {'{route="/a"}': 0.25, '{route="/b"}': 2},
        of="spender",
    ),
    "an endpoint that was slow ten minutes ago is not slow now": Case(
        {f'{names.TRAFFIC_SLOWEST}{{service="spender",route="/a"}}': "2x49 stale"},
        "Slowest endpoints, p95",
        NOTHING,
        of="spender",
    ),
    "requests by endpoint, and all others": Case(
        {
            f'{names.TRAFFIC_TOP}{{service="spender",route="/a"}}': "7x100",
            f'{names.TRAFFIC_TOP}{{service="spender",route="(all others)"}}': "0.5x100",
        },
        "Requests by endpoint",
        {'{route="/a"}': 7, '{route="(all others)"}': 0.5},
        of="spender",
    ),
    "a share of the probes that is nothing is a number": Case(
        {f'{names.TRAFFIC_PROBE_SHARE}{{service="spender"}}': "0x100"}, "Probes among the requests", 0, of="budgets"
    ),
    "a share of no requests is no number": Case(
        {f'{names.TRAFFIC_REQUESTS}{{service="spender",route="/a"}}': "0x100"},
        "Probes among the requests",
        NOTHING,
        of="budgets",
    ),
    "a journey whose last run failed": Case(
        {RESULT: "1x59 0x50"}, "State", {'{journey="buy_things"}': 0}, of="journeys"
    ),
    "a journey that nobody runs is no number": Case({RESULT: "1x40"}, "State", NOTHING, of="journeys"),
    "a journey is as good as the time in which its last run was": Case(
        {RESULT: "_ 1x29 0x14 1x60"}, "Success, 1h", {'{journey="buy_things"}': 0.75}, of="journeys"
    ),
    "the budget of a journey has the journey's name": Case(
        {RESULT: "1x100", f'{names.BUDGET_REMAINING}{{service="walked",slo="journey-buy-things"}}': "0.25x100"},
        "Budget left",
        {'{journey="buy_things",slo="journey-buy-things"}': 0.25},
        of="journeys",
    ),
    "the success of a journey over its window": Case(
        {
            RESULT: "1x100",
            f'{names.PERIOD_BURN_RATE}{{service="walked",slo="journey-buy-things"}}': "2x100",
            f'{names.ERROR_BUDGET}{{service="walked",slo="journey-buy-things"}}': "0.125x100",
        },
        "Success, its window",
        {'{journey="buy_things",slo="journey-buy-things"}': 0.75},
        of="journeys",
    ),
    "the age of the last run": Case(
        {f"{probe.LAST_RUN}{{{BUY}}}": "3480x100"}, "Last run", {'{journey="buy_things"}': 120}, of="journeys"
    ),
    "what failed, by step and reason": Case(
        {
            f'{probe.STEP_FAILURES}{{{BUY},step="pay",reason="timeout"}}': "0+1x100",
            f'{probe.STEP_FAILURES}{{{BUY},step="pay",reason="dns"}}': "0x100",
        },
        "Failures by step and reason",
        {'{journey="buy_things",reason="timeout",step="pay"}': 10},
        of="journeys",
    ),
    "one of four runs was flaky": Case(
        {
            f'{probe.RUNS}{{{BUY},outcome="success"}}': "0+3x1000",
            f'{probe.RUNS}{{{BUY},outcome="flaky"}}': "0+1x1000",
            f'{probe.RUNS}{{{BUY},outcome="skipped"}}': "0+9x1000",
        },
        "Flaky, 6h",
        {'{journey="buy_things"}': 0.25},
        of="journeys",
        at="600m",
    ),
    "the limit of a journey is a line where there are results": Case(
        {RESULT: "1x100"}, "Duration of a run, p95", {'{journey="buy_things"}': 2}, query="B", of="journeys"
    ),
    "half of the runs are quicker": Case(
        {
            f'{probe.DURATION}_bucket{{{BUY},le="1"}}': "0x100",
            f'{probe.DURATION}_bucket{{{BUY},le="2"}}': "0+100x100",
            f'{probe.DURATION}_bucket{{{BUY},le="+Inf"}}': "0+100x100",
        },
        "Duration of a run, p50 and p99",
        {'{journey="buy_things"}': 1.5},
        of="journeys",
    ),
    "the worst of two probers is shown": Case(
        {
            f'{probe.SUCCESS}{{{CHECKED},instance="a"}}': "1x100",
            f'{probe.SUCCESS}{{{CHECKED},instance="b"}}': "1x59 0x50",
            RESULT: "1x100",
        },
        "Hosts",
        {'{check="answers",target="shop"}': 0},
        of="journeys",
    ),
    "a certificate is good for as long as the first one that is shown": Case(
        {
            f'{probe.CERTIFICATE_ENDS}{{{CHECKED},instance="a"}}': "90000x58 _x50",
            f'{probe.CERTIFICATE_ENDS}{{{CHECKED},instance="b"}}': "5000000x100",
        },
        "Certificate expires in",
        {'{target="shop"}': 86400},
        of="journeys",
    ),
    "phases of all steps add up": Case(
        {
            f'{probe.PHASE}{{{BUY},step="login",phase="wait"}}': "0.25x100",
            f'{probe.PHASE}{{{BUY},step="pay",phase="wait"}}': "0.5x100",
        },
        "Phases of the last run",
        {'{phase="wait"}': 0.75},
        of="journeys",
    ),
}


def asked(case: Case) -> str:
    board = {"service": SERVICE, "journeys": JOURNEYS, "guarded": GUARDED, "spender": SPENDER, "budgets": BUDGETS}.get(
        case.of, FLEET
    )
    kind = "table" if case.of == "fleet table" else None
    found = [p for p in panels(board) if p["title"] == case.panel and kind in (None, p["type"])]
    (target,) = [t for t in found[-1]["targets"] if t["refId"] == case.query]
    return filled(target["expr"])


def written(folder: Path) -> Path:
    tests = []
    for name, case in CASES.items():
        shows = case.shows if isinstance(case.shows, dict) else {"{}": case.shows}
        expected = [{"labels": labels, "value": value} for labels, value in shows.items()]
        tests.append(
            {
                "name": name,
                "interval": "1m",
                "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
                "promql_expr_test": [{"expr": asked(case), "eval_time": case.at, "exp_samples": expected}],
            }
        )
    file = folder / "panels.test.yml"
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "none", "rules": [BESIDE]}]}))
    file.write_text(yaml.safe_dump({"rule_files": ["rules.yml"], "tests": tests}))
    return file


def test_panels_show_what_happened(promtool: Promtool, tmp_path: Path) -> None:
    run = promtool.test_rules([written(tmp_path)])
    assert run.ok, "\n".join(str(failure) for failure in run.failures)


def test_a_wrong_expectation_would_be_noticed(promtool: Promtool, tmp_path: Path) -> None:
    file = written(tmp_path)
    content = yaml.safe_load(file.read_text())
    for test in content["tests"]:
        for sample in test["promql_expr_test"][0]["exp_samples"]:
            sample["value"] += 1
    file.write_text(yaml.safe_dump(content))
    failed = {failure.group for failure in promtool.test_rules([file]).failures}
    assert failed >= {name for name, case in CASES.items() if case.shows != NOTHING}
