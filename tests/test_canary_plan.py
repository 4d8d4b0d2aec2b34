"""What a plan promises, against other people's table and against simulated canaries."""

import json
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from bench.canary import ERRORS, Scenario, simulated
from bench.releases import Errors
from relrails.cli import main
from relrails.judge.canary import planning
from relrails.judge.canary.dispersion import used
from relrails.judge.canary.planning import Traffic

ROOT = Path(__file__).parents[1]
ALONE = replace(ERRORS.tests[0], weight=1)
ANY_SIZE = replace(ALONE, min_ratio=1, min_delta=0)
POLICY = replace(ERRORS, tests=(ALONE,), min_requests=0)
# Smallest ratio in 30 minutes at a share of 5, 10 and 50 %, as published with the design of the test.
TABLE: dict[tuple[float, float], tuple[float, ...]] = {
    (0.001, 1): (48, 32, 20),
    (0.001, 10): (9.1, 6.5, 4.2),
    (0.001, 100): (2.9, 2.3, 1.8),
    (0.005, 10): (3.9, 2.9, 2.1),
    (0.005, 100): (1.8, 1.5, 1.3),
    (0.01, 1000): (1.16, 1.11, 1.07),
}


@pytest.mark.parametrize(("bad", "rps"), TABLE)
def test_the_smallest_ratio_is_that_of_the_table(bad: float, rps: float) -> None:
    for share, expected in zip((0.05, 0.1, 0.5), TABLE[bad, rps], strict=True):
        found = planning.smallest_ratio(1800, ANY_SIZE, POLICY, Traffic(rps=rps, share=share, bad=bad))

        assert found == pytest.approx(expected, rel=0.035)


@pytest.mark.parametrize("ratio", [2, 3])
def test_half_of_simulated_canaries_are_seen_in_the_planned_time(ratio: float) -> None:
    planned = planning.seconds_to_see(ratio, ALONE, POLICY, Traffic(rps=100, share=0.1, bad=0.005)) / 60
    found = simulated(Scenario(name=f"plan x{ratio}", release=Errors(ratio=ratio), limit=None, whole=True), 80)

    assert found.median == pytest.approx(planned, abs=1.5)


def test_the_smallest_ratio_is_fairly_surely_seen() -> None:
    ratio = planning.smallest_ratio(1800, ERRORS.tests[0], ERRORS, Traffic(rps=10, share=0.5, bad=0.005))
    found = simulated(
        Scenario(name="plan least", release=Errors(rps=10, share=0.5, ratio=ratio), limit=None, whole=True), 60
    )

    assert found.triggered / found.runs > 0.6


@pytest.mark.parametrize(
    ("rps", "bad", "least"),
    [
        (100_000, 0.01, 1.25),  # min_ratio: the difference is 0.25 %
        (100_000, 0.001, 2),  # min_delta: 0.1 % more than 0.1 %
        (100_000, 0.0001, 11),
    ],
)
def test_what_is_too_small_to_roll_back_is_not_promised(rps: float, bad: float, least: float) -> None:
    traffic = Traffic(rps=rps, share=0.1, bad=bad)

    assert planning.seconds_to_see(least * 0.99, ALONE, POLICY, traffic) == inf
    assert planning.seconds_to_see(least, ALONE, POLICY, traffic) < 1800
    assert planning.smallest_ratio(1800, ALONE, POLICY, traffic) == pytest.approx(least)


def test_what_cannot_be_seen_takes_for_ever() -> None:
    traffic = Traffic(rps=100, share=0.1, bad=0.005)

    assert planning.seconds_to_see(1, ALONE, POLICY, traffic) == inf
    assert planning.seconds_to_see(2, replace(ALONE, weight=0), POLICY, traffic) == inf
    assert planning.smallest_ratio(0.01, ALONE, POLICY, traffic) == inf


