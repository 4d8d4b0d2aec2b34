"""What the judge decides, with which reason: every code, every way out, and what must hold whatever happens."""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from hashlib import sha256
from math import inf, isclose, isfinite, nan
from typing import Any

import pytest
from canary_runs import ALERTS, CALM, COST, ERRORS, FAILING, LATENCY, POLICY, QUANTILE, begun, look, looks, played
from hypothesis import given, settings
from hypothesis import strategies as st

from relrails.canary.resolved import EDITION
from relrails.judge.canary import (
    Acted,
    Blocked,
    Buckets,
    Code,
    Counts,
    Event,
    Failed,
    Flaw,
    Kind,
    Observation,
    Override,
    Phase,
    Reading,
    Reason,
    Recovered,
    ResolvedPolicy,
    Runs,
    State,
    Verdict,
    as_json,
    from_json,
    replay,
    step,
)

SLOWEST = Buckets(total=600, within=(9, 20, 100))
FEW = Reading(canary=Counts(total=6, bad=0), stable=Counts(total=54, bad=0))
STARTED: tuple[Event, ...] = (begun(), look(1))
GOOD = Runs(runs=1, failures=0, in_a_row=0)
SLOW = Reading(canary=Buckets(total=600, within=(400, 480, 590)), stable=Buckets(total=5400, within=(3780, 5292, 5391)))
TAIL = Reading(canary=Buckets(total=600, within=(420, 588, 588)), stable=Buckets(total=5400, within=(3780, 5292, 5399)))
BOTH_BAD = Reading(canary=Counts(total=600, bad=20), stable=Counts(total=5400, bad=180))
SKEWED = Reading(canary=Counts(total=2400, bad=4), stable=Counts(total=3600, bad=6))


def failing_probes(in_a_row: int, stable: int = 0) -> Reading:
    return Reading(
        canary=Runs(runs=1, failures=1, in_a_row=in_a_row),
        stable=Runs(runs=1, failures=min(stable, 1), in_a_row=stable),
    )


def codes(state: State) -> list[Code]:
    return [r.code for r in state.reasons]


def policy(*tests: Any, **differs: Any) -> ResolvedPolicy:
    return replace(POLICY, tests=tests or POLICY.tests, **differs)


# Ways out.


def test_a_healthy_canary_is_promoted_on_evidence() -> None:
    state = played([begun(), *looks(1, 30)])

    assert state.phase is Phase.PROMOTE
    assert state.decision is not None
    assert state.decision.verdict is state.decision.automatic is Verdict.PROMOTE
    assert state.decision.reasons[0].code is Code.HEALTHY
    assert state.elapsed >= 120 + 600
    assert played([Acted(kind="promote", result="begun"), Acted(kind="promote", result="done")], state=state).phase is (
        Phase.PROMOTED
    )


def test_no_canary_is_promoted_before_its_time() -> None:
    at_once = [replace(t, unacceptable_ratio=100) for t in ERRORS[:1]]

    assert played([begun(), *looks(1, 11)], policy(*at_once)).phase is Phase.OBSERVING
    assert played([begun(), *looks(1, 12)], policy(*at_once)).phase is Phase.PROMOTE


def test_a_canary_without_errors_is_promoted_by_its_own_rate() -> None:
    nothing = Reading(canary=Counts(total=600, bad=0), stable=Counts(total=5400, bad=0))
    state = played([begun(), *looks(1, 32, availability=nothing)], policy(*ERRORS))

    assert state.phase is Phase.PROMOTE


def test_a_rollback_is_acted_on_and_verified() -> None:
    state = played([begun(), *looks(1, 3, availability=FAILING)])
    assert state.phase is Phase.ROLLBACK
    for event, phase in (
        (Acted(kind="rollback", result="begun"), Phase.ROLLING_BACK),
        (Acted(kind="rollback", result="done"), Phase.ROLLED_BACK),
        (Recovered(ok=True), Phase.VERIFIED),
        (Recovered(ok=False), Phase.VERIFIED),
    ):
        state = step(state, event, POLICY)
        assert state.phase is phase


