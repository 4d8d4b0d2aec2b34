"""The Core API over real HTTP: who may ask, what it answers, and what it leaves behind."""

import json
import time

import httpx
import pytest

from staging import accounts
from staging.environment import Environment, eventually
from staging.environment.identities import PROBE
from staging_environment.client import PATIENCE_SECONDS, SMALL, metric

TRACE = "1" * 32
TRACEPARENT = f"00-{TRACE}-{'2' * 16}-01"


def test_a_login_gives_a_token_that_expires(env: Environment, core_api: httpx.Client) -> None:
    who = env.identities.known[PROBE]
    form = {"grant_type": "client_credentials", "client_id": who.client_id, "client_secret": who.secret}
    answer = core_api.post("/oauth/token", data=form)
    assert (answer.status_code, answer.json()["token_type"], answer.json()["expires_in"]) == (200, "Bearer", 300)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"client_id": PROBE, "client_secret": "guess"}, 401),
        ({"client_id": "nobody", "client_secret": ""}, 400),
        ({"client_id": "nobody", "client_secret": "x"}, 401),
        ({"client_id": PROBE}, 400),
        ({"client_id": PROBE, "client_secret": "x", "grant_type": "password"}, 400),
    ],
)
def test_a_login_that_is_wrong_is_refused(core_api: httpx.Client, form: dict[str, str], status: int) -> None:
    answer = core_api.post("/oauth/token", data={"grant_type": "client_credentials"} | form)
    assert answer.status_code == status
    assert "access_token" not in answer.text


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer nonsense", "Basic abc", "Bearer a.b.c"])
def test_without_a_valid_token_there_is_no_answer(core_api: httpx.Client, token: str) -> None:
    answer = core_api.get("/v1/query", params={"case": "case-1"}, headers={"Authorization": token})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_query_finds_what_mentions_a_text(core_api: httpx.Client) -> None:
    answer = core_api.get("/v1/query", params={"case": "case-1", "text": "FAILED login", "limit": "5"}).json()
    assert answer["total"] > 5
    assert len(answer["events"]) == 5
    assert all("failed login" in event["message"] for event in answer["events"])
    assert sum(answer["kinds"].values()) == sum(answer["days"].values()) == answer["total"]
    moments = [event["at"] for event in answer["events"]]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("text", ["%", "_", "\\", "' OR 1=1 --", "Kelvin \u212a"])
def test_what_is_special_to_sql_is_a_letter_like_others(core_api: httpx.Client, text: str) -> None:
    assert core_api.get("/v1/query", params={"case": "case-1", "text": text}).json()["total"] == 0


@pytest.mark.parametrize(
    "parameters", [{}, {"case": ""}, {"case": "case-1", "limit": "0"}, {"case": "x", "text": "a" * 201}]
)
def test_a_query_that_cannot_be_meant_is_the_callers_fault(core_api: httpx.Client, parameters: dict[str, str]) -> None:
    assert core_api.get("/v1/query", params=parameters).status_code == 400


def test_an_investigation_has_a_graph_and_a_timeline(core_api: httpx.Client) -> None:
    graph = core_api.get("/v1/investigations/case-1/graph").json()
    timeline = core_api.get("/v1/investigations/case-1/timeline").json()
    total = core_api.get("/v1/query", params={"case": "case-1"}).json()["total"]
    names = {node["id"] for node in graph["nodes"]}
    assert {edge["from"] for edge in graph["edges"]} <= names
    assert {edge["to"] for edge in graph["edges"]} <= names
    assert sum(bucket["count"] for bucket in timeline["buckets"]) == total


def test_somebody_elses_case_looks_like_no_case_at_all(core_api: httpx.Client) -> None:
    elses, nobodys = (core_api.get(f"/v1/investigations/{case}/graph") for case in ("case-7", "case-0"))
    assert elses.status_code == nobodys.status_code == 404
    assert elses.json()["error"] == nobodys.json()["error"]


def test_an_analyst_cannot_act_for_another_tenant(core_api: httpx.Client) -> None:
    headers = {"X-On-Behalf-Of-Tenant": "probes"}
    assert core_api.get("/v1/investigations/case-7/graph", headers=headers).status_code == 404


