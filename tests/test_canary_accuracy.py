"""How often the judge is wrong: the benchmark's releases, fewer of each, from the same seed.

`python -m bench canary` plays them in full. What is allowed here is what would be surprising if the promise held.
"""

from dataclasses import replace

import numpy as np
import pytest

from bench.canary import BAD, ERRORS, HEALTHY, Found, Scenario, simulated
from bench.releases import HISTORY, STEP, Answers, Errors
from relrails.judge.canary import ResolvedPolicy
from relrails.live.canary.history import PASTS
from relrails.units import exact

MS_A_LOOK = 5.0
RUNS = {Errors: 160, Answers: 40}


def played(scenario: Scenario) -> Found:
    return simulated(scenario, RUNS[type(scenario.release)])


@pytest.mark.parametrize("scenario", HEALTHY, ids=lambda s: s.name)
def test_a_healthy_canary_is_left_alone(scenario: Scenario) -> None:
    """At 0.5 %, three of 160 are one chance in a hundred; a judge that peeks without paying rolls 10 or more back."""
    found = played(scenario)

    assert found.triggered <= (2 if scenario.limit == 0.005 else 4), found.verdicts
    assert found.seconds_a_look * 1000 < MS_A_LOOK


@pytest.mark.parametrize("scenario", [s for s in BAD if s.limit is not None], ids=lambda s: s.name)
def test_a_bad_canary_is_not_missed(scenario: Scenario) -> None:
    found = played(scenario)

    assert found.runs - found.triggered <= (4 if isinstance(scenario.release, Errors) else 1), found.verdicts
    assert found.share("promoted") < 0.02
    if scenario.median is not None:
        assert found.median is not None
        assert found.median <= scenario.median


class Careless(Scenario):
    """A scenario with a policy that is wrong on purpose."""

    @property
    def policy(self) -> ResolvedPolicy:
        """Give the wrong policy."""
        return replace(ERRORS, min_duration=1800.0, dispersion=1.0, alpha=0.2)


def test_these_releases_would_catch_a_judge_without_alpha_or_dispersion() -> None:
    """The bursts, judged as if they were none, at an alpha twenty times too large."""
    bursts = next(s for s in HEALTHY if s.name == "bursts, dispersion 5")
    found = simulated(Careless(name=bursts.name, release=bursts.release, limit=None), 60)

    assert found.triggered > 15


def test_the_benchmark_knows_no_more_of_the_past_than_a_controller_that_is_refused_more() -> None:
    assert exact(PASTS[-1], "second") == HISTORY * STEP


@pytest.mark.parametrize(("burst", "least", "most"), [(1, 0, 6), (1.5, 60, 100), (3, 98, 100)])
def test_counts_half_again_as_bursty_are_told_from_independent_ones(burst: float, least: int, most: int) -> None:
    random = np.random.default_rng(5)
    measured = [Errors(burst=burst).start(random).dispersion["errors"] or 0 for _ in range(100)]

    assert least <= sum(m > 1 for m in measured) <= most


def test_the_same_seed_gives_the_same_runs() -> None:
    scenario = BAD[0]

    assert simulated(scenario, 5).verdicts == simulated(scenario, 5).verdicts
    assert simulated(scenario, 5).looks != simulated(scenario, 5, seed=2).looks
