"""A pace shortens times, and nothing else."""

from copy import deepcopy
from typing import Any

import yaml

from staging.environment.environment import ROOT
from staging.environment.pace import Pace, hurried

RULES = ROOT / "generated" / "prometheus" / "rules"


def group(**rule: str) -> list[dict[str, Any]]:
    return [{"name": "one", "interval": "5m", "rules": [rule]}]


def test_windows_are_as_much_shorter_as_evaluations_come_more_often() -> None:
    groups = group(expr="sum_over_time(a:b:increase5m[1d]) + increase(c_total[5m14s999ms])")
    hurried(groups, Pace(windows=15))
    assert groups[0]["interval"] == "20s"
    assert groups[0]["rules"][0]["expr"] == "sum_over_time(a:b:increase5m[1h36m]) + increase(c_total[20s999ms])"


def test_waits_and_stays_and_windows_have_paces_of_their_own_and_a_longest() -> None:
    rule = {"expr": "rate(a_total[1d]) > 5", "for": "1h", "keep_firing_for": "10m"}
    groups = group(**rule)
    hurried(groups, Pace(waits=10, stays=60, windows=2, longest_wait="30s", longest_window="40s"))
    assert groups[0]["rules"] == [{"expr": "rate(a_total[40s]) > 5", "for": "30s", "keep_firing_for": "10s"}]


def test_a_plain_pace_only_evaluates_more_often() -> None:
    for file in sorted(RULES.glob("*.yml")):
        groups = yaml.safe_load(file.read_text())["groups"]
        before = deepcopy(groups)
        hurried(groups, Pace())
        assert groups == [was | {"interval": "1s"} for was in before]


def test_what_stays_as_declared_is_not_changed() -> None:
    for file in sorted(RULES.glob("*.yml")):
        groups = yaml.safe_load(file.read_text())["groups"]
        before = deepcopy(groups)
        hurried(groups, Pace(scrape=None, evaluate=None))
        assert groups == before


def test_nothing_of_the_generated_rules_but_times_is_changed() -> None:
    pace = Pace(waits=30, stays=30, windows=30, longest_wait="10s", longest_window="40s")
    for file in sorted(RULES.glob("*.yml")):
        groups = yaml.safe_load(file.read_text())["groups"]
        before = deepcopy(groups)
        hurried(groups, pace)
        for now, was in zip(groups, before, strict=True):
            for rule, declared in zip(now["rules"], was["rules"], strict=True):
                assert rule.keys() == declared.keys()
                assert all(rule[key] == declared[key] for key in rule.keys() - {"expr", "for", "keep_firing_for"})
                assert [part.partition("]")[2] for part in rule["expr"].split("[")[1:]] == [
                    part.partition("]")[2] for part in declared["expr"].split("[")[1:]
                ]
