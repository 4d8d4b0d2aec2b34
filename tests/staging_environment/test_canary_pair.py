"""The canary pair: HAProxy shares requests out by the weights, and each track can be told from the other."""

import itertools
import math
import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest
from conftest import WITHOUT_TOOLS
from real_prometheus import pair_of

from relrails import canary, toolchain
from relrails.judge.canary import Code, Observation, Start, State, Verdict, resolve, step
from relrails.live.canary.looking import Look, Seen
from relrails.live.canary.sources import sources
from relrails.live.prometheus import Endpoint, ask
from services import core_api
from staging.canary_pair import TRACK_HEADER, CanaryPair
from staging.environment import Environment, Pace, StagingError, eventually, wait
from staging.environment.service import CANARY
from staging.traffic import Traffic
from staging_environment.client import SMALL


@pytest.fixture(scope="module")
def pair() -> Iterator[CanaryPair]:
    pair_of(3)
    if not toolchain.find("haproxy"):
        if os.environ.get(WITHOUT_TOOLS) == "1":
            pytest.skip(f"no haproxy, and {WITHOUT_TOOLS}=1")
        pytest.fail("no haproxy: `python -m relrails.toolchain` fetches it", pytrace=False)
    with Environment("prometheus", pace=Pace(), prometheus_major=3, size=SMALL) as env, CanaryPair(env) as pair:
        yield pair


@pytest.fixture
def door(pair: CanaryPair) -> Iterator[httpx.Client]:
    """What a customer sees; the canary has no share and both are well before a test and after it."""
    with httpx.Client(base_url=pair.url, headers=pair.env.login(), trust_env=False, timeout=20) as client:
        yield client
    for track in ("stable", "canary"):
        pair.fault(track)
    pair.shift(canary_percent=0)


def tracks(door: httpx.Client, count: int) -> list[str]:
    return [door.get("/v1/investigations/case-1/timeline").headers[TRACK_HEADER] for _ in range(count)]


def test_a_canary_begins_without_a_share(pair: CanaryPair, door: httpx.Client) -> None:
    assert pair.weights() == {"stable": 100, "canary": 0}
    assert set(tracks(door, 20)) == {"stable"}


@pytest.mark.parametrize("percent", [25, 100, 0])
def test_the_canary_gets_the_share_that_it_is_given(pair: CanaryPair, door: httpx.Client, percent: int) -> None:
    pair.shift(canary_percent=percent)
    assert pair.weights() == {"stable": 100 - percent, "canary": percent}
    assert abs(tracks(door, 40).count("canary") - 40 * percent / 100) <= 1


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_that_cannot_be_is_refused_and_changes_nothing(pair: CanaryPair, percent: int) -> None:
    before = pair.weights()
    with pytest.raises(ValueError, match="between 0 and 100"):
        pair.shift(canary_percent=percent)
    assert pair.weights() == before


def test_what_haproxy_does_not_understand_is_an_error(pair: CanaryPair) -> None:
    with pytest.raises(StagingError, match="haproxy answers to 'set server core-api/nobody weight 1'"):
        pair.command("set server core-api/nobody weight 1")


def test_operating_a_service_is_not_possible_through_the_door(pair: CanaryPair, door: httpx.Client) -> None:
    admin = {"Authorization": f"Bearer {pair.env.identities.admin_token}"}
    assert door.put("/admin/faults", json={"error_ratio": 1}, headers=admin).status_code == 404
    assert door.get("/metrics").status_code == 404


def test_a_fault_of_the_canary_reaches_its_share_and_nobody_else(pair: CanaryPair, door: httpx.Client) -> None:
    pair.fault("canary", error_ratio=1)
    pair.shift(canary_percent=50)
    answers = [door.get("/v1/investigations/case-1/timeline") for _ in range(20)]
    assert {(answer.headers[TRACK_HEADER], answer.status_code) for answer in answers} == {
        ("stable", 200),
        ("canary", 500),
    }


def test_a_canary_that_is_gone_is_an_error_to_its_callers(pair: CanaryPair, door: httpx.Client) -> None:
    pair.shift(canary_percent=100)
    pair.canary.stop(signal.SIGKILL)
    try:
        answer = door.get("/healthz")
    finally:
        pair.canary.start()
        wait(pair.canary)
    assert (answer.status_code, answer.headers[TRACK_HEADER]) == (503, "canary")