def test_a_regression_is_dated() -> None:
    state = played([begun(), *looks(1, 10), *looks(11, 13, availability=FAILING)])

    assert state.decision is not None
    assert state.decision.verdict is Verdict.ROLLBACK
    assert state.decision.first_bad == 11


@pytest.mark.parametrize(
    ("code", "events", "rules"),
    [
        (Code.PROBE_FAILURE, [*looks(1, 4), look(5, probes=failing_probes(3))], POLICY),
        (Code.PROBE_FAILURE, [look(1, probes=failing_probes(3))], POLICY),
        (
            Code.PROBE_FAILURE,
            looks(3, 9, probes=Reading(canary=Runs(runs=5, failures=2, in_a_row=1), stable=GOOD)),
            POLICY,
        ),
        (
            Code.PROBE_LATENCY,
            looks(3, 9, probes=Reading(canary=Runs(runs=5, failures=0, in_a_row=0, slow=4), stable=GOOD)),
            POLICY,
        ),
        (Code.ERROR_RATE_DELTA, looks(3, 5, availability=FAILING), POLICY),
        (Code.ERROR_RATE_CEILING, looks(3, 9, availability=Reading(canary=FAILING.canary, stable=None)), POLICY),
        (Code.LATENCY_SHARE, looks(3, 9, latency=SLOW), policy(LATENCY[0])),
        (Code.LATENCY_DISTRIBUTION, looks(3, 9, latency=TAIL), POLICY),
        (
            Code.LATENCY_QUANTILE,
            looks(3, 30, latency=Reading(canary=SLOWEST, stable=CALM["latency"].stable)),
            policy(QUANTILE),
        ),
        (Code.CANARY_ABSENT, looks(3, 5, canary_series=0), POLICY),
        (Code.CANARY_ABSENT, [*looks(1, 1), *looks(2, 4, canary_series=0)], policy(warmup=600.0)),
        (Code.ALERT_FIRING, [look(3, alerts=("CoreApiPanics",))], POLICY),
        (
            Code.COST_DELTA,
            [look(3, cost=Reading(canary=Counts(total=600, bad=120), stable=Counts(total=5400, bad=540)))],
            policy(COST, *ERRORS),
        ),
        (Code.DEADLINE_EXCEEDED, looks(3, 32, availability=FEW), policy(*ERRORS)),
        (Code.DEADLINE_EXCEEDED, looks(3, 19, canary_series=0, stable_series=0), POLICY),
        (Code.IDENTITY_CHANGED, [look(3, artifact="sha256:other")], POLICY),
        (Code.INTERNAL_ERROR, [look(3), Failed(text="killed")], POLICY),
        (Code.EVIDENCE_WRITE_FAILED, [look(3), Failed(text="disk full", code=Code.EVIDENCE_WRITE_FAILED)], POLICY),
        (Code.OPERATOR_ROLLBACK, [look(3), Override(kind="rollback", by="ana", reason="customers call")], POLICY),
        (Code.INTERNAL_ERROR, [*looks(1, 30), Acted(kind="promote", result="failed", text="exit 1")], POLICY),
    ],
)  # fmt: skip
def test_what_rolls_back(code: Code, events: list[Event], rules: ResolvedPolicy) -> None:
    state = played([begun(), *events], rules)

    assert state.phase is Phase.ROLLBACK
    assert state.decision is not None
    assert state.decision.verdict is Verdict.ROLLBACK
    assert state.decision.reasons[0].code is code
    assert state.decision.reasons[0].text
    assert played([begun(), *looks(1, len(events))], rules).phase is not Phase.ROLLBACK or code is Code.INTERNAL_ERROR