def test_the_callers_trace_goes_through_answer_log_and_audit_event(env: Environment, core_api: httpx.Client) -> None:
    answer = core_api.get("/v1/investigations/case-1/graph", headers={"traceparent": TRACEPARENT})
    _, trace, span, _ = answer.headers["traceparent"].split("-")
    assert trace == TRACE
    # A line is written once the answer has left.
    (line,) = eventually(lambda: [x for x in env.core_api.log_lines() if x.get("span_id") == span], 10, "the log line")
    assert (line["trace_id"], line["parent_id"], line["code"]) == (TRACE, "2" * 16, 200)
    (event,) = [event for event in env.core_api.audit_events() if event["traceparent"] == answer.headers["traceparent"]]
    assert event["data"]["trace_id"] == TRACE


@pytest.mark.parametrize("broken", ["", "00-0-0-00", f"00-{'0' * 32}-{'2' * 16}-01", f"ff-{TRACE}-{'2' * 16}-01"])
def test_a_traceparent_that_breaks_the_standard_starts_a_trace_of_its_own(core_api: httpx.Client, broken: str) -> None:
    traceparent = core_api.get("/healthz", headers={"traceparent": broken}).headers["traceparent"]
    version, trace, span, _ = traceparent.split("-")
    assert (version, len(trace), len(span)) == ("00", 32, 16)
    assert trace not in {TRACE, "0" * 32}


def test_logins_and_queries_are_audited_by_tenant_and_probes_are_marked(env: Environment) -> None:
    before = len(env.core_api.audit_events())
    with httpx.Client(base_url=env.core_api.url, trust_env=False) as client:
        client.get("/v1/query", params={"case": "case-7", "text": "x"}, headers=env.login(PROBE))
        client.get("/v1/query", params={"case": "case-1", "text": "y"}, headers=env.login())
        client.get("/v1/query", params={"case": "case-1"}, headers=env.login() | {"X-Synthetic": "true"})
    events = env.core_api.audit_events()[before:]
    assert [
        (event["type"].split(".")[-1], event["data"]["tenant"], event["data"]["synthetic"]) for event in events
    ] == [
        ("login", "probes", True),
        ("query", "probes", True),
        ("login", "acme", False),
        ("query", "acme", False),
        ("login", "acme", False),
        ("query", "acme", True),
    ]
    assert all(event["specversion"] == "1.0" and event["source"] == "/staging/core-api" for event in events)
    assert len({event["id"] for event in events}) == len(events)


def test_a_refused_login_is_audited_without_its_secret(env: Environment, core_api: httpx.Client) -> None:
    form = {"grant_type": "client_credentials", "client_id": PROBE, "client_secret": "not-the-secret"}
    core_api.post("/oauth/token", data=form)
    assert env.core_api.audit_events()[-1]["data"]["outcome"] == "refused"
    assert "not-the-secret" not in (env.core_api.data / "audit.jsonl").read_text()


def test_no_secret_is_in_a_log_or_an_audit_log(env: Environment) -> None:
    token = env.login(PROBE)["Authorization"].removeprefix("Bearer ")
    written = env.core_api.log.read_text() + (env.core_api.data / "audit.jsonl").read_text()
    for secret in (token, env.identities.admin_token, *(who.secret for who in env.identities.known.values())):
        assert secret not in written


def test_requests_are_counted_by_route_and_probes_apart(env: Environment, core_api: httpx.Client) -> None:
    labels = {"code": "404", "method": "GET", "route": "/v1/investigations/{case}/graph"}
    before = metric(core_api, "http_requests_total", **labels, synthetic="false")
    core_api.get("/v1/investigations/nothing-of-mine/graph")
    core_api.get("/v1/investigations/nothing-of-mine/graph", headers=env.login(PROBE))
    assert metric(core_api, "http_requests_total", **labels, synthetic="false") == before + 1
    assert metric(core_api, "http_requests_total", **labels, synthetic="true") >= 1


