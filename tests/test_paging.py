"""The simulation of the page: it does what Prometheus does, and says what the page is worth."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.paging import Page, detection, false_pages, increase, kept
from probes import auth_query
from relrails.files import yaml_text
from relrails.promql import Binary, number, selector, sum_by
from relrails.promtool import Promtool
from relrails.toolchain import Tool
from relrails.units import seconds

DAYS = 10 * 86_400


def pages_a_month(page: Page, noise: float, times: int) -> float:
    random = np.random.default_rng(7)
    return sum(false_pages(page, noise, random, DAYS) for _ in range(times)) / times * 3


def with_limit(page: Page, limit: int) -> Page:
    assert isinstance(page.rule.expr, Binary)
    return replace(page, rule=replace(page.rule, expr=replace(page.rule.expr, right=number(limit))))


def test_noise_of_two_percent_pages_twice_a_month_and_a_limit_of_two_would_page_every_day() -> None:
    # 3 of 5 at probability p: a run fails, and two of the four before it: 6 p^3 of the runs begin a page, a little
    # fewer as some pages are one; 57,600 runs a month.
    page = Page.of()

    assert 1.4 < pages_a_month(page, 0.02, 30) < 3.2
    assert pages_a_month(with_limit(page, 1), 0.02, 6) > 30


def test_noise_of_half_a_percent_hardly_ever_pages() -> None:
    assert pages_a_month(Page.of(), 0.005, 30) <= 0.3


def test_a_hard_outage_pages_after_two_and_a_half_runs_and_what_scraping_and_evaluating_take() -> None:
    random, page = np.random.default_rng(7), Page.of()
    found = np.array([detection(page, 1.0, random) for _ in range(200)]) / 60

    assert 1.9 <= np.quantile(found, 0.5) <= 2.5
    assert found.max() <= 2.9


def test_a_window_of_four_runs_would_miss_three_of_five() -> None:
    """The simulation reads the window of the rule, and not what we think of it."""
    page = Page.of()
    at = np.arange(600.0, 1800.0, 15.0)
    failed = np.array([725.0, 815.0, 905.0])  # every second run: three of five

    assert page.fires(failed, at, 0.0).any()
    shorter = Page.of(replace(auth_query.journey, every=30 * seconds))
    assert not shorter.fires(failed, at, 0.0).any()


def test_an_expression_that_the_simulation_does_not_know_is_refused() -> None:
    page = Page.of()
    unknown = replace(page, rule=replace(page.rule, expr=sum_by(selector("up"))))

    with pytest.raises(ValueError, match=r"cannot be simulated: sum\(up\)"):
        unknown.fires(np.array([]), np.array([600.0]), 0.0)


def test_increase_is_what_prometheus_makes_of_the_same_samples(promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    scrapes = np.arange(0.0, 3600.0, 15.0)
    counter = np.cumsum(random.random(len(scrapes)) < 0.1).astype(float) + 1
    at, window = np.arange(600.0, 3600.0, 60.0), 314.999
    found = increase(scrapes, counter, at, window)
    fields = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "15s",
                "input_series": [{"series": "c", "values": " ".join(f"{v:g}" for v in counter)}],
                "promql_expr_test": [
                    {
                        "expr": f"abs(increase(c[5m14s999ms]) - {value:.12g}) < bool 0.000001",
                        "eval_time": f"{moment:.0f}s",
                        "exp_samples": [{"labels": "{}", "value": 1}],
                    }
                    for moment, value in zip(at, found, strict=True)
                ],
            }
        ],
    }
    path = tmp_path / "increase.yml"
    path.write_text(yaml_text(fields, ""))
    rules = [{"record": "same", "expr": "c"}]
    (tmp_path / "rules.yml").write_text(yaml_text({"groups": [{"name": "one", "rules": rules}]}, ""))

    for tool in promtools:
        run = Promtool(tool).test_rules([path])

        assert run.ok, "\n".join(map(str, run.failures))


def test_an_alert_is_kept_for_so_many_evaluations() -> None:
    due = np.array([False, True, False, False, False, True])

    assert kept(due, 2).tolist() == [False, True, True, True, False, True]