@pytest.mark.parametrize(
    ("code", "seen", "rules", "phase"),
    [
        (Code.COMMON_MODE_INCIDENT, {"availability": BOTH_BAD}, POLICY, Phase.HOLDING),
        (Code.COMMON_MODE_INCIDENT, {"probes": failing_probes(3, stable=3)}, POLICY, Phase.HOLDING),
        (Code.TRAFFIC_SPLIT_MISMATCH, {"availability": SKEWED}, POLICY, Phase.HOLDING),
        (Code.TRAFFIC_SPLIT_MISMATCH, {"share": 0.5}, POLICY, Phase.HOLDING),
        (Code.NO_DATA_STABLE, {"stable_series": 0}, POLICY, Phase.HOLDING),
        (Code.NO_DATA_STABLE, {"latency": Reading(canary=CALM["latency"].canary, stable=None)}, POLICY, Phase.HOLDING),
        (Code.NO_DATA_BOTH, {"canary_series": 0, "stable_series": 0}, POLICY, Phase.HOLDING),
        (Code.CANARY_ABSENT, {"canary_series": 0}, POLICY, Phase.HOLDING),
        (Code.STALE_DATA, {"flaws": (Flaw(code=Code.STALE_DATA),)}, POLICY, Phase.HOLDING),
        (Code.NAN_RESULT, {"flaws": (Flaw(code=Code.NAN_RESULT),)}, POLICY, Phase.OBSERVING),
        (Code.NAN_RESULT, {"seconds": nan}, POLICY, Phase.OBSERVING),
        (
            Code.NAN_RESULT,
            {"availability": Reading(canary=Counts(total=600, bad=nan), stable=None)},
            POLICY,
            Phase.OBSERVING,
        ),
        (
            Code.AMBIGUOUS_RESULT,
            {"flaws": (Flaw(code=Code.AMBIGUOUS_RESULT, check="latency"),)},
            POLICY,
            Phase.OBSERVING,
        ),
        (Code.AMBIGUOUS_RESULT, {"availability": CALM["latency"]}, POLICY, Phase.OBSERVING),
        (
            Code.AMBIGUOUS_RESULT,
            {"availability": Reading(canary=Counts(total=1, bad=2), stable=Counts(total=9, bad=0))},
            POLICY,
            Phase.OBSERVING,
        ),
        (
            Code.AMBIGUOUS_RESULT,
            {"latency": Reading(canary=Buckets(total=5, within=(3, 2, 5)), stable=CALM["latency"].stable)},
            POLICY,
            Phase.OBSERVING,
        ),
        (
            Code.AMBIGUOUS_RESULT,
            {"probes": Reading(canary=Runs(runs=1, failures=2, in_a_row=0), stable=GOOD)},
            POLICY,
            Phase.OBSERVING,
        ),
        (
            Code.AMBIGUOUS_RESULT,
            {"availability": Reading(canary=Counts(total=-1, bad=-2), stable=CALM["availability"].stable)},
            POLICY,
            Phase.OBSERVING,
        ),
        (Code.PARTIAL_RESPONSE, {"flaws": (Flaw(code=Code.PARTIAL_RESPONSE),)}, POLICY, Phase.OBSERVING),
        (Code.QUERY_ERROR, {"flaws": (Flaw(code=Code.QUERY_ERROR),)}, POLICY, Phase.OBSERVING),
        (Code.QUERY_ERROR, {"canary_series": None}, POLICY, Phase.OBSERVING),
        (Code.QUERY_ERROR, {"availability": None}, POLICY, Phase.OBSERVING),
        (Code.QUERY_ERROR, {"alerts": None}, POLICY, Phase.OBSERVING),
        (Code.QUERY_TIMEOUT, {"flaws": (Flaw(code=Code.QUERY_TIMEOUT),)}, POLICY, Phase.OBSERVING),
        (
            Code.HISTOGRAM_RESOLUTION,
            {"latency": Reading(canary=Buckets(total=5, within=(3, 5)), stable=CALM["latency"].stable)},
            POLICY,
            Phase.OBSERVING,
        ),
        (
            Code.INSUFFICIENT_TRAFFIC,
            {"latency": Reading(canary=None, stable=CALM["latency"].stable)},
            POLICY,
            Phase.OBSERVING,
        ),
        (Code.INSUFFICIENT_TRAFFIC, {}, policy(min_requests=1e6), Phase.OBSERVING),
        (Code.IDENTITY_UNKNOWN, {"artifact": ""}, policy(identity="artifact"), Phase.OBSERVING),
        (Code.OVERDISPERSED, {}, policy(dispersion=12.0), Phase.OBSERVING),
        (
            Code.COST_DELTA,
            {"cost": Reading(canary=Counts(total=600, bad=120), stable=Counts(total=5400, bad=540))},
            policy(replace(COST, enforce=False, max_ratio=1.05), *ERRORS),
            Phase.OBSERVING,
        ),
    ],
)
def test_what_holds_or_is_told(code: Code, seen: dict[str, Any], rules: ResolvedPolicy, phase: Phase) -> None:
    calm = [begun(), *looks(1, 11)]
    state = played([*calm, look(12, **seen)], rules)

    assert code in codes(state)
    assert state.phase is phase
    assert state.decision is None