def test_prometheus_tells_the_tracks_apart(pair: CanaryPair, door: httpx.Client) -> None:
    pair.shift(canary_percent=50)
    tracks(door, 10)

    def requests() -> dict[str, float]:
        expr = 'sum by (track) (http_requests_total{job="core-api", route="/v1/investigations/{case}/timeline"})'
        found = {labels.get("track", ""): value for labels, value in pair.env.query(expr)}
        return found if found.get("canary") and found.get("stable") else {}

    assert set(eventually(requests, 20, "requests of both tracks")) == {"stable", "canary"}


def test_a_restart_of_the_canary_with_another_artifact_rolls_it_back(pair: CanaryPair, door: httpx.Client) -> None:
    """The policy that core-api declares, against this Prometheus: what is read, and what the judge makes of it."""
    policy = core_api.service.canary
    assert isinstance(policy, canary.Policy)
    resolved = resolve(policy)
    read, endpoint = sources(core_api.service, policy, resolved), Endpoint(url=pair.env.prometheus.url)
    seen, state = Seen(), step(State(), Start(artifact=CANARY), resolved)

    def looked() -> Observation:
        nonlocal seen
        asked = Look(read, seen, time.time(), 1.0, 10.0)
        found, seen = asked.read(ask(endpoint, asked.queries), state.look + 1, 10.0 * (state.look + 1), None)
        return found

    def says(digest: str) -> list[Observation]:
        return [found for found in (looked(),) if digest in found.artifact]

    (found,) = eventually(lambda: says(CANARY), 20, "what the canary runs")
    state = step(state, found, resolved)
    assert (found.artifact, state.phase.watching) == (CANARY, True)

    other, argv = f"sha256:{'0' * 64}", pair.canary.argv
    pair.canary.stop(signal.SIGTERM)
    try:
        pair.canary.argv = [other if argument == CANARY else argument for argument in argv]
        pair.canary.start()
        wait(pair.canary)
        (found,) = eventually(lambda: says(other), 20, "what it runs now")
        state = step(state, found, resolved)
    finally:
        pair.canary.stop(signal.SIGTERM)
        pair.canary.argv = argv
        pair.canary.start()
        wait(pair.canary)
    assert state.decision is not None
    assert state.decision.verdict is Verdict.ROLLBACK
    assert state.decision.reasons[0].code is Code.IDENTITY_CHANGED


def test_traffic_keeps_its_rate_and_accounts_for_every_request(pair: CanaryPair, door: httpx.Client) -> None:
    pair.fault("canary", error_ratio=1)
    pair.shift(canary_percent=50)
    with Traffic(pair.url, pair.env.login, per_second=50) as traffic:
        eventually(lambda: len(traffic.answers()) >= 50, 20, "50 answers")
    answers = traffic.answers()
    due = sorted(answer.due for answer in answers)
    gaps = [later - earlier for earlier, later in itertools.pairwise(due)]
    assert all(math.isclose(gap, 0.02, abs_tol=1e-6) for gap in gaps)
    stable, canary, everybody = (traffic.summary(track) for track in ("stable", "canary", None))
    assert (stable.error_ratio, canary.error_ratio) == (0, 1)
    assert stable.requests + canary.requests == everybody.requests == len(answers)
    assert abs(stable.requests - canary.requests) <= 1
    assert 0 < everybody.p50_seconds <= everybody.p95_seconds


def test_traffic_does_not_slow_down_for_a_slow_service(pair: CanaryPair, door: httpx.Client) -> None:
    pair.fault("stable", latency_seconds=1)
    with Traffic(pair.url, pair.env.login, per_second=50) as traffic:
        eventually(lambda: len(traffic.answers()) >= 10, 20, "10 answers")
    # While the first waited for its second, all the others left in time and waited no longer than it.
    assert len(traffic.answers()) >= 50
    assert 1 <= traffic.summary().p50_seconds < 3


def test_traffic_to_nobody_is_all_errors_and_no_traffic_is_no_good_news(pair: CanaryPair) -> None:
    with Traffic("http://127.0.0.1:9", pair.env.login, per_second=50) as traffic:
        eventually(lambda: len(traffic.answers()) >= 3, 20, "three errors")
    assert traffic.summary().error_ratio == 1
    assert {answer.error for answer in traffic.answers()} == {"ConnectError"}
    assert math.isnan(traffic.summary("canary").error_ratio)
    assert math.isnan(traffic.summary("canary").p95_seconds)


def test_a_login_that_fails_stops_the_traffic_aloud(pair: CanaryPair) -> None:
    def refuse() -> dict[str, str]:
        raise StagingError("no login")

    with pytest.raises(StagingError, match="no login"), Traffic(pair.url, refuse):
        pass
