"""The gate: what it allows, what it blocks and how it says so, and that nothing missing ever allows."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bad_signals import LIES
from conftest import MAJORS
from hypothesis import given
from hypothesis import strategies as st
from lying_prometheus import Asked, Said, serving
from real_prometheus import pair_of
from recorded_service import Spoil, answering, availability, quality, service

from bench.gate import Items
from bench.prometheus import fill, sample
from bench.prometheus import serving as prometheus
from relrails import Freeze, Service, budget, metric
from relrails.cli._gating import Gated, Passed, gate_text
from relrails.judge.canary.reason import Code
from relrails.judge.gate import (
    AlertFacts,
    BurnFacts,
    Facts,
    FreezeFacts,
    JourneyFacts,
    LimitFacts,
    Missing,
    SLOFacts,
    Verdict,
    judge,
)
from relrails.live.gate import Examined, examine, questions
from relrails.live.prometheus import Endpoint, ask
from relrails.promql import Matcher
from relrails.release import ReleaseClass
from relrails.render.prometheus import rule_file
from relrails.rules import names
from relrails.units import days, hours, items, minutes, ms, seconds

AT = 1_800_000_000.0
RELEASES: tuple[ReleaseClass, ...] = ("feature", "fix", "security")
SNAPSHOTS = Path(__file__).parent / "gate"


def burn(**more: Any) -> BurnFacts:
    given_: dict[str, Any] = {
        "severity": "page",
        "long": "1h",
        "short": "5m",
        "factor": 14.4,
        "threshold": 0.0144,
        "long_ratio": 0.0,
        "short_ratio": 0.0,
        "bad_events": 1000.0,
        "least": 4.5,
    }
    return BurnFacts(**{**given_, **more})


def slo(**more: Any) -> SLOFacts:
    given_: dict[str, Any] = {
        "name": "availability",
        "goal": 0.999,
        "window": "30d",
        "window_seconds": 30 * 86400.0,
        "burns": (burn(),),
        "budget_left": 0.5,
        "bad_events": 1000.0,
        "least": 4.5,
        "coverage": 1.0,
    }
    return SLOFacts(**{**given_, **more})


def facts(**more: Any) -> Facts:
    given_: dict[str, Any] = {
        "service": "shop",
        "at": AT,
        "release": "feature",
        "exempt": ("fix", "security"),
        "warn_below": 0.25,
        "freeze_below": 0.0,
        "slos": (slo(),),
    }
    return Facts(**{**given_, **more})


def codes(verdict: Verdict) -> list[Code]:
    return [finding.code for finding in verdict.blocking]


BURNING = facts(slos=(slo(burns=(burn(long_ratio=0.02, short_ratio=0.03, since=AT - 600),)),))
SPENT = facts(slos=(slo(budget_left=-0.1, since=AT - 86400),))
GONE = Missing(Code.STALE_DATA, "gone")


def test_a_healthy_service_is_allowed() -> None:
    verdict = judge(facts())

    assert verdict.allowed
    assert verdict.healthy == ("availability",)


@pytest.mark.parametrize(
    ("long", "short", "blocked"),
    [
        (0.0145, 0.0145, True),
        (0.0145, 0.0144, False),
        (0.0144, 0.0145, False),
        (1.0, 0.0, False),
        (0.0, 1.0, False),
        (1.0, 1.0, True),
        (None, None, False),
        (0.02, None, False),
        (1, 1, True),
    ],
)
def test_both_windows_must_burn_and_each_by_more_than_the_limit(long: Any, short: Any, blocked: bool) -> None:
    verdict = judge(facts(slos=(slo(burns=(burn(long_ratio=long, short_ratio=short),)),)))

    assert codes(verdict) == ([Code.BURN_RATE_EXCEEDED] if blocked else [])
    assert verdict.allowed is not blocked


@pytest.mark.parametrize(("bad_events", "blocked"), [(4.5, False), (4.6, True), (None, True), (GONE, True)])
def test_what_calls_nobody_for_being_rare_blocks_nothing_either(bad_events: Any, blocked: bool) -> None:
    verdict = judge(facts(slos=(slo(burns=(burn(long_ratio=0.5, short_ratio=0.5, bad_events=bad_events),)),)))

    assert verdict.allowed is not blocked
    if not blocked:
        assert "too few" in verdict.warnings[0].text


def test_a_spent_budget_freezes_and_one_that_is_nearly_spent_warns() -> None:
    assert codes(judge(SPENT)) == [Code.BUDGET_EXHAUSTED]
    assert judge(facts(slos=(slo(budget_left=0.0),))).allowed
    low = judge(facts(slos=(slo(budget_left=0.2),)))
    assert low.allowed
    assert [finding.code for finding in low.warnings] == [Code.BUDGET_EXHAUSTED]
    assert not judge(facts(slos=(slo(budget_left=0.2),), freeze_below=0.2001)).allowed


@pytest.mark.parametrize("case", [BURNING, SPENT], ids=["burning", "spent"])
def test_fixes_and_security_pass_a_budget_and_it_is_kept_that_they_did(case: Facts) -> None:
    for release in ("fix", "security"):
        verdict = judge(replace(case, release=release))
        assert verdict.allowed
        assert verdict.exempted
        assert not judge(replace(case, release=release, exempt=())).allowed


def missing_ones() -> Iterable[tuple[str, Facts]]:
    yield "a long ratio", facts(slos=(slo(burns=(burn(long_ratio=GONE),)),))
    yield "a short ratio", facts(slos=(slo(burns=(burn(short_ratio=GONE),)),))
    yield "a budget", facts(slos=(slo(budget_left=GONE),))
    yield "no budget", facts(slos=(slo(budget_left=None),))
    yield "a journey", facts(journeys=(JourneyFacts(name="buying", env="e", failed=GONE, failures=3, of=5),))
    yield "an answer", facts(failures=(GONE,))
    yield "a limit", facts(limits=(LimitFacts(name="queue", used=GONE, limit=1, unit="items"),))
    yield "no limit", facts(limits=(LimitFacts(name="queue", used=None, limit=1, unit="items"),))
    yield "an exporter", facts(alerts=(AlertFacts(name="SLOExporterDown", severity="page", blind=True),))
    yield "everything", facts(slos=())


@pytest.mark.parametrize("case", [c for _, c in missing_ones()], ids=[name for name, _ in missing_ones()])
@pytest.mark.parametrize("release", RELEASES)
def test_missing_data_blocks_every_class_of_release(case: Facts, release: ReleaseClass) -> None:
    verdict = judge(replace(case, release=release))

    assert not verdict.allowed
    assert codes(verdict) == [Code.GATE_NO_DATA]
    assert verdict.blind


NUMBERS = st.sampled_from([float("nan"), float("inf"), -float("inf")])
FIELDS = ["long_ratio", "short_ratio", "budget_left", "used"]


@given(NUMBERS, st.sampled_from(FIELDS), st.sampled_from(RELEASES))
def test_a_number_that_is_none_never_allows(number: float, field: str, release: ReleaseClass) -> None:
    if field == "used":
        case = facts(limits=(LimitFacts(name="queue", used=number, limit=1, unit="items"),))
    elif field == "budget_left":
        case = facts(slos=(slo(budget_left=number),))
    else:
        case = facts(slos=(slo(burns=(burn(**{field: number}),)),))

    assert not judge(replace(case, release=release)).allowed


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_what_is_worse_is_never_allowed_sooner(long: float, short: float, more: float, left: float) -> None:
    better = facts(slos=(slo(burns=(burn(long_ratio=long, short_ratio=short),), budget_left=left),))
    worse = facts(slos=(slo(burns=(burn(long_ratio=long + more, short_ratio=short + more),), budget_left=left - more),))

    assert judge(better).allowed or not judge(worse).allowed


def test_a_journey_that_calls_somebody_blocks_and_one_bad_run_does_not() -> None:
    def runs(failed: int) -> Verdict:
        return judge(facts(journeys=(JourneyFacts(name="buying", env="e", failed=failed, failures=3, of=5),)))

    assert runs(2).allowed
    assert codes(runs(3)) == [Code.PROBE_FAILURE]


@pytest.mark.parametrize(
    ("severity", "blocked"),
    [("page", True), ("critical", True), ("", True), ("ticket", False), ("warning", False), ("info", False)],
)
def test_alerts_that_call_somebody_block(severity: str, blocked: bool) -> None:
    verdict = judge(facts(alerts=(AlertFacts(name="Panics", severity=severity),)))

    assert verdict.allowed is not blocked
    assert len((*verdict.blocking, *verdict.warnings)) == 1


def test_an_alert_about_what_blocks_by_its_numbers_is_not_said_twice() -> None:
    alert = AlertFacts(name=names.BURN, severity="page", subject="availability")

    assert codes(judge(replace(BURNING, alerts=(alert,)))) == [Code.BURN_RATE_EXCEEDED]
    assert codes(judge(facts(alerts=(alert,)))) == [Code.ALERT_FIRING]


@pytest.mark.parametrize(("at", "blocked"), [(99, False), (100, True), (199, True), (200, False)])
def test_a_freeze_holds_from_its_start_to_before_its_end(at: float, blocked: bool) -> None:
    freeze = FreezeFacts(name="holidays", start=100, end=200, reason="", allows=("security",))
    case = facts(at=at, freezes=(freeze,))

    assert judge(case).allowed is not blocked
    assert judge(replace(case, release="security")).allowed
    assert judge(replace(case, release="fix")).allowed is not blocked


def test_a_limit_that_is_enforced_blocks_when_it_is_passed() -> None:
    def used(number: float) -> Verdict:
        return judge(facts(limits=(LimitFacts(name="queue", used=number, limit=100, unit="items"),)))

    assert used(100).allowed
    assert codes(used(101)) == [Code.COST_DELTA]


TEXTS = {
    "allowed": facts(),
    "burning": BURNING,
    "spent": SPENT,
    "blind": facts(failures=(Missing(Code.QUERY_TIMEOUT, "no answer in time: 5 s, 1 attempts"),), slos=()),
    "exempt": replace(BURNING, release="security"),
    "everything": facts(
        warn_below=0.5,
        slos=(
            slo(burns=(burn(long_ratio=0.02, short_ratio=0.031, since=AT - 840),), budget_left=0.31),
            slo(name="quality", group="region eu", budget_left=0.4, coverage=0.2),
            slo(name="rare", burns=(burn(long_ratio=0.02, short_ratio=0.031, bad_events=2.0),)),
            slo(name="unseen", burns=(burn(long_ratio=GONE, short_ratio=GONE),), budget_left=GONE),
            slo(name="fine"),
        ),
        journeys=(JourneyFacts(name="buying", env="staging", failed=4, failures=3, of=5, since=AT - 300),),
        alerts=(
            AlertFacts(name="Panics", severity="page", since=AT - 60),
            AlertFacts(name="Slow", severity="ticket", subject="fine"),
            AlertFacts(name="SLOExporterDown", severity="page", subject="gone", blind=True),
        ),
        freezes=(FreezeFacts(name="holidays", start=AT - 60, end=AT + 86400, reason="nobody is there", allows=()),),
        limits=(LimitFacts(name="queue depth", used=120.0, limit=100, unit="items"),),
    ),
}


def text_of(case: Facts) -> str:
    found = Examined(replies=(), facts=case, verdict=judge(case))
    return gate_text(Gated(service, case.release, "sha256:4f1c", AT, found, Passed())) + "\n"


@pytest.mark.parametrize("name", TEXTS)
def test_what_it_says_is_stable(name: str) -> None:
    case = TEXTS[name]
    said = text_of(case)

    assert said == (SNAPSHOTS / f"{name}.txt").read_text(encoding="utf-8")


# From answers on the wire to a verdict.


def examined(
    spoil: Spoil | None = None,
    *,
    of: Service = service,
    answer: Callable[[Asked], Said] | None = None,
    release: ReleaseClass = "feature",
) -> Examined:
    with serving(answer or answering(spoil)) as server:
        endpoint = Endpoint(url=server.url, timeout=400 * ms, attempts=1, largest=1_000_000)
        return examine(of, release, partial(ask, endpoint), datetime.now(UTC).timestamp())


def test_good_answers_allow() -> None:
    found = examined()

    assert found.verdict.allowed
    assert found.verdict.healthy == ("availability", "journey-buying", "quality", "journey buying")
    assert len(found.replies) == 4


def test_everything_is_asked_in_one_round() -> None:
    all_there = threading.Barrier(4, timeout=20)
    good = answering()

    def answer(asked: Asked) -> Said:
        all_there.wait()
        return good(asked)

    with serving(answer) as server:
        endpoint = Endpoint(url=server.url, timeout=20 * seconds)
        assert examine(service, "feature", partial(ask, endpoint), datetime.now(UTC).timestamp()).verdict.allowed


MARKS = {"events": "sum_over_time", "alerts": "ALERTS", "runs": "probe_success"}
TICKET = {"__name__": "ALERTS", "alertname": "Slow", "alertstate": "firing", "severity": "ticket", "service": "shop"}


def rare(question: str, items: Items, at: float) -> None:
    """Let everything burn, but with so few bad events that it blocks nothing."""
    for item in items:
        if question == "recorded" and "ratio_rate" in item["metric"]["__name__"]:
            item["values"] = [[when, "0.5"] for when, _ in item["values"]]
        if question == "events":
            item["value"] = [at, "2"]


def lying(name: str, wanted: str, spoil: Spoil | None = None) -> Callable[[Asked], Said]:
    """Answer well, but for one question, in whose place the lie is told about an answer that is good."""
    good = answering(spoil)

    def answer(asked: Asked) -> Said:
        said = good(asked)
        question = next((q for q, mark in MARKS.items() if mark in asked.form["query"]), "recorded")
        if question != wanted:
            return said
        value, at = json.loads(said.body), float(asked.form["time"])
        if wanted == "alerts":
            value["data"]["result"] = [{"metric": TICKET, "value": [at, "1"]}]
        return LIES[name](value, at)

    return answer


def test_the_corpus_is_large() -> None:
    assert len(LIES) >= 40


@pytest.mark.parametrize("name", LIES)
def test_no_bad_signal_about_what_is_recorded_allows(name: str) -> None:
    for release in RELEASES:
        assert not examined(answer=lying(name, "recorded"), release=release).verdict.allowed


@pytest.mark.parametrize("name", [name for name in LIES if name != "every series from two replicas"])
def test_no_bad_signal_about_journeys_allows(name: str) -> None:
    """Two probers that both succeed agree, so replicas are no bad signal here."""
    assert not examined(answer=lying(name, "runs")).verdict.allowed


@pytest.mark.parametrize("name", [n for n in LIES if n not in {"an empty result", "every series from two replicas"}])
def test_no_bad_signal_about_alerts_allows(name: str) -> None:
    """That no alert fires is how it should be, and a ticket that is there twice is a ticket."""
    assert not examined(answer=lying(name, "alerts")).verdict.allowed


@pytest.mark.parametrize("name", LIES)
def test_no_bad_signal_about_events_excuses_a_burn(name: str) -> None:
    assert not examined(answer=lying(name, "events", rare)).verdict.allowed


def test_few_events_do_excuse_a_burn() -> None:
    found = examined(rare).verdict

    assert found.allowed
    assert {finding.code for finding in found.warnings} == {Code.BURN_RATE_EXCEEDED}


def without(*metrics: str, slo_name: str = "availability") -> Spoil:
    def spoil(question: str, items: Items, _at: float) -> None:
        if question == "recorded":
            items[:] = [i for i in items if i["metric"]["slo"] != slo_name or i["metric"]["__name__"] not in metrics]

    return spoil


def ended(metric: str, ago: float) -> Spoil:
    """Let one series of one SLO end so many seconds ago."""

    def spoil(question: str, items: Items, at: float) -> None:
        for item in items:
            if question == "recorded" and item["metric"] == {
                "__name__": metric,
                "service": "shop",
                "slo": "availability",
            }:
                item["values"] = [[at - ago - 60, "0"], [at - ago, "0"]]

    return spoil


RATIOS = [
    names.error_ratio(w) for w in (5 * minutes, 1 * hours, 30 * minutes, 6 * hours, 2 * hours, 1 * days, 3 * days)
]


@pytest.mark.parametrize("metric", [names.TOTAL, names.BAD, names.OBJECTIVE, names.BUDGET_REMAINING, *RATIOS])
def test_a_single_series_that_is_missing_or_old_blocks(metric: str) -> None:
    for spoil in (without(metric), ended(metric, 700)):
        verdict = examined(spoil).verdict
        assert codes(verdict) == [Code.GATE_NO_DATA]
        assert [finding.subject for finding in verdict.blocking] == ["availability"]


@pytest.mark.parametrize(("ago", "allowed"), [(100, True), (160, False)])
def test_a_minute_series_may_be_two_intervals_old(ago: float, allowed: bool) -> None:
    assert examined(ended(names.BAD, ago)).verdict.allowed is allowed


@pytest.mark.parametrize(("ago", "allowed"), [(500, True), (601, False)])
def test_a_series_of_five_minutes_may_be_two_of_its_intervals_old(ago: float, allowed: bool) -> None:
    assert examined(ended(names.error_ratio(3 * days), ago)).verdict.allowed is allowed


def test_one_slo_of_several_that_is_not_recorded_blocks() -> None:
    def spoil(question: str, items: Items, _at: float) -> None:
        if question == "recorded":
            items[:] = [item for item in items if item["metric"]["slo"] != "quality"]

    verdict = examined(spoil).verdict

    assert [finding.subject for finding in verdict.blocking] == ["quality"]
    assert "are the rules loaded" in verdict.blocking[0].text


def test_without_traffic_there_are_no_ratios_and_nothing_is_wrong() -> None:
    def spoil(question: str, items: Items, _at: float) -> None:
        if question == "recorded":
            items[:] = [item for item in items if "ratio_rate" not in item["metric"]["__name__"]]
            for item in items:
                if item["metric"]["__name__"] == names.TOTAL:
                    item["values"] = [[when, "0"] for when, _ in item["values"]]

    assert examined(spoil).verdict.allowed


def test_without_traffic_a_long_ratio_cannot_be_missing_while_a_short_one_is_there() -> None:
    def spoil(question: str, items: Items, _at: float) -> None:
        gone = names.error_ratio(3 * days)
        if question == "recorded":
            items[:] = [item for item in items if item["metric"]["__name__"] != gone]
            for item in items:
                if item["metric"]["__name__"] == names.TOTAL:
                    item["values"] = [[when, "0"] for when, _ in item["values"]]

    assert not examined(spoil).verdict.allowed


def test_rules_of_another_objective_say_nothing_about_this_service_file() -> None:
    def spoil(question: str, items: Items, _at: float) -> None:
        for item in items:
            if question == "recorded" and item["metric"]["__name__"] == names.OBJECTIVE:
                item["values"] = [[when, "0.9"] for when, _ in item["values"]]

    verdict = examined(spoil).verdict

    assert set(codes(verdict)) == {Code.GATE_NO_DATA}
    assert "an objective of 0.9" in verdict.blocking[0].text


def test_of_several_regions_the_worst_decides() -> None:
    regions = replace(service, slos=(replace(availability, by=("region",)), quality))

    def spoil(question: str, items: Items, at: float) -> None:
        for item in [i for i in items if i["metric"].get("slo") == "availability"]:
            if item["metric"].get("__name__") == names.OBJECTIVE:
                continue
            other = json.loads(json.dumps(item))
            item["metric"]["region"], other["metric"]["region"] = "eu", "us"
            if question == "recorded" and "ratio_rate" in item["metric"]["__name__"]:
                other["values"] = [[when, "0.5"] for when, _ in item["values"]]
            items.append(other)

    verdict = examined(spoil, of=regions).verdict

    assert [finding.about for finding in verdict.blocking] == ["availability region us"]
    assert "availability region eu" in verdict.healthy


def journey(change: Callable[[dict[str, Any], float], None]) -> Spoil:
    def spoil(question: str, items: Items, at: float) -> None:
        for item in items:
            if question == "runs":
                change(item, at)

    return spoil


def results(*runs: int) -> Spoil:
    """Let the last runs end so, the newest last; each is shown for a minute, in four scrapes."""

    def change(item: dict[str, Any], at: float) -> None:
        if item["metric"]["__name__"] == "probe_success":
            shown = [value for value in runs for _ in range(4)]
            item["values"] = [[at - 5 - 15 * n, str(v)] for n, v in reversed(list(enumerate(reversed(shown))))]

    return journey(change)


@pytest.mark.parametrize(
    ("runs", "blocked"),
    [
        ((1, 1, 1, 1, 1), False),
        ((1, 1, 0, 1, 0), False),
        ((0, 1, 0, 1, 0), True),
        ((1, 1, 0, 0, 0), True),
        ((0, 0, 0, 1, 1), True),
        ((0, 0, 0, 1, 1, 1), False),
        ((0, 0, 0), True),
    ],
)
def test_three_of_the_last_five_runs_block_as_they_page(runs: tuple[int, ...], blocked: bool) -> None:
    assert codes(examined(results(*runs)).verdict) == ([Code.PROBE_FAILURE] if blocked else [])


def test_a_runner_that_is_stuck_with_a_good_result_is_not_good_news() -> None:
    def stuck(item: dict[str, Any], at: float) -> None:
        if item["metric"]["__name__"] != "probe_success":
            item["values"] = [[when, str(at - 3600)] for when, _ in item["values"]]

    verdict = examined(journey(stuck)).verdict

    assert codes(verdict) == [Code.GATE_NO_DATA]
    assert "last ran 36" in verdict.blocking[0].text


def firing(**labels: str) -> Spoil:
    def spoil(question: str, items: Items, at: float) -> None:
        if question == "alerts":
            own = {"service": "shop", "severity": "page", **labels}
            items.append({"metric": {"__name__": "ALERTS", "alertstate": "firing", **own}, "value": [at, "1"]})
            items.append({"metric": {"__name__": "ALERTS_FOR_STATE", **own}, "value": [at, str(AT)]})

    return spoil


def test_a_page_that_fires_blocks_and_says_since_when() -> None:
    (found,) = examined(firing(alertname="Panics")).verdict.blocking

    assert found.code is Code.ALERT_FIRING
    assert found.since == AT


def test_an_exporter_that_is_about_to_be_called_down_already_blocks() -> None:
    pending = examined(firing(alertname=names.EXPORTER_DOWN, slo="availability", alertstate="pending"))

    assert codes(pending.verdict) == [Code.GATE_NO_DATA]
    assert examined(firing(alertname="Panics", alertstate="pending")).verdict.allowed


def test_a_burn_says_since_when_from_its_alert() -> None:
    def spoil(question: str, items: Items, at: float) -> None:
        for item in items:
            if question == "recorded" and item["metric"]["__name__"] in (RATIOS[0], RATIOS[1]):
                item["values"] = [[when, "0.5"] for when, _ in item["values"]]
        labels = {"alertname": names.BURN, "slo": "availability", "long": "1h", "short": "5m"}
        firing(**labels)(question, items, at)

    found = next(f for f in examined(spoil).verdict.blocking if f.subject == "availability")

    assert (found.code, found.since) == (Code.BURN_RATE_EXCEEDED, AT)


def test_a_freeze_of_the_service_file_blocks() -> None:
    now = datetime.now(UTC)
    freeze = Freeze(name="holidays", start=now - timedelta(hours=1), end=now + timedelta(hours=1))

    assert codes(examined(of=replace(service, freezes=(freeze,))).verdict) == [Code.FREEZE_WINDOW]


ENFORCED = replace(
    service,
    budgets=(
        budget.QueueDepth(
            name="work",
            depth=metric.Gauge("queue_depth").where(job="shop"),
            completed=metric.Counter("done_total").where(job="shop"),
            max=100 * items,
            drained_in=1 * hours,
            enforce=True,
        ),
    ),
)


def budgeted(used: str | None, ago: float = 5) -> Spoil:
    def spoil(question: str, found: Items, at: float) -> None:
        labels = {"service": "shop", "budget": "work", "aspect": "depth", "unit": "items", "enforce": "true"}
        for name, value in ((names.BUDGET_LIMIT, "100"), (names.BUDGET_USED, used)):
            if question == "recorded" and value is not None:
                found.append({"metric": {"__name__": name, **labels}, "values": [[at - ago, value]]})

    return spoil


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (budgeted("100"), None),
        (budgeted("101"), Code.COST_DELTA),
        (budgeted(None), Code.GATE_NO_DATA),
        (budgeted("1", ago=601), Code.GATE_NO_DATA),
        (None, Code.GATE_NO_DATA),
    ],
)
def test_an_enforced_budget_blocks_when_it_is_passed_or_not_seen(spoil: Spoil | None, code: Code | None) -> None:
    verdict = examined(spoil, of=ENFORCED).verdict

    assert codes(verdict) == ([] if code is None else [code])
    assert examined(spoil, of=replace(ENFORCED, budgets=())).verdict.allowed


def test_what_else_must_match_goes_into_every_question() -> None:
    asked = tuple(questions(service, AT, (Matcher("cluster", "=", "eu"),)))

    assert len(asked) == 4
    assert all('cluster="eu"' in query.promql for query in asked)
    assert all(query.promql.count("{") == query.promql.count('cluster="eu"') for query in asked)


@pytest.mark.parametrize("major", MAJORS)
@pytest.mark.parametrize("bad", [0, 5], ids=["healthy", "burning"])
def test_on_a_real_prometheus_it_allows_when_healthy_and_blocks_on_a_burn(major: int, bad: int, tmp_path: Path) -> None:
    pair, data = pair_of(major), tmp_path / "data"
    rules = tmp_path / "rules"
    rules.mkdir()
    for slo_ in service.promises:
        file = rule_file(service, slo_)
        # Every second, so that a test need not wait for five minutes; what the rules say stays as it is.
        text = re.sub(r"interval: \d+m", "interval: 1s", file.text)
        (rules / Path(file.path).name).write_text(text, encoding="utf-8")
    now = time.time()
    fill(pair, data, raw_samples(now, bad))
    configuration = f"global:\n  evaluation_interval: 1s\nrule_files:\n  - {rules}/*.yml\n"
    with prometheus(pair, data, configuration) as client:
        endpoint, end = Endpoint(url=client.url), time.monotonic() + 30
        while True:
            verdict = examine(service, "feature", partial(ask, endpoint), time.time()).verdict
            known = Code.GATE_NO_DATA not in codes(verdict)
            # An alert begins an evaluation after the numbers from which it follows.
            begun = all(f.since is not None for f in verdict.blocking if f.code is Code.BURN_RATE_EXCEEDED)
            if (known and begun) or time.monotonic() > end:
                break
            time.sleep(0.2)

    if bad:
        assert {Code.BURN_RATE_EXCEEDED, Code.BUDGET_EXHAUSTED} == set(codes(verdict))
        assert {finding.subject for finding in verdict.blocking} == {"availability", "quality"}
        assert all(f.since is not None for f in verdict.blocking if f.code is Code.BURN_RATE_EXCEEDED)
    else:
        assert [f.text for f in verdict.blocking] == []
        assert verdict.healthy == ("availability", "journey-buying", "quality", "journey buying")


def raw_samples(now: float, bad: int) -> Iterable[str]:
    """Ten minutes of what is scraped, up to now: 100 requests a scrape, so many bad, and a journey that works."""
    times = [now - 15 * n for n in reversed(range(40))]
    journey_labels = {"job": "relrails-probe", "env": "staging", "journey": "buying"}
    for code, each in (("200", 100 - bad), ("500", bad)):
        labels = {"job": "shop", "code": code}
        yield from (sample("http_requests_total", labels, n * each, at) for n, at in enumerate(times))
    for job in ("shop", "relrails-probe"):
        yield from (sample("up", {"job": job}, 1, at) for at in times)
    yield from (sample("probe_success", journey_labels, 1, at) for at in times)
    yield from (sample("relrails_probe_last_run_timestamp_seconds", journey_labels, at - 5, at) for at in times)