@pytest.mark.parametrize(
    ("code", "events", "phase"),
    [
        (
            code,
            [Blocked(reasons=(Reason(code=code, text="the gate says no"),))],
            Phase.BLOCKED,
        )
        for code in (Code.BURN_RATE_EXCEEDED, Code.BUDGET_EXHAUSTED, Code.FREEZE_WINDOW, Code.GATE_NO_DATA)
    ]
    + [
        (Code.INTERNAL_ERROR, [Failed(text="no Prometheus")], Phase.BLOCKED),
        (Code.OPERATOR_PROMOTE, [*STARTED, Override(kind="promote", by="ana", reason="a hotfix")], Phase.PROMOTE),
        (Code.OPERATOR_EXTEND, [*STARTED, Override(kind="extend", by="ana", reason="", seconds=60)], Phase.WARMUP),
        (
            Code.OVERRIDE_REJECTED,
            [*STARTED, Override(kind="promote", by="eve", reason="", rejected="expired")],
            Phase.WARMUP,
        ),
        (
            Code.ROLLBACK_ACTION_FAILED,
            [begun(), Failed(text="x"), Acted(kind="rollback", result="failed", text="exit 1")],
            Phase.ROLLBACK_FAILED,
        ),
        (
            Code.POST_ROLLBACK_NOT_RECOVERED,
            [begun(), Failed(text="x"), Acted(kind="rollback", result="done"), Recovered(ok=False, text="still 3 %")],
            Phase.NOT_RECOVERED,
        ),
    ],
)  # fmt: skip
def test_what_people_gates_and_actions_do(code: Code, events: list[Event], phase: Phase) -> None:
    state = played(events)

    assert state.phase is phase
    assert state.reasons[0].code is code


def test_every_code_has_a_kind_and_a_case_here() -> None:
    import ast
    from pathlib import Path

    named = {n.attr for n in ast.walk(ast.parse(Path(__file__).read_text("utf-8"))) if isinstance(n, ast.Attribute)}

    assert {c.name for c in Code} <= named
    assert Code.DRILL_INJECTED.kind is Kind.DRILL
    assert {c.kind for c in Code} == set(Kind)
    assert next(c for c in Code if c.kind is Kind.TRIGGER) is Code.PROBE_FAILURE


def test_a_drill_says_so_and_is_decided_as_any_other() -> None:
    state = played([begun(drill=True), *looks(1, 4, availability=FAILING)])

    assert state.decision is not None
    assert state.decision.drill
    assert state.decision.reasons[0].code is Code.ERROR_RATE_DELTA
    assert state.decision.reasons[-1].code is Code.DRILL_INJECTED


