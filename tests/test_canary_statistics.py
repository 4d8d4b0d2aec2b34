"""The sequential tests: against their formulas, against exact expectations, and against values of others."""

import json
from fractions import Fraction
from itertools import product
from math import comb, exp, inf, isclose, log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relrails.canary.resolved import GRID
from relrails.judge.canary import beta_mixture, dispersion, rate_ratio, traffic
from relrails.judge.canary.events import Counts
from relrails.judge.canary.rate_ratio import HEALTHY, Stream, Tally, Terms, advance, log_healthy, log_worse

VECTORS = Path(__file__).parents[2] / "shared" / "corpus" / "confseq_vectors.json"
PLAIN = Terms(tolerated=1, unacceptable=2, phi=1, planned=3)


def played(tallies: tuple[Tally, ...], terms: Terms = PLAIN) -> Stream:
    stream = Stream()
    for look, tally in enumerate(tallies, 1):
        stream = advance(stream, tally, look, terms)
    return stream


def written_out(tallies: tuple[Tally, ...], terms: Terms) -> float:
    """E from the formula, one term after the other, without logarithms."""

    def likelihood_ratio(tally: Tally, r1: float) -> float:
        def theta(r: float) -> float:
            return r * tally.canary_total / (r * tally.canary_total + tally.stable_total)

        r0 = terms.tolerated
        worse = (theta(r1) / theta(r0)) ** tally.canary_bad
        better = ((1 - theta(r1)) / (1 - theta(r0))) ** tally.stable_bad
        return float((worse * better) ** (1 / terms.phi))

    cumulative, changepoint = 0.0, 0.0
    for k in range(14):
        r1 = (1 + 0.4 * 2 ** (k / 3)) * terms.tolerated
        ratios = [likelihood_ratio(t, r1) for t in tallies]
        whole = 1.0
        for ratio in ratios:
            whole *= ratio
        cumulative += whole / 14
        for onset in range(len(tallies)):
            since = 1.0
            for ratio in ratios[onset:]:
                since *= ratio
            changepoint += since / terms.planned / 14
    return (cumulative + changepoint + (terms.planned - len(tallies)) / terms.planned) / 2


