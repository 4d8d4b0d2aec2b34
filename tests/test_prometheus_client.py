"""The client: what each answer comes to, what it sends, how long it waits, and that nothing but numbers are numbers."""

import gzip
import json
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import MAJORS
from hypothesis import given
from hypothesis import strategies as st
from lying_prometheus import Asked, Said, serving
from real_prometheus import pair_of

from bench.prometheus import fill, sample
from bench.prometheus import serving as prometheus
from relrails.live.prometheus import Endpoint, EndpointError, Found, Instant, Range, Result, Unusable, ask, fresh, only
from relrails.live.prometheus import results as r
from relrails.live.prometheus.decode import decode
from relrails.live.prometheus.results import Point, Series
from relrails.live.secret import SecretUnavailableError, reveal
from relrails.probe import secret
from relrails.units import ms, seconds

AT = 1_700_000_000.0
ONE = Instant("up", AT)
RANGE = Range("up", AT - 60, AT, 15)
UP = {"metric": {"__name__": "up", "job": "a"}, "value": [AT, "1"]}


def vector(*items: Any, **more: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": "vector", "result": list(items)}, **more}


def matrix(*items: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": "matrix", "result": list(items)}}


def body(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def valued(written: Any, at: Any = AT) -> dict[str, Any]:
    return vector({"metric": {"job": "a"}, "value": [at, written]})


def asked(said: Said | Any, query: Instant | Range = ONE, **more: Any) -> Result:
    answer = said if isinstance(said, Said) else Said(body=body(said))
    with serving(lambda _: answer) as server:
        (reply,) = ask(Endpoint(**{"url": server.url, "timeout": 2 * seconds, **more}), [query])
    return reply.result


def test_a_sample_is_a_sample() -> None:
    assert asked(vector(UP)) == Found((Series({"__name__": "up", "job": "a"}, (Point(AT, 1.0),)),))


def test_every_way_to_write_a_finite_number_is_read() -> None:
    for written in ("0", "-1.5", "+2", "1e-09", "1.7976931348623157e+308", ".5", "5."):
        found = decode(body(valued(written)), ONE)
        assert isinstance(found, Found)
        assert found.series[0].newest.value == float(written)


def test_raw_samples_keep_their_own_times() -> None:
    item = {"metric": {"job": "a"}, "values": [[AT - 30.5, "1"], [AT - 15, "2"]]}

    found = asked(matrix(item), Instant("up[1m]", AT))

    assert isinstance(found, Found)
    assert found.series[0].points == (Point(AT - 30.5, 1.0), Point(AT - 15, 2.0))


def test_remarks_of_prometheus_3_are_notes_and_not_warnings() -> None:
    found = asked(vector(UP, infos=["PromQL info: metric might not be a counter"]))

    assert isinstance(found, Found)
    assert found.notes == ("PromQL info: metric might not be a counter",)


BAD: dict[str, tuple[Any, type[Unusable]]] = {
    "no series": (vector(), r.NoData),
    "NaN": (valued("NaN"), r.NotFinite),
    "+Inf": (valued("+Inf"), r.NotFinite),
    "-Inf": (valued("-Inf"), r.NotFinite),
    "a number too large for a float": (valued("1e999"), r.NotFinite),
    "a bare NaN in the JSON": (b'{"status":"success","data":NaN}', r.NotFinite),
    "a value as a JSON number": (valued(1), r.WrongShape),
    "a value as a boolean": (valued(True), r.WrongShape),
    "a value as null": (valued(None), r.WrongShape),
    "an empty value": (valued(""), r.WrongShape),
    "a value with an underscore": (valued("1_0"), r.WrongShape),
    "a value with a comma": (valued("1,5"), r.WrongShape),
    "a value in Arabic digits": (valued("١"), r.WrongShape),
    "a value that is a word": (valued("infinity"), r.WrongShape),
    "a time as text": (valued("1", "now"), r.WrongShape),
    "a time as a boolean": (valued("1", True), r.WrongShape),
    "a time of a minute ago": (valued("1", AT - 60), r.Stale),
    "a time of the future": (valued("1", AT + 60), r.Stale),
    "a series without value": (vector({"metric": {}}), r.WrongShape),
    "a native histogram": (vector({"metric": {}, "histogram": [AT, {}]}), r.WrongShape),
    "labels that are a list": (vector({"metric": [], "value": [AT, "1"]}), r.WrongShape),
    "a label that is a number": (vector({"metric": {"a": 1}, "value": [AT, "1"]}), r.WrongShape),
    "the same series twice": (vector(UP, UP), r.Ambiguous),
    "a string result": ({"status": "success", "data": {"resultType": "string", "result": [AT, "1"]}}, r.WrongShape),
    "a result that is an object": ({"status": "success", "data": {"resultType": "vector", "result": {}}}, r.WrongShape),
    "no data": ({"status": "success"}, r.WrongShape),
    "data that is null": ({"status": "success", "data": None}, r.WrongShape),
    "no status": ({"data": vector(UP)["data"]}, r.WrongShape),
    "a status that we do not know": ({**vector(UP), "status": "partial"}, r.WrongShape),
    "an error with status 200": ({"status": "error", "errorType": "execution", "error": "x"}, r.Refused),
    "a timeout with status 200": ({"status": "error", "errorType": "timeout", "error": "x"}, r.Timeout),
    "warnings beside a value": (vector(UP, warnings=["store unavailable"]), r.Partial),
    "warnings that are text": (vector(UP, warnings="store unavailable"), r.WrongShape),
    "isPartial beside a value": (vector(UP, isPartial=True), r.Partial),
    "a list": ([], r.WrongShape),
    "an empty body": (b"", r.Truncated),
    "truncated JSON": (body(vector(UP))[:-9], r.Truncated),
    "JSON cut inside a string": (body(vector(UP))[:-40], r.Truncated),
    "two answers after one another": (body(vector(UP)) * 2, r.WrongShape),
    "a login page": (b"<!doctype html><title>Sign in</title>", r.NotPrometheus),
    "text": (b"ok", r.NotPrometheus),
    "bytes that are no text": (b'{"status":"\xff\xfe"}', r.WrongShape),
    "very deep JSON": (b"[" * 100_000, r.WrongShape),
    "a whole number of 10,000 digits": (b'{"status":' + b"1" * 10_000 + b"}", r.WrongShape),
}


@pytest.mark.parametrize("name", BAD)
def test_each_bad_body_has_its_own_answer(name: str) -> None:
    said, kind = BAD[name]

    found = asked(said)

    assert type(found) is kind
    assert found.text


WIRE: dict[str, tuple[Said, type[Unusable]]] = {
    "500 as text": (Said(status=500, body=b"boom"), r.ServerError),
    "502 as HTML": (Said(status=502, body=b"<html>bad gateway</html>"), r.ServerError),
    "503 of Prometheus": (
        Said(status=503, body=body({"status": "error", "errorType": "timeout", "error": "query timed out"})),
        r.Timeout,
    ),
    "422 of Prometheus": (
        Said(status=422, body=body({"status": "error", "errorType": "execution", "error": "many-to-many"})),
        r.Refused,
    ),
    "401": (Said(status=401, body=b"no org id"), r.Refused),
    "429": (Said(status=429, body=b"too many"), r.Refused),
    "204 without a body": (Said(status=204), r.NotPrometheus),
    "302 to a login page": (Said(status=302, headers={"Location": "https://sso.example.com/?x=1"}), r.Redirected),
    "308 to itself": (Said(status=308, headers={"Location": "/api/v1/query"}), r.Redirected),
    "a good body with status 500": (Said(status=500, body=body(vector(UP))), r.ServerError),
    "fewer bytes than promised": (Said(body=body(vector(UP)), missing=10), r.Truncated),
    "no answer at all": (Said(hang_up=True), r.Truncated),
    "a clock an hour behind": (
        Said(body=body(vector(UP)), headers={"Date": "Sat, 01 Jan 2000 00:00:00 GMT"}),
        r.ClockSkew,
    ),
    "a Date that is none": (Said(body=body(vector(UP)), headers={"Date": "yesterday"}), r.ClockSkew),
    "gzip that is none": (Said(body=b"\x1f\x8bnot", headers={"Content-Encoding": "gzip"}), r.WrongShape),
    "a body that unpacks to far more than we read": (
        Said(body=gzip.compress(b" " * 5_000_000), headers={"Content-Encoding": "gzip"}),
        r.TooLarge,
    ),
    "a huge body": (Said(body=b" " * 2_000_000), r.TooLarge),
}


@pytest.mark.parametrize("name", WIRE)
def test_each_failure_on_the_wire_has_its_own_answer(name: str) -> None:
    said, kind = WIRE[name]

    found = asked(said, largest=1_000_000)

    assert type(found) is kind


def test_only_numbers_have_series() -> None:
    kinds = {kind for _, kind in (*BAD.values(), *WIRE.values())}

    assert not any(hasattr(kind("x"), "series") for kind in kinds)
    assert {kind.code for kind in kinds} == {
        "NO_DATA",
        "NAN_RESULT",
        "AMBIGUOUS_RESULT",
        "PARTIAL_RESPONSE",
        "STALE_DATA",
        "QUERY_TIMEOUT",
        "QUERY_ERROR",
    }


@pytest.mark.parametrize(
    "said", [Said(body=b"{", pause=30), Said(body=b"x" * 100, pause=0.1, pieces=100)], ids=["mute", "drips"]
)
def test_a_slow_server_costs_the_timeout_and_not_more(said: Said) -> None:
    begun = time.monotonic()

    found = asked(said, timeout=300 * ms)

    assert type(found) is r.Timeout
    assert time.monotonic() - begun < 3  # far from the 10 s of dripping and the 30 s of silence


def test_nobody_listening_is_unreachable() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        (reply,) = ask(Endpoint(url=url), [ONE])

    assert type(reply.result) is r.Unreachable
    assert reply.exchange.attempts == 3


def test_what_may_pass_is_tried_again_so_often_and_no_more() -> None:
    answers = iter([Said(status=503), Said(hang_up=True), Said(body=body(vector(UP)))])
    with serving(lambda _: next(answers)) as server:
        (reply,) = ask(Endpoint(url=server.url), [ONE])
    assert isinstance(reply.result, Found)
    assert reply.exchange.attempts == 3

    with serving(lambda _: Said(status=503)) as server:
        (reply,) = ask(Endpoint(url=server.url, attempts=2), [ONE])
    assert type(reply.result) is r.ServerError
    assert len(server.asked) == 2


def test_what_will_not_pass_is_not_tried_again() -> None:
    for said in (Said(status=400), Said(status=500), Said(body=b"<html>"), Said(status=302, headers={"Location": "/"})):
        with serving(lambda _, said=said: said) as server:  # type: ignore[misc] # mypy has no defaults in lambdas
            ask(Endpoint(url=server.url), [ONE])
        assert len(server.asked) == 1


def test_a_proxy_that_knows_no_post_is_asked_with_get() -> None:
    def answer(request: Asked) -> Said:
        return Said(status=405) if request.method == "POST" else Said(body=body(vector(UP)))

    with serving(answer) as server:
        (reply,) = ask(Endpoint(url=server.url), [ONE])

    assert isinstance(reply.result, Found)
    assert server.asked[-1].form == {"query": "up", "time": f"{AT:.3f}"}


@pytest.mark.parametrize(
    ("prefix", "path"),
    [
        ("", "/api/v1/query"),
        ("/", "/api/v1/query"),
        ("/prometheus", "/prometheus/api/v1/query"),
        ("/api/v1/", "/api/v1/query"),
        ("/select/0/prometheus/", "/select/0/prometheus/api/v1/query"),
    ],
)
def test_the_prefix_of_thanos_mimir_and_victoriametrics_is_kept(prefix: str, path: str) -> None:
    with serving(lambda _: Said(body=body(vector(UP)))) as server:
        ask(Endpoint(url=server.url + prefix), [ONE])

    assert server.asked[0].path == path


def test_tenant_and_secrets_go_out_as_headers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROM_TOKEN", "abc4711")
    (tmp_path / "key").write_text("k3y4711\n")
    with serving(lambda _: Said(body=body(vector(UP)))) as server:
        endpoint = Endpoint(
            url=server.url,
            tenant="team-a",
            bearer=secret("env:PROM_TOKEN"),
            headers={"X-Key": secret(f"file:{tmp_path}/key"), "X-Plain": "p"},
        )
        (reply,) = ask(endpoint, [ONE])

    sent = {name.lower(): value for name, value in server.asked[0].headers.items()}
    assert sent["x-scope-orgid"] == "team-a"
    assert sent["authorization"] == "Bearer abc4711"
    assert sent["x-key"] == "k3y4711"
    assert sent["x-plain"] == "p"
    assert "abc4711" not in repr(endpoint)
    assert "abc4711" not in repr(reply)
    assert "k3y4711" not in repr(reply)


def test_without_its_secret_nothing_is_sent() -> None:
    with serving(lambda _: Said(body=body(vector(UP)))) as server:
        (reply,) = ask(Endpoint(url=server.url, bearer=secret("env:RELRAILS_NOT_THERE")), [ONE])

    assert type(reply.result) is r.NoSecret
    assert server.asked == []


@pytest.mark.parametrize("reference", ["env:NOT_THERE_1", "file:/not/there", "file:relative", "vault:x", "", "env:"])
def test_a_reference_to_nothing_is_said_and_never_empty(reference: str) -> None:
    with pytest.raises(SecretUnavailableError):
        reveal(secret(reference))


@pytest.mark.parametrize(
    "url", ["prometheus:9090", "ftp://x", "http://", "http://u:p@x", "http://x:port", "http://x/?a=b", "", "http://[x"]
)
def test_an_address_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(EndpointError) as refused:
        Endpoint(url=url)

    assert "u:p" not in str(refused.value)


def test_replies_come_in_the_order_of_the_queries_and_all_are_asked_at_once() -> None:
    all_there = threading.Barrier(8, timeout=20)

    def answer(request: Asked) -> Said:
        all_there.wait()
        return Said(body=body(vector({"metric": {}, "value": [AT, request.form["query"]]})))

    with serving(answer) as server:
        replies = ask(Endpoint(url=server.url, timeout=20 * seconds), [Instant(str(n), AT) for n in range(8)])

    values = [reply.result.series[0].newest.value for reply in replies if isinstance(reply.result, Found)]
    assert values == list(range(8))


def test_the_exchange_keeps_what_came_and_no_header() -> None:
    said = body(vector(UP))
    with serving(lambda _: Said(body=said)) as server:
        (reply,) = ask(Endpoint(url=server.url), [ONE], now=time.time)

    assert reply.exchange.body == said
    assert reply.exchange.status == 200
    assert reply.exchange.url == f"{server.url}/api/v1/query"


def test_only_takes_one_series_and_nothing_else() -> None:
    one = Series({"a": "1"}, (Point(AT, 1.0),))
    assert only(Found((one,))) == one
    assert type(only(Found((one, replace(one, labels={"a": "2"}))))) is r.Ambiguous
    assert only(r.NoData("x")) == r.NoData("x")


def test_fresh_takes_nothing_that_is_older_than_allowed() -> None:
    one = Series({"a": "1"}, (Point(AT, 1.0),))
    assert fresh(one, AT + 60, 60) == one.newest
    assert type(fresh(one, AT + 61, 60)) is r.Stale


@given(st.binary(max_size=300))
def test_no_bytes_whatever_become_a_number_or_an_exception(junk: bytes) -> None:
    assert isinstance(decode(junk, ONE), Unusable)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["NaN", "1", "Inf"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["metric", "value", "values"]), inner),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["vector", "matrix", "scalar", "string", None]), st.sampled_from([ONE, RANGE]))