def test_shadow_decides_the_same_and_says_so() -> None:
    state = played([begun(), *looks(1, 4, availability=FAILING)], policy(mode="shadow"))

    assert state.decision is not None
    assert state.decision.shadow
    assert state.decision.verdict is Verdict.ROLLBACK


# Time.


def test_the_warm_up_is_not_counted() -> None:
    state = played([begun(), *looks(1, 2, availability=FAILING), *looks(3, 12)])

    assert state.tests["availability:error_rate_delta"][0].whole.canary_bad == 10
    assert state.judged == 10


def test_held_too_long_is_rolled_back() -> None:
    silent = {"canary_series": 0, "stable_series": 0}

    assert played([begun(), *looks(1, 17, **silent)], policy(hold_max=900.0)).phase is Phase.ROLLBACK
    assert played([begun(), *looks(1, 15, **silent)], policy(hold_max=900.0)).decision is None
    talks = played([begun(), *looks(1, 14, **silent), look(15), *looks(16, 20, **silent)], policy(hold_max=900.0))
    assert talks.decision is None


def test_three_void_looks_hold_and_one_good_look_goes_on() -> None:
    void = {"flaws": (Flaw(code=Code.QUERY_TIMEOUT),)}
    state = played([begun(), *looks(1, 4), *looks(5, 6, **void)])
    assert state.phase is Phase.OBSERVING
    state = played(looks(7, 7, **void), state=state)
    assert state.phase is Phase.HOLDING
    assert played(looks(8, 8), state=state).phase is Phase.OBSERVING


def test_an_undecided_canary_is_held_where_the_policy_says_so_and_a_trigger_still_ends_it() -> None:
    rules = policy(*ERRORS, on_inconclusive="hold")
    state = played([begun(), *looks(1, 32, availability=FEW)], rules)

    assert state.phase is Phase.INCONCLUSIVE
    assert state.decision is not None
    assert state.decision.verdict is Verdict.INCONCLUSIVE
    assert played(looks(33, 60), rules, state).phase is Phase.INCONCLUSIVE
    assert played(looks(33, 40, availability=FAILING), rules, state).phase is Phase.ROLLBACK
    promoted = played([Override(kind="promote", by="ana", reason="low traffic at night")], rules, state)
    assert promoted.phase is Phase.PROMOTE
    assert promoted.decision is not None
    assert promoted.decision.automatic is Verdict.INCONCLUSIVE
    longer = played([Override(kind="extend", by="ana", reason="wait", seconds=3600)], rules, state)
    assert longer.phase is Phase.OBSERVING
    assert played(looks(33, 60), rules, longer).phase is Phase.PROMOTE


def test_a_trigger_beats_the_deadline() -> None:
    few = Reading(canary=Counts(total=100, bad=0), stable=Counts(total=900, bad=0))
    state = played([begun(), *looks(1, 31, availability=few), look(32, availability=FAILING)], policy(*ERRORS))

    assert state.reasons[0].code is Code.ERROR_RATE_DELTA


def test_a_look_that_comes_twice_counts_once() -> None:
    once = played([begun(), *looks(1, 5)])
    twice = step(once, look(5, availability=FAILING), POLICY)

    assert codes(twice) == [Code.AMBIGUOUS_RESULT]
    assert replace(twice, reasons=()) == replace(once, reasons=())


# Size, and whose trouble it is.


def test_a_sure_but_small_difference_rolls_nothing_back() -> None:
    slightly = Reading(canary=Counts(total=600_000, bad=3600), stable=Counts(total=5_400_000, bad=27_000))
    state = played([begun(), *looks(1, 30, availability=slightly)], policy(*ERRORS, max_duration=1e6))

    assert state.evidence["availability:error_rate_delta"] > 100
    assert state.phase is Phase.OBSERVING, "nor is it promoted, while the evidence stands"