@given(
    st.lists(
        st.builds(Tally, st.integers(1, 900), st.integers(0, 20), st.integers(1, 9000), st.integers(0, 60)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from((1.0, 1.1, 1.5)),
    st.sampled_from((1.0, 3.7)),
)
def test_the_evidence_is_the_formula(tallies: list[Tally], tolerated: float, phi: float) -> None:
    terms = Terms(tolerated, 2, phi, planned=6)

    assert isclose(log_worse(played(tuple(tallies), terms), 6), log(written_out(tuple(tallies), terms)), abs_tol=1e-9)


def expected(log_e: list[float], chances: list[Fraction]) -> float:
    return sum(exp(e) * float(p) for e, p in zip(log_e, chances, strict=True))


def outcomes(ratio: float, looks: int = 3, bad: int = 4) -> tuple[list[Stream], list[Fraction]]:
    """Every way in which `bad` events can fall in each look, with its probability, at a true ratio of the rates."""
    totals = (100, 900)
    theta = Fraction(ratio) * totals[0] / (Fraction(ratio) * totals[0] + totals[1])
    chance = [comb(bad, e) * theta**e * (1 - theta) ** (bad - e) for e in range(bad + 1)]
    streams, chances = [], []
    for fallen in product(range(bad + 1), repeat=looks):
        streams.append(played(tuple(Tally(totals[0], e, totals[1], bad - e) for e in fallen)))
        likely = Fraction(1)
        for e in fallen:
            likely *= chance[e]
        chances.append(likely)
    return streams, chances


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_a_healthy_canary_is_expected_to_gather_no_evidence(looks: int) -> None:
    """The definition of a martingale, over every outcome there is: what keeps alpha, at any number of looks."""
    streams, chances = outcomes(1, looks)

    assert isclose(expected([log_worse(s, 3) for s in streams], chances), 1, rel_tol=1e-12)
    streams, chances = outcomes(0.5, looks)
    assert expected([log_worse(s, 3) for s in streams], chances) < 1


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_an_unacceptable_canary_is_expected_to_gather_no_evidence_of_health(looks: int) -> None:
    streams, chances = outcomes(2, looks)

    assert isclose(expected([log_healthy(s) for s in streams], chances), 1, rel_tol=1e-12)
    streams, chances = outcomes(3, looks)
    assert expected([log_healthy(s) for s in streams], chances) < 1


def test_nothing_bad_is_no_evidence_either_way() -> None:
    stream = played((Tally(100, 0, 900, 0), Tally(0, 0, 900, 5), Tally(100, 5, 0, 0)))

    assert isclose(log_worse(stream, 3), 0, abs_tol=1e-12)
    assert isclose(log_healthy(stream), 0, abs_tol=1e-12)


def test_after_the_planned_looks_evidence_still_counts_but_no_new_beginning_does() -> None:
    calm = (Tally(1000, 5, 9000, 45),) * 3
    late = (Tally(1000, 30, 9000, 45),)

    assert log_worse(played((*calm, *late)), 3) > log_worse(played(calm), 3)
    assert log_worse(played((*calm, *late), Terms(1, 2, 1, 9)), 9) > log_worse(played((*calm, *late)), 3)


def test_evidence_too_large_for_a_float_is_still_a_number() -> None:
    stream = played((Tally(10**6, 10**6, 10**7, 0),) * 3)

    assert 1e5 < log_worse(stream, 3) < inf
    assert log_healthy(stream) < -1e5


@given(st.integers(0, 50), st.integers(1, 50))
def test_one_more_bad_event_on_the_canary_is_never_less_evidence(bad: int, more: int) -> None:
    fewer, many = (played((Tally(1000, 5, 9000, 45), Tally(1000, n, 9000, 45))) for n in (bad, bad + more))

    assert log_worse(many, 3) > log_worse(fewer, 3)
    assert log_healthy(many) < log_healthy(fewer)


@given(st.permutations([2, 9, 4, 30]))
def test_health_does_not_depend_on_the_order_of_looks(order: list[int]) -> None:
    looks = tuple(Tally(1000, n, 9000, 45) for n in order)

    assert isclose(log_healthy(played(looks)), log_healthy(played(tuple(sorted(looks, key=str)))), abs_tol=1e-9)


def test_a_regression_is_dated_to_the_look_at_which_it_began() -> None:
    calm, bad = Tally(600, 3, 5400, 27), Tally(600, 15, 5400, 27)
    stream = played((*(calm,) * 20, *(bad,) * 3), Terms(1, 2, 1, 30))

    assert stream.first_bad == 21
    assert stream.since == Tally(1800, 45, 16200, 81)


def test_thirty_seven_errors_where_eighteen_are_expected_are_enough_in_the_end() -> None:
    """18,000 requests beside 162,000, in 30 looks. With ratios up to 25 in the mean it would be 38."""
    needed = -log(0.009)

    def seen(bad: float) -> float:
        return log_worse(played((Tally(600, bad / 30, 5400, 162 / 30),) * 30, Terms(1, 2, 1, 30)), 30)

    assert seen(36) < needed < seen(37)


def test_the_grids_lie_on_their_own_sides() -> None:
    assert min(GRID) > 1
    assert max(HEALTHY) < 1


# One rate.


@pytest.mark.parametrize(("total", "upper"), [(600, 0.0112), (3000, 0.0025)])
def test_no_errors_bound_the_rate_from_above(total: int, upper: float) -> None:
    low, high = beta_mixture.interval(0, total, 0.05)

    assert low == 0
    assert high == pytest.approx(upper, abs=1e-4)
    assert beta_mixture.surely_below(0, total, high * 1.001, 0.05)
    assert not beta_mixture.surely_below(0, total, high * 0.999, 0.05)


@pytest.mark.skipif(not VECTORS.is_file(), reason=f"{VECTORS.name}: the reference values are not here")
def test_the_interval_agrees_with_confseq() -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    for vector in vectors["bernoulli_confidence_interval"]:
        bad, total, alpha, _ = vector["args"]
        low, high = beta_mixture.interval(bad, total, alpha)

        # Theirs is tuned to one sample size, ours to none: as wide within a quarter, around the same rate.
        width = vector["expect"][1] - vector["expect"][0]
        assert high - low == pytest.approx(width, rel=0.25)
        assert (low + high) / 2 == pytest.approx(sum(vector["expect"]) / 2, abs=width / 8)


@given(st.integers(0, 40), st.integers(1, 400), st.floats(0.01, 0.2))
def test_the_interval_holds_the_observed_rate(bad: int, more: int, alpha: float) -> None:
    low, high = beta_mixture.interval(bad, bad + more, alpha)

    assert low <= bad / (bad + more) <= high
    for edge in (low, high):
        if 0 < edge < 1:
            assert beta_mixture.log_e(bad, bad + more, edge) == pytest.approx(-log(alpha), abs=1e-6)


def test_the_rate_of_nothing_is_anything() -> None:
    assert beta_mixture.interval(0, 0, 0.05) == (0.0, 1.0)
    assert not beta_mixture.surely_below(0, 0, 0.5, 0.05)
    assert beta_mixture.log_above(0, 0, 0.5) == 0
    assert beta_mixture.log_above(1, 100, 0.5) == 0
    assert beta_mixture.log_e(3, 10, 0) == beta_mixture.log_e(3, 10, 1) == inf


@pytest.mark.parametrize("rate", [0.01, 0.3])
def test_the_evidence_on_one_rate_is_expected_to_be_one(rate: float) -> None:
    total = 40
    chances = [comb(total, s) * Fraction(rate) ** s * (1 - Fraction(rate)) ** (total - s) for s in range(total + 1)]

    assert isclose(expected([beta_mixture.log_e(s, total, rate) for s in range(total + 1)], chances), 1, rel_tol=1e-9)


# Bursts, the split, incidents.


def test_independent_counts_have_a_dispersion_of_one() -> None:
    windows = [(float(a), 100.0, float(10 - a), 100.0) for a in range(11) for _ in range(comb(10, a))]

    assert dispersion.measure(windows) == pytest.approx(1)


def test_a_little_more_than_independent_is_independent_and_more_has_a_margin() -> None:
    assert dispersion.used(None) == dispersion.used(1.2) == 1
    assert dispersion.used(4) == pytest.approx(5.8)
    assert dispersion.used(10) < dispersion.used(11)


def test_a_dispersion_that_chance_may_have_made_is_none() -> None:
    windows = [
        (8.0, 100.0, 2.0, 100.0),
        (5.0, 100.0, 5.0, 100.0),
        (7.0, 100.0, 4.0, 100.0),
        (7.0, 100.0, 4.0, 100.0),
    ] * 20
    assert dispersion.measure(windows) == 1
    assert dispersion.measure(windows * 20) == pytest.approx(1.31, abs=0.01)


def test_too_few_windows_measure_nothing() -> None:
    assert dispersion.measure([(1, 10, 1, 10)] * (dispersion.ENOUGH - 1)) is None
    assert dispersion.measure([(0, 10, 0, 10)] * 1000) is None


def test_a_share_is_off_only_when_it_is_clearly_so() -> None:
    assert not traffic.off(1, 9, 0.1, 0.5)
    assert not traffic.off(0, 20, 0.1, 0.5)  # 1 request a second at a tenth: chance
    assert not traffic.off(14_900, 100_000 - 14_900, 0.1, 0.5)
    assert traffic.off(20_000, 80_000, 0.1, 0.5)
    assert traffic.off(0, 6000, 0.1, 0.5)
    assert not traffic.off(0, 0, 0.1, 0.5)


def test_an_incident_hits_both() -> None:
    before = Counts(total=100_000, bad=500)

    assert traffic.incident(Tally(600, 20, 5400, 160), before, 1)
    assert not traffic.incident(Tally(600, 20, 5400, 27), before, 1)
    assert not traffic.incident(Tally(600, 3, 5400, 160), before, 1)
    assert not traffic.incident(Tally(600, 20, 5400, 160), Counts(total=0, bad=0), 1)


def test_the_ratio_of_nothing_to_nothing_is_one() -> None:
    assert Tally(10, 0, 10, 0).ratio == 1
    assert Tally(10, 1, 10, 0).ratio == inf
    assert rate_ratio.NOTHING.canary_rate == rate_ratio.NOTHING.stable_rate == 0
