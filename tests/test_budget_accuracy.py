"""The error budget is the true ratio of sums, whatever the traffic: from raw counters through the whole chain."""

from pathlib import Path

import pytest
from conftest import MAJORS
from real_prometheus import pair_of

from bench.accuracy import LIMIT, measured, service_over
from bench.traffic import INSTANCES, MINUTE, SCRAPE_SECONDS, Traffic
from relrails.files import yaml_text
from relrails.promql import text
from relrails.promtool import Promtool
from relrails.render.prometheus import rule_file
from relrails.rules import names
from relrails.units import days

UNEVEN = 0.25
"""What a mean of ratios is off by at least, where traffic is uneven: else the traffic would prove nothing."""


@pytest.mark.parametrize("major", MAJORS)
@pytest.mark.parametrize(
    ("shape", "outage", "window_days"),
    [
        ("flat", "peak", 2),
        ("10:1 day and night", "peak", 2),
        ("10:1 day and night", "trough", 2),
        ("bursts", "peak", 2),
        ("bursts", "trough", 5),
    ],
)
def test_the_budget_is_within_one_percent_of_the_truth(shape: str, outage: str, window_days: int, major: int) -> None:
    found = measured(pair_of(major), shape, outage, window_days * days)

    assert found.ours == pytest.approx(found.true, rel=LIMIT)
    assert found.budget_left == pytest.approx(1 - found.ours / 0.001)
    assert found.coverage > 0.99
    if shape != "flat":
        assert found.mean != pytest.approx(found.true, rel=UNEVEN)


def test_the_rules_as_they_are_rendered_keep_a_day_within_one_percent(promtool: Promtool, tmp_path: Path) -> None:
    """Every rule of both groups, evaluated in order each minute by promtool, from raw samples to the budget."""
    service, slo = service_over(1 * days)
    rules = rule_file(service, slo)
    traffic = Traffic("10:1 day and night", "peak", start=0, minutes=26 * 60)
    end = 25 * 60
    true = traffic.ratio((end - 24 * 60) * MINUTE, end * MINUTE)
    ours = f"(1 - {text(names.series_of(service, slo, names.BUDGET_REMAINING))}) * {slo.budget}"
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "group_eval_order": [names.group_name(service, slo), names.long_group_name(service, slo)],
        "tests": [
            {
                "name": "a day",
                "interval": f"{SCRAPE_SECONDS}s",
                "input_series": _played(traffic, end * MINUTE),
                "promql_expr_test": [
                    {
                        "expr": f"sum(abs({ours} / {true:.12f} - 1) < bool {LIMIT})",
                        "eval_time": f"{end}m",
                        "exp_samples": [{"labels": "{}", "value": 1}],
                    }
                ],
            }
        ],
    }
    (tmp_path / "rules.yml").write_text(rules.text, encoding="utf-8")
    (tmp_path / "test.yml").write_text(yaml_text(test, ""), encoding="utf-8")

    assert promtool.test_rules([tmp_path / "test.yml"]).failures == ()


def _played(traffic: Traffic, until: int) -> list[dict[str, str]]:
    out = []
    for instance, share, _ in INSTANCES:
        counters = zip(*(traffic.events(at, share) for at in range(0, until + 1, SCRAPE_SECONDS)), strict=True)
        for code, values in zip(("200", "500"), counters, strict=True):
            name = f'http_requests_total{{job="api",instance="{instance}",code="{code}"}}'
            out.append({"series": name, "values": " ".join(map(str, values))})
    return out