def test_an_incident_on_both_is_not_the_canary() -> None:
    state = played([begun(), *looks(1, 10), *looks(11, 16, availability=BOTH_BAD)])

    assert state.phase is Phase.HOLDING
    assert codes(state) == [Code.COMMON_MODE_INCIDENT]


def test_an_incident_on_both_does_not_hide_a_canary_that_is_worse() -> None:
    worse = Reading(canary=Counts(total=600, bad=120), stable=Counts(total=5400, bad=180))

    assert played([begun(), *looks(1, 10), *looks(11, 13, availability=worse)]).phase is Phase.ROLLBACK


def test_the_past_of_the_stable_version_tells_an_incident_at_the_first_look() -> None:
    before = {"availability": Counts(total=300_000, bad=500)}

    assert Code.COMMON_MODE_INCIDENT in codes(played([begun(before=before), *looks(1, 3, availability=BOTH_BAD)]))
    assert Code.COMMON_MODE_INCIDENT not in codes(played([begun(), *looks(1, 3, availability=BOTH_BAD)]))


def test_a_comparison_is_not_believed_while_the_traffic_is_split_otherwise() -> None:
    skewed = Reading(canary=Counts(total=2400, bad=30), stable=Counts(total=3600, bad=6))
    state = played([begun(), *looks(1, 8, availability=skewed)])

    assert state.phase is Phase.HOLDING
    assert "availability:error_rate_delta" not in state.tests


def test_bursts_need_more_evidence() -> None:
    events = [*looks(1, 5, availability=Reading(canary=Counts(total=600, bad=8), stable=Counts(total=5400, bad=9)))]

    assert played([begun(), *events], policy(*ERRORS)).phase is Phase.ROLLBACK
    assert played([begun(dispersion={"availability": 5.0}), *events], policy(*ERRORS)).phase is Phase.OBSERVING


# What must hold whatever happens.

numbers = st.sampled_from([0, 1, 5, 600, 5400, 1e9, nan, inf, -1.0]) | st.integers(0, 6000)
counts = st.none() | st.builds(Counts, total=numbers, bad=numbers)
runs = st.none() | st.builds(Runs, runs=numbers, failures=numbers, in_a_row=numbers, slow=numbers)
buckets = st.none() | st.builds(Buckets, total=numbers, within=st.lists(numbers, min_size=2, max_size=3).map(tuple))
readings = st.fixed_dictionaries(
    {},
    optional={
        "availability": st.builds(Reading, canary=counts | buckets, stable=counts),
        "latency": st.builds(Reading, canary=buckets, stable=buckets),
        "probes": st.builds(Reading, canary=runs, stable=runs),
    },
)
flaws = st.lists(st.builds(Flaw, code=st.sampled_from(list(Code)), check=st.sampled_from(["", "latency"])), max_size=1)


@st.composite
def hostile(draw: st.DrawFn, number: int) -> Observation:
    """A look in which anything may be wrong, or nothing."""
    calm = look(number)
    changes: dict[str, Any] = {
        "readings": draw(st.just(calm.readings) | readings.map(lambda r: {**calm.readings, **r}) | readings),
        "flaws": tuple(draw(st.just([]) | flaws)),
        "canary_series": draw(st.sampled_from([2, 2, 2, 0, None])),
        "stable_series": draw(st.sampled_from([18, 18, 18, 0, None])),
        "alerts": draw(st.sampled_from([(), (), None, ("Fires",)])),
        "elapsed": draw(st.sampled_from([calm.elapsed] * 5 + [nan, inf])),
        "artifact": draw(st.sampled_from([calm.artifact] * 8 + ["other", ""])),
    }
    return replace(calm, **changes)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """A run with hostile looks between calm ones, and now and then a person, an action or a crash."""
    others: st.SearchStrategy[Event] = st.sampled_from(
        [
            Acted(kind="rollback", result="begun"),
            Acted(kind="rollback", result="done"),
            Acted(kind="promote", result="done"),
            Recovered(ok=True),
            Failed(text="x"),
            Override(kind="extend", by="ana", reason="", seconds=600),
            Override(kind="promote", by="ana", reason=""),
            Override(kind="rollback", by="ana", reason=""),
        ]
    )
    events: list[Event] = [begun()]
    for number in range(1, draw(st.integers(1, 36)) + 1):
        events.append(draw(hostile(number)) if draw(st.integers(0, 3)) == 0 else look(number))
        if draw(st.integers(0, 15)) == 0:
            events.append(draw(others))
    return events


