"""What `relrails explain` says of a journey, and that the times it gives are true."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journeys import service, simple_journey, step

from relrails.cli import main
from relrails.cli._explaining_journey import journey_text
from relrails.judge.outage import Watching
from relrails.probe import Poll, Retry, backend, expect, extract, get, post, secret
from relrails.units import minutes, percent, seconds

RETRY = Retry(on=("dns",), attempts=1, budget=10 * percent)
SERVICES = str(Path(__file__).parent.parent / "services")


def reasons(**other: object) -> tuple[str, ...]:
    """Give why Blackbox does not run a journey."""
    return backend(simple_journey(**other)).reasons


def test_one_plain_request_is_for_blackbox() -> None:
    assert backend(simple_journey()).name == "blackbox"
    assert reasons(every=2 * minutes, steps=(step(expect=(expect.body(matches="a"), expect.header("b"))),)) == ()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"steps": (step(), step(name="again"))}, "it has 2 steps"),
        ({"every": 3 * minutes}, "it runs every 3 min"),
        ({"retry": RETRY}, "it tries again"),
        ({"steps": (step(request=post("/x")),)}, "it writes"),
        ({"steps": (step(writes=True),)}, "it writes"),
        ({"steps": (step(extract=(extract("$.a", to="a"),)),)}, "it keeps something of an answer"),
        ({"steps": (step(expect=(expect.json("$.a"),)),)}, "step 'open' looks into the body"),
        ({"steps": (step(request=get("/", headers={"X-Key": secret("env:KEY")})),)}, "step 'open' sends a secret"),
        ({"steps": (step(request=get("/", headers={"X-Run": "{run_id}"})),)}, "step 'open' names its run"),
        ({"steps": (step(request=get("/{run_id}")),)}, "step 'open' names its run"),
    ],
)
def test_everything_that_blackbox_cannot_do_is_a_reason_for_the_runner(other: dict[str, object], said: str) -> None:
    found = reasons(**other)

    assert [r for r in found if r.startswith(said)], found


def test_a_poll_is_for_the_runner() -> None:
    until = (expect.json("$.a"),)
    poll = Poll(name="wait", request=get("/"), until=until, every=1 * seconds, timeout=5 * seconds)

    assert any(r.startswith("it waits") for r in reasons(steps=(poll,)))


def test_a_journey_of_blackbox_names_its_module_and_its_job() -> None:
    text = journey_text(service(journeys=(simple_journey(),)), simple_journey())

    assert "run by Blackbox Exporter, because\n  it is one request" in text
    assert "generated/blackbox/blackbox.yml" in text
    assert "module journey_front_page" in text
    assert "generated/prometheus/targets/relrails-blackbox-1m.yml" in text
    assert "whether the host connects: shop.example.com:443" in text
    assert "ticket  when 3 of 5 checks of a host failed, or none was made for 10m" in text
    assert "page    3d before the certificate of a host ends" in text


def test_the_journeys_of_this_repository_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for name, worst in (("auth_query", "3m25s"), ("investigation", "3m30s"), ("export_pack", "17m30s")):
        assert main(["explain", name, "--services", SERVICES]) == 0

        said = capsys.readouterr().out
        assert "run by the probe runner, because\n" in said
        assert f"{worst} at worst" in said
        assert "{token}, which is hidden" in said


def test_a_journey_that_is_nearly_named_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "auth_quer", "--services", SERVICES]) == 3

    assert "the nearest is auth_query" in capsys.readouterr().err


def called(watching: Watching, phase: int, begins: int, evaluates: int) -> Iterator[int]:
    """Play an outage second by second: runs from `phase`, scrapes at multiples, and give when a page is judged due."""
    every, timeout, scrape, evaluation = map(
        int, (watching.every, watching.timeout, watching.scrape, watching.evaluation)
    )
    over = [start + timeout for start in range(phase, begins + 20 * every, every) if start >= begins]
    for at in range(evaluates, over[-1], evaluation):
        newest = at // scrape * scrape if scrape else at
        if sum(run <= newest for run in over) >= watching.failures:
            yield at - begins


WATCHINGS = st.builds(
    Watching,
    failures=st.integers(2, 4),
    every=st.sampled_from((15, 60, 300)).map(Fraction),
    timeout=st.integers(0, 14).map(Fraction),
    scrape=st.sampled_from((0, 5, 15)).map(Fraction),
    evaluation=st.sampled_from((15, 60)).map(Fraction),
)


@given(WATCHINGS, st.integers(0, 299), st.integers(0, 400), st.integers(0, 59))
def test_no_hard_outage_is_told_later_than_the_worst_or_sooner_than_the_best(
    watching: Watching, phase: int, begins: int, evaluates: int
) -> None:
    first = next(called(watching, phase % int(watching.every), begins, evaluates % int(watching.evaluation)))

    assert watching.soonest <= first <= watching.latest


def test_the_worst_case_can_come_within_seconds_of_what_is_said() -> None:
    watching = Watching(
        failures=3, every=Fraction(60), timeout=Fraction(10), scrape=Fraction(15), evaluation=Fraction(15)
    )

    seen = [
        next(called(watching, phase, begins, offset))
        for phase in range(60)
        for begins in range(60, 75)
        for offset in range(15)
    ]

    assert watching.latest - 4 <= max(seen) <= watching.latest
