"""Bad signals on the way to a canary's judge: none of them may ever promote."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bad_signals import LIES
from lying_prometheus import Said, serving
from simulated_canary import EPOCH, Fleet, identity, with_policy
from test_canary_controller import Clock, Watched, watched

from relrails.judge.canary import Code, Phase
from relrails.live.prometheus import Endpoint, Instant, Query, Reply, Result, ask
from relrails.live.prometheus import results as r
from relrails.live.prometheus.decode import decode
from relrails.units import minutes, ms

SERVICE = with_policy(
    identity=identity,
    warmup=1 * minutes,
    min_duration=3 * minutes,
    max_duration=5 * minutes,
    silence=replace(with_policy().canary.silence, hold_max=3 * minutes),  # type: ignore[union-attr] # it has one
)

FLEET = Fleet(began=EPOCH - 600, started=EPOCH - 300)
"""Always the same, so that what has happened is computed once."""
Change = Callable[[dict[str, Any], float], Any]
QUESTIONS: dict[str, Callable[[str], bool]] = {
    "the canary's requests": lambda q: q.startswith("http_requests_total") and "canary" in q and "code" not in q,
    "the stable version's requests": lambda q: (
        q.startswith("http_requests_total") and "stable" in q and "code" not in q
    ),
    "the canary's buckets": lambda q: q.startswith("http_request_duration") and "canary" in q,
    "what the canary runs": lambda q: q.startswith("build_info"),
    "whether the canary is there": lambda q: q.startswith("count") and "canary" in q,
}


def asking(fleet: Fleet, wanted: Callable[[str], bool], lie: Change) -> Callable[[Sequence[Query]], tuple[Reply, ...]]:
    """Answer well, but for one question after the run has begun; every answer goes through the client's decoder."""

    def reply(query: Query) -> Reply:
        (good,) = fleet.ask([query])
        if not wanted(query.promql) or query.end < EPOCH or not isinstance(query, Instant):
            return good
        said = lie(json.loads(good.exchange.body), query.end)
        result: Result = said if isinstance(said, r.Unusable) else decode(said, query)
        return replace(good, result=result)

    return lambda queries: tuple(map(reply, queries))


def ran(folder: Path, fleet: Fleet, wanted: Callable[[str], bool], lie: Change) -> Watched:
    found = watched(folder, fleet, SERVICE, clock=Clock(), ask=asking(fleet, wanted, lie))
    found.controller.begin()
    found.controller.watch()
    found.controller.conclude()
    return found


def test_with_good_answers_it_is_promoted(tmp_path: Path) -> None:
    found = ran(tmp_path, FLEET, lambda _: True, lambda good, _: json.dumps(good).encode())

    assert found.phase is Phase.PROMOTED
    assert len(found.looks) == 4


def as_it_arrives(said: Said) -> "bytes | r.Unusable":
    """What is only wrong on the wire comes to one of these; that it does is tested with the client."""
    if said.pause:
        return r.Timeout("too late")
    if said.missing or said.hang_up:
        return r.Truncated("cut")
    if said.status != 200:
        return r.ServerError(str(said.status))
    if "Date" in said.headers:
        return r.ClockSkew("an hour")
    if said.headers or len(said.body) > 1_000_000:
        return r.TooLarge("huge")
    return said.body


HARMLESS = {
    ("whether the canary is there", "labels that are empty"),  # a count without labels is how a count looks
    ("what the canary runs", "every series from two replicas"),  # what two say alike is said
}


@pytest.mark.parametrize(
    ("question", "name"),
    [(q, n) for q in QUESTIONS for n in LIES if (q, n) not in HARMLESS],
)
def test_no_bad_signal_promotes(tmp_path: Path, question: str, name: str) -> None:
    found = ran(tmp_path, FLEET, QUESTIONS[question], lambda good, at: as_it_arrives(LIES[name](good, at)))

    assert found.phase in {Phase.VERIFIED, Phase.NOT_RECOVERED}
    assert Code.HEALTHY not in found.codes
    assert [done.name for done in found.controller.actions] == ["rollback"]