@given(histories())
@settings(max_examples=60)
def test_what_is_decided_stays_decided(events: list[Event]) -> None:
    rolled_back, state = False, State()
    for event in events:
        before, state = state, step(state, event, POLICY)
        rolled_back |= state.decision is not None and state.decision.verdict is Verdict.ROLLBACK
        if rolled_back:
            assert state.phase not in {Phase.PROMOTE, Phase.PROMOTED}
            assert state.decision is not None
            assert state.decision.verdict is Verdict.ROLLBACK
        if before.phase.final:
            assert state == before


@given(histories())
@settings(max_examples=60)
def test_only_a_whole_look_or_a_person_promotes(events: list[Event]) -> None:
    state = State()
    for event in events:
        before, state = state, step(state, event, POLICY)
        if state.phase is Phase.PROMOTE and before.phase is not Phase.PROMOTE:
            if isinstance(event, Override):
                continue
            assert isinstance(event, Observation)
            assert all(isfinite(n) for n in _numbers(event))
            assert (event.flaws, event.alerts) == ((), ())
            assert event.canary_series
            assert event.stable_series


def _numbers(seen: Observation) -> list[float]:
    found: list[float] = [seen.elapsed, seen.seconds, seen.at]
    for reading in seen.readings.values():
        for track in (reading.canary, reading.stable):
            for field in fields(track) if track is not None else ():
                value = getattr(track, field.name)
                found += value if isinstance(value, tuple) else [value]
    return found


@pytest.mark.parametrize("track", ["canary", "stable"])
@pytest.mark.parametrize("check", ["availability", "latency", "probes"])
@pytest.mark.parametrize("poison", [nan, inf, -inf, None])
def test_a_number_that_is_none_never_promotes(check: str, track: str, poison: float | None) -> None:
    """In every field of every reading, at the very look that would promote."""
    ready = played([begun(), *looks(1, 40)])
    assert ready.phase is Phase.PROMOTE
    last = ready.look
    before = played([begun(), *looks(1, last - 1)])
    reading = CALM[check]
    counts = getattr(reading, track)
    poisoned: list[Any] = [None] if poison is None else []
    for field in fields(counts) if poison is not None else ():
        value = getattr(counts, field.name)
        for place in range(len(value)) if isinstance(value, tuple) else (None,):
            new = poison if place is None else (*value[:place], poison, *value[place + 1 :])
            poisoned.append(replace(counts, **{field.name: new}))

    for bad in poisoned:
        state = step(before, look(last, **{check: replace(reading, **{track: bad})}), POLICY)
        if poison is None and (check, track) == ("probes", "stable"):
            continue  # a stable version without probes of its own takes nothing from what the canary's say
        assert state.phase is not Phase.PROMOTE, bad


@pytest.mark.parametrize("code", [c for c in Code if c.kind is Kind.QUALITY])
@pytest.mark.parametrize("check", ["", "availability", "latency", "probes", "alerts"])
def test_a_flaw_at_the_look_that_would_promote_holds_it_back(code: Code, check: str) -> None:
    last = played([begun(), *looks(1, 40)]).look
    state = played([begun(), *looks(1, last - 1), look(last, flaws=(Flaw(code=code, check=check),))])

    assert state.phase is not Phase.PROMOTE