def test_no_json_whatever_becomes_a_number_that_is_not_finite(result: Any, kind: Any, query: Instant | Range) -> None:
    found = decode(body({"status": "success", "data": {"resultType": kind, "result": result}}), query)

    if isinstance(found, Found):
        points = [point for series in found.series for point in series.points]
        assert points
        assert all(abs(point.value) < float("inf") and point.at <= AT + 1 for point in points)


@pytest.mark.parametrize("major", MAJORS)
def test_a_real_prometheus_is_understood(major: int, tmp_path: Path) -> None:
    pair, data = pair_of(major), tmp_path / "data"
    fill(pair, data, [sample("hits_total", {"job": "a"}, n, AT + 15 * n) for n in range(9)])
    end = AT + 120
    with prometheus(pair, data) as client:
        replies = ask(
            Endpoint(url=client.url),
            [
                Instant("hits_total", end),
                Instant("hits_total[31s]", end),
                Range("hits_total", AT, end, 60),
                Instant("hits_total / 0", end),
                Instant("nothing", end),
                Instant("hits_total +", end),
                Instant("1", end),
                Instant('"text"', end),
            ],
        )

    found = [reply.result for reply in replies]
    labels = {"__name__": "hits_total", "job": "a"}
    assert found[0] == Found((Series(labels, (Point(end, 8.0),)),))
    assert found[1] == Found((Series(labels, (Point(end - 30, 6.0), Point(end - 15, 7.0), Point(end, 8.0))),))
    assert found[2] == Found((Series(labels, (Point(AT, 0.0), Point(AT + 60, 4.0), Point(end, 8.0))),))
    assert [type(one) for one in found[3:6]] == [r.NotFinite, r.NoData, r.Refused]
    assert found[6] == Found((Series({}, (Point(end, 1.0),)),))
    assert type(found[7]) is r.WrongShape