WIRE = ["no answer in time", "fewer bytes than promised", "500 with the good body", "a redirect with the good body"]


@pytest.mark.parametrize("name", WIRE)
def test_no_bad_signal_on_the_wire_promotes(tmp_path: Path, name: str) -> None:
    fleet = FLEET

    def answer(asked: Any) -> Said:
        good = fleet.answer(asked.form["query"], float(asked.form["time"]))
        if QUESTIONS["the canary's requests"](asked.form["query"]) and float(asked.form["time"]) >= EPOCH:
            return LIES[name](good, float(asked.form["time"]))
        return Said(body=json.dumps(good).encode())

    with serving(answer) as server:
        endpoint = Endpoint(url=server.url, timeout=300 * ms, attempts=1)
        found = watched(tmp_path, fleet, SERVICE, ask=lambda queries: ask(endpoint, queries))
        found.controller.begin()
        found.controller.watch()
        found.controller.conclude()

    assert found.controller.state.decision is not None
    assert found.phase in {Phase.VERIFIED, Phase.NOT_RECOVERED}


def values(change: Callable[[list[Any]], list[Any]], only: str = "") -> Change:
    """Change the samples of series whose labels hold a text."""

    def lie(good: dict[str, Any], _at: float) -> bytes:
        for item in good["data"]["result"]:
            if only in json.dumps(item["metric"]):
                item["values"] = change(item["values"])
        return json.dumps(good).encode()

    return lie


def without(only: str) -> Change:
    def lie(good: dict[str, Any], _at: float) -> bytes:
        kept = [item for item in good["data"]["result"] if only not in json.dumps(item["metric"])]
        good["data"]["result"] = kept
        return json.dumps(good).encode()

    return lie


MEANINGS: dict[str, tuple[str, Change]] = {
    "counters that stand still": ("the canary's requests", values(lambda v: [[at, v[0][1]] for at, _ in v][:1])),
    "counters below zero": ("the canary's requests", values(lambda v: [[at, "-1"] for at, _ in v])),
    "a canary that only shows its errors": ("the canary's requests", without('"200"')),
    "a bucket that is missing": ("the canary's buckets", without('"0.3"')),
    "no bucket of all": ("the canary's buckets", without("+Inf")),
    "buckets that hold more than a wider one": (
        "the canary's buckets",
        values(lambda v: [[at, str(float(x) * 9)] for at, x in v], '"0.1"'),
    ),
    "buckets of other bounds": (
        "the canary's buckets",
        lambda good, _: json.dumps(good).replace('"0.3"', '"0.25"').encode(),
    ),
    "bounds that are words": (
        "the canary's buckets",
        lambda good, _: json.dumps(good).replace('"0.3"', '"fast"').encode(),
    ),
    "one sample and no more": ("the stable version's requests", values(lambda v: v[:1])),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_no_number_that_cannot_be_meant_promotes(tmp_path: Path, name: str) -> None:
    question, lie = MEANINGS[name]

    found = ran(tmp_path, FLEET, QUESTIONS[question], lie)

    assert found.phase in {Phase.VERIFIED, Phase.NOT_RECOVERED}, found.said


def test_a_bad_signal_that_passes_does_not_roll_back(tmp_path: Path) -> None:
    """One void look among good ones costs nothing but itself."""
    fleet = FLEET

    def lie(good: dict[str, Any], at: float) -> Any:
        if EPOCH + 150 < at < EPOCH + 200:
            return r.Timeout("once")
        return json.dumps(good).encode()

    found = ran(tmp_path, fleet, lambda _: True, lie)

    assert found.phase is Phase.PROMOTED
    assert found.controller.void_looks == 1
    counted = [look.readings["availability"].canary.total for look in found.looks if look.readings]  # type: ignore[union-attr] # counts
    assert sum(counted[1:]) == 3000 * (len(found.looks) - 1)  # what was not seen then is counted later