@given(st.lists(st.sampled_from(["canary", "stable", "both", "reading"]), min_size=1, max_size=40))
@settings(max_examples=40)
def test_missing_data_never_promotes(missing: list[str]) -> None:
    without: dict[str, dict[str, Any]] = {
        "canary": {"canary_series": 0},
        "stable": {"stable_series": 0},
        "both": {"canary_series": 0, "stable_series": 0},
        "reading": {"latency": None},
    }
    state = played([begun(), *(look(n, **without[m]) for n, m in enumerate(missing, 1))], policy(max_duration=1e9))

    assert state.phase not in {Phase.PROMOTE, Phase.PROMOTED}


@given(histories())
@settings(max_examples=40)
def test_a_stored_run_is_judged_the_same_again(events: list[Event]) -> None:
    state = played(events)
    stored = json.loads(json.dumps({"policy": as_json(POLICY), "events": as_json(events)}, allow_nan=False))
    again = replay(stored["policy"], stored["events"])

    assert again.phase is state.phase
    assert repr(again) == repr(state), "NaN is not equal to itself, but is written alike"
    assert all(isclose(again.evidence[k], e, rel_tol=1e-9) for k, e in state.evidence.items())


@given(histories(), st.integers(0, 20))
@settings(max_examples=30)
def test_a_state_goes_through_json_in_the_middle_of_a_run(events: list[Event], cut: int) -> None:
    halfway = played(events[:cut])
    resumed = from_json(State, json.loads(json.dumps(as_json(halfway), allow_nan=False)))

    assert repr(played(events[cut:], state=resumed)) == repr(played(events))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"is": "Nonsense"}, "is not Start or Blocked"),
        ({"is": "Counts", "total": 1, "bad": 2}, "is not Start or Blocked"),
        ({"is": "Recovered", "ok": "yes"}, "/ok: 'yes' is not a bool"),
        ({"is": "Recovered", "ok": True, "why": ""}, "'why' is not a field of Recovered"),
        ({"is": "Recovered"}, "None is not 'ok' in Recovered"),
        ({"is": "Override", "kind": "delete", "by": "", "reason": ""}, "/kind: 'delete' is not one of"),
        ({"is": "Acted", "kind": "rollback", "result": "done", "at": "soon"}, "/at: 'soon' is not a float"),
        ([], "is not Start"),
    ],
)
def test_what_was_not_stored_by_us_is_refused(written: Any, said: str) -> None:
    with pytest.raises(ValueError, match="is not") as caught:
        from_json(Event, written)

    assert said in str(caught.value)


def test_only_plain_values_are_stored() -> None:
    with pytest.raises(TypeError, match="a set has no place in JSON"):
        as_json({"x": {1}})


def test_alerts_alone_are_evidence() -> None:
    assert played([begun(), *looks(1, 12)], policy(ALERTS)).phase is Phase.PROMOTE
    assert played([begun(), *looks(1, 11), look(12, alerts=None)], policy(ALERTS)).phase is Phase.OBSERVING


def test_a_policy_without_checks_never_promotes() -> None:
    assert played([begun(), *looks(1, 40)], replace(POLICY, tests=())).phase is Phase.ROLLBACK


# Editions.


def test_a_judge_that_gives_other_numbers_is_another_edition() -> None:
    """Evidence is judged again: where this fails on purpose, raise EDITION, and put the new numbers here."""
    bursts = [look(n, availability=FAILING if n % 9 == 0 else CALM["availability"]) for n in range(1, 21)]

    numbers = [f"{number:.9g}" for number in _every_number(as_json(played([begun(), *bursts])))]

    assert len(numbers) > 300
    assert (EDITION, sha256(" ".join(numbers).encode()).hexdigest()[:16]) == (1, "25469ae5446b14dd")


def _every_number(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for name in sorted(value):
            yield from _every_number(value[name])
    elif isinstance(value, list):
        for item in value:
            yield from _every_number(item)
    elif isinstance(value, int | float):
        yield float(value)