def test_a_rate_at_the_limit_is_accepted_only_by_comparison() -> None:
    """Its own rate is never surely within the SLO; far below, it soon is."""
    at, below = (
        planning.seconds_to_accept(ALONE, POLICY, Traffic(rps=100, share=0.1, bad=b)) for b in (0.001, 0.00001)
    )

    assert at > 1800
    assert below < 1000


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["canary", "plan", *arguments, "--services", str(ROOT / "services")])
    return (code, *capfd.readouterr())


def test_a_plan_that_is_enough_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "core-api", "--rps", "1000", "--weight", "20%")

    assert code == 0
    assert "availability, while 0.100% are bad:" in out
    assert "a healthy canary is accepted after about" in out
    assert "too little" not in out


def test_a_plan_says_what_is_too_small_to_roll_back_and_does_not_ask_for_more_traffic(
    capfd: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(capfd, "core-api", "--rps", "10000", "--weight", "20%", "--base", "availability=0.05%")

    availability, _, latency = out.partition("latency-p95")
    assert code == 0
    assert "x1.5  is too small a difference to roll back: the policy wants at least 1.25 times" in availability
    assert "x2    is too small" in availability
    assert "0.1 % more" in availability
    assert "x3    is seen after" in availability
    assert "x3 is the least that is surely seen" in availability
    assert "too small" not in latency
    assert "too little" not in out


def test_a_plan_that_is_too_little_says_what_to_change(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "core-api", "--rps", "1", "--base", "availability=0.05%")

    assert code == 1
    assert "availability, while 0.050% are bad:" in out
    assert "the policy says rollback" in out
    assert "too little to tell in time" in out
    assert "10 % of them to the canary" in out
    assert "a healthy canary is likely to end undecided, and the policy then says rollback" in out


def test_a_plan_for_bursts_is_slower_by_what_the_judge_divides_by(capfd: pytest.CaptureFixture[str]) -> None:
    divisor = used(3)
    code, out, _ = run(capfd, "core-api", "--rps", "1000", "--weight", "20%", "--format", "json")
    _, slower, _ = run(capfd, "core-api", "--rps", "1000", "--weight", "20%", "--format", "json", "--dispersion", "3")

    plain, found = (json.loads(text) for text in (out, slower))
    assert (code, plain["evidence_divided_by"]) == (0, 1)
    assert found["evidence_divided_by"] == pytest.approx(divisor)
    for calm, bursts in zip(plain["checks"], found["checks"], strict=True):
        assert bursts["minutes_to_accept"] == pytest.approx(divisor * calm["minutes_to_accept"], rel=0.1)


def test_what_a_plan_says_to_change_is_enough(capfd: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capfd, "core-api", "--rps", "100")
    times = float(out.split("it takes ")[1].split(" times")[0])

    _, more, _ = run(capfd, "core-api", "--rps", str(100 * times * 1.05))

    assert times > 1
    assert "likely to end undecided" not in more


def test_a_plan_for_programs_has_the_same_numbers(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "core-api", "--rps", "1", "--format", "json")

    plan = json.loads(out)
    assert code == 1
    assert plan["share"] == 0.1
    assert [check["check"] for check in plan["checks"]] == ["availability", "latency-p95"]
    assert not plan["checks"][0]["enough"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nope", "--rps", "1"), "'nope' has no canary policy; services that have one: core-api"),
        (("export-service", "--rps", "1"), "services that have one: core-api"),
        (("core-api", "--rps", "0"), "0"),
        (("core-api", "--rps", "1", "--weight", "300%"), "'300%' is no share; write, for example, 10% or 0.1"),
        (("core-api", "--rps", "1", "--weight", "x"), "'x' is no share"),
        (("core-api", "--rps", "1", "--base", "0.1%"), "names no check; write, for example, availability=0.05%"),
        (("core-api", "--rps", "1", "--base", "nope=0.1%"), "core-api has no check 'nope'"),
    ],
)
def test_what_cannot_be_planned_is_a_usage_error(
    arguments: tuple[str, ...], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, error = run(capfd, *arguments)

    assert (code, out) == (3, "")
    assert said in error