def test_what_callers_make_up_adds_no_series(core_api: httpx.Client) -> None:
    core_api.request("BREW", "/coffee/1")
    core_api.post("/coffee/2")
    core_api.get("/coffee/3")
    series = len(core_api.get("/metrics").text.splitlines())
    for number in range(5):
        core_api.request(f"BREW{number}", f"/coffee/{number}", headers={"X-Synthetic": str(number)})
        core_api.post(f"/coffee/{number}")
        core_api.get(f"/coffee/{number}")
        core_api.get("/v1/query", params={"case": f"case-{number}"})
    assert len(core_api.get("/metrics").text.splitlines()) == series


def test_every_outcome_is_there_before_it_happens() -> None:
    # Services of its own: to those that all tests share, it may have happened.
    with Environment(size=SMALL) as env, httpx.Client(base_url=env.core_api.url, trust_env=False, timeout=20) as new:
        assert metric(new, "http_requests_total", code="500", route="/v1/query", synthetic="true") == 0
        assert metric(new, "query_results_total", outcome="mismatch") == 0


def test_exemplars_name_the_trace(core_api: httpx.Client) -> None:
    core_api.get("/v1/investigations/case-1/timeline", headers={"traceparent": TRACEPARENT})
    text = core_api.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}).text
    assert f'# {{trace_id="{TRACE}"}}' in text


def test_the_recount_finds_wrong_answers_and_only_those(env: Environment, core_api: httpx.Client) -> None:
    def recounted(outcome: str, queries: int) -> float:
        before = metric(core_api, "query_results_total", outcome=outcome)
        for _ in range(queries):
            core_api.get("/v1/query", params={"case": "case-1", "text": "powershell"})
        end = time.monotonic() + PATIENCE_SECONDS
        while metric(core_api, "query_results_total", outcome=outcome) < before + 1 and time.monotonic() < end:
            time.sleep(0.02)
        return metric(core_api, "query_results_total", outcome=outcome) - before

    assert recounted("match", 5) == 1
    assert metric(core_api, "query_results_total", outcome="mismatch") == 0
    env.fault("core-api", wrong_ratio=1)
    assert recounted("mismatch", 5) == 1


def test_a_log_line_is_json_with_the_route_and_never_the_query(env: Environment, core_api: httpx.Client) -> None:
    answer = core_api.get("/v1/query", params={"case": "case-1", "text": "a-name-of-a-person"})
    span = answer.headers["traceparent"].split("-")[2]
    (line,) = eventually(lambda: [x for x in env.core_api.log_lines() if x.get("span_id") == span], 10, "the log line")
    assert (line["route"], line["client"], line["tenant"]) == ("/v1/query", "analyst", "acme")
    assert "a-name-of-a-person" not in json.dumps(env.core_api.log_lines())


def test_a_request_that_failed_before_anybody_was_known_is_still_a_probes(
    env: Environment, core_api: httpx.Client
) -> None:
    trace, route = "8" * 32, "/v1/investigations/{case}/timeline"
    headers = {
        "baggage": "relrails.journey=auth_query, synthetic=true;note=x",
        "traceparent": f"00-{trace}-{'9' * 16}-01",
    }
    form = {"grant_type": "client_credentials", "client_id": PROBE, "client_secret": "wrong"}
    before = metric(core_api, "http_requests_total", code="500", route=route, synthetic="true")
    env.fault("core-api", error_ratio=1, routes=[route])
    assert core_api.get("/v1/investigations/case-1/timeline", headers=headers).status_code == 500
    assert core_api.post("/oauth/token", data=form, headers=headers).status_code == 401
    assert metric(core_api, "http_requests_total", code="500", route=route, synthetic="true") == before + 1

    def lines() -> list[bool]:
        return [line["synthetic"] for line in accounts.answered(env.core_api.log_lines(), trace)]

    eventually(lambda: lines() == [True, True], PATIENCE_SECONDS, "two requests of a probe", lambda: str(lines()))
    (refused,) = accounts.recorded(env.core_api.audit_events(), trace)
    assert refused["data"]["synthetic"]
