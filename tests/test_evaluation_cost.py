"""What our rules cost Prometheus: the formula, what a real one counts, and the limits that we set ourselves."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import zoo
from conftest import MAJORS
from real_prometheus import pair_of

from bench.evaluation import FLEETS, Fleet, every_window_from_raw, measured
from relrails import SLO
from relrails.promql import reads, text
from relrails.promql.ast import Written
from relrails.rules import RecordingRule, RuleGroup, rule_groups
from relrails.rules.cost import Stored, recorded, samples, samples_per_minute
from relrails.units import minutes, seconds

SMALL = FLEETS[0]


def group_of(line: str) -> RuleGroup:
    rule = RecordingRule(record="r", expr=Written(line), labels={})
    return RuleGroup(name="one", interval=1 * minutes, rules=(rule,))


def hits(count: int, every: int = 15) -> tuple[Stored, ...]:
    return tuple(Stored("hits_total", {"job": "a", "n": str(n)}, every * seconds) for n in range(count))


def left_edges(group: RuleGroup, stored: Sequence[Stored]) -> int:
    """Prometheus 2 reads the sample on the left edge of a range too: one more for each series and range."""
    looks = [read for rule in group.rules for read in reads(text(rule.expr)) if read.seconds]
    return sum(series.is_in(read.selector) for read in looks for series in stored)


@pytest.mark.parametrize("major", MAJORS)
def test_a_real_prometheus_reads_exactly_what_the_formula_says(major: int) -> None:
    fleet = replace(SMALL, instances=3)
    stored = (*fleet.raw, *recorded(fleet.groups))

    found = measured(pair_of(major), fleet)

    edges = [left_edges(group, stored) if major == 2 else 0 for group in fleet.groups]
    assert found == tuple(samples(group, stored) + more for group, more in zip(fleet.groups, edges, strict=True))


@pytest.mark.parametrize("fleet", FLEETS, ids=lambda f: f"{f.instances * 5} series every {f.scrape_seconds} s")
def test_one_ratio_slo_stays_below_its_limit_left_edges_and_all(fleet: Fleet) -> None:
    stored = (*fleet.raw, *recorded(fleet.groups))

    edges = sum(left_edges(group, stored) for group in fleet.groups)

    assert samples_per_minute(fleet.groups, fleet.raw) + edges <= fleet.aim


def test_a_larger_fleet_costs_its_base_windows_more_and_nothing_else() -> None:
    small, large = (replace(SMALL, instances=n) for n in (10, 1010))

    more = samples_per_minute(large.groups, large.raw) - samples_per_minute(small.groups, small.raw)

    # Of each instance 5 series in total and 2 bad ones, over 4 scrapes, and `up` in two alerts.
    assert more == 1000 * ((5 + 2) * 4 + 2)


def test_the_formula_gives_what_was_measured_for_rules_that_read_every_window_from_raw() -> None:
    # 530,355 samples a minute, as Prometheus 2.42 counted for Sloth's rules over 50 series every 60 s.
    assert float(samples_per_minute(every_window_from_raw(), SMALL.raw)) == pytest.approx(530_355, rel=0.002)


def test_each_group_of_a_grouped_slo_has_windows_of_its_own() -> None:
    slo = next(slo for slo in zoo.SLOS if slo.by == ("region",))
    groups = rule_groups(zoo.zoo, slo)
    regions = tuple({"region": str(n)} for n in range(3))

    assert samples_per_minute(groups, (), regions) == 3 * samples_per_minute(groups, (), regions[:1])


def test_a_subquery_counts_its_inside_once_for_each_step_which_prometheus_hides() -> None:
    # 2 series x 20 samples in 5m, 60 times.
    assert samples(group_of("max_over_time(sum(rate(hits_total[5m]))[1h:1m])"), hits(2)) == 2 * 20 * 60


def test_a_selector_without_a_range_reads_one_sample_of_each_series_that_it_selects() -> None:
    assert samples(group_of('hits_total{job="a", n!="0"} > 3 and on () hits_total{job="b"}'), hits(5)) == 4
    assert samples(group_of('{__name__=~"hits_.*", missing=""}'), hits(5)) == 5
    assert samples(group_of("vector(0.999)"), hits(5)) == 0


@pytest.mark.parametrize("slo", zoo.SLOS, ids=lambda slo: slo.name)
def test_every_kind_of_slo_is_cheap_where_nothing_is_scraped(slo: SLO) -> None:
    """What is derived has the same price for all kinds: it depends on the window and the tiers only."""
    groups = rule_groups(zoo.zoo, slo)

    assert 0 < samples_per_minute(groups, ()) < 35_000
