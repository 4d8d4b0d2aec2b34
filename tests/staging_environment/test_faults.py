"""The fault switch: what breaks on purpose, who may ask for it, and that it ends."""

import time

import httpx
import pytest

from staging.environment import Environment, StagingError, eventually
from staging_environment.client import ended, metric, ordered

FAULTS = "/admin/faults"


def admin(env: Environment) -> dict[str, str]:
    return {"Authorization": f"Bearer {env.identities.admin_token}"}


def test_nothing_is_broken_by_default(env: Environment, core_api: httpx.Client) -> None:
    faults = core_api.get(FAULTS, headers=admin(env)).json()
    assert (faults["error_ratio"], faults["latency_seconds"], faults["dead"]) == (0, 0, [])
    assert metric(core_api, "fault_active") == 0


def test_only_who_has_the_token_may_break_things(core_api: httpx.Client) -> None:
    assert core_api.put(FAULTS, json={"error_ratio": 1}).status_code == 401
    assert core_api.get(FAULTS, headers={"Authorization": ""}).status_code == 401


@pytest.mark.parametrize("somebody", ["203.0.113.7", "127.0.0.1"])
def test_a_proxy_cannot_reach_the_switch(env: Environment, core_api: httpx.Client, somebody: str) -> None:
    headers = admin(env) | {"X-Forwarded-For": somebody}
    assert core_api.put(FAULTS, json={"error_ratio": 1}, headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("faults", "named"),
    [
        ({"error_ratio": 1.5}, "error_ratio"),
        ({"error_ratio": "all"}, "error_ratio"),
        ({"latency_seconds": -1}, "latency_seconds"),
        ({"dead": ["moon"]}, "moon"),
        ({"eror_ratio": 1}, "eror_ratio"),
        ({"stuck_worker": 1}, "stuck_worker"),
    ],
)
def test_a_fault_that_is_misspelt_breaks_nothing_and_is_named(
    env: Environment, core_api: httpx.Client, faults: dict[str, object], named: str
) -> None:
    with pytest.raises(StagingError, match=named):
        env.fault("core-api", **faults)
    assert metric(core_api, "fault_active") == 0


def test_an_error_ratio_of_one_fails_every_request_and_counts_it(env: Environment, core_api: httpx.Client) -> None:
    labels = {"code": "500", "route": "/v1/query"}
    before = metric(core_api, "http_requests_total", **labels)
    env.fault("core-api", error_ratio=1)
    answers = [core_api.get("/v1/query", params={"case": "case-1"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500] * 3
    assert metric(core_api, "http_requests_total", **labels) == before + 3
    assert metric(core_api, "fault_active", fault="error_ratio") == 1
    env.fault("core-api")
    assert core_api.get("/v1/query", params={"case": "case-1"}).status_code == 200


def test_errors_can_be_kept_to_one_route(env: Environment, core_api: httpx.Client) -> None:
    env.fault("core-api", error_ratio=1, routes=["/v1/investigations/{case}/graph"])
    assert core_api.get("/v1/investigations/case-1/graph").status_code == 500
    assert core_api.get("/v1/investigations/case-1/timeline").status_code == 200


def test_added_latency_is_in_the_histogram(env: Environment, core_api: httpx.Client) -> None:
    def slow() -> float:
        labels = {"route": "/v1/query"}
        name = "http_request_duration_seconds"
        return metric(core_api, f"{name}_count", **labels) - metric(core_api, f"{name}_bucket", **labels, le="0.3")

    before = slow()
    env.fault("core-api", latency_seconds=0.4)
    core_api.get("/v1/query", params={"case": "case-1"})
    assert slow() == before + 1


def test_a_dead_store_is_a_503_and_bad_health(env: Environment, core_api: httpx.Client) -> None:
    env.fault("core-api", dead=["store"])
    assert core_api.get("/v1/query", params={"case": "case-1"}).status_code == 503
    assert core_api.get("/healthz").status_code == 503


@pytest.mark.parametrize("name", ["core-api", "export-service"])
def test_a_full_disk_under_the_audit_log_fails_the_request_loudly(env: Environment, name: str) -> None:
    service = env.service(name)
    headers = env.login()
    events = len(service.audit_events())
    env.fault(name, dead=["audit"])
    with httpx.Client(base_url=service.url, headers=headers, trust_env=False) as client:
        lost = metric(client, "audit_events_total", outcome="lost")
        if name == "core-api":
            answer = client.get("/v1/query", params={"case": "case-1"})
        else:
            answer = client.post("/exports", json={"case": "case-1", "idempotency_key": "unrecorded"})
        assert (answer.status_code, answer.json()["error"]) == (503, "audit_unavailable")
        assert metric(client, "audit_events_total", outcome="lost") == lost + 1
    assert len(service.audit_events()) == events
    assert any("could not be written" in line["message"] for line in service.log_lines())


def test_an_export_that_was_not_recorded_was_not_ordered(env: Environment, exports: httpx.Client) -> None:
    depth = metric(exports, "export_queue_depth")
    env.fault("export-service", dead=["audit"], stuck_worker=True)
    assert exports.post("/exports", json={"case": "case-1", "idempotency_key": "again"}).status_code == 503
    assert metric(exports, "export_queue_depth") == depth
    env.fault("export-service")
    assert ended(exports, ordered(exports, idempotency_key="again"))["state"] == "ready"


def test_a_stuck_worker_shows_in_the_queue_and_ends_with_the_fault(env: Environment, exports: httpx.Client) -> None:
    env.fault("export-service", stuck_worker=True)
    first, second = ordered(exports), ordered(exports)
    eventually(lambda: metric(exports, "export_longest_running_seconds") > 0.1, 10, "an export that runs")
    assert metric(exports, "export_queue_depth") == 1
    assert metric(exports, "export_oldest_item_age_seconds") > 0
    assert exports.get(f"/exports/{first}/pack").status_code == 409
    env.fault("export-service")
    assert [ended(exports, export_id)["state"] for export_id in (first, second)] == ["ready", "ready"]
    assert metric(exports, "export_queue_depth") == metric(exports, "export_longest_running_seconds") == 0


def test_a_dead_core_api_fails_an_export_after_some_attempts(env: Environment, exports: httpx.Client) -> None:
    failed = metric(exports, "export_jobs_finished_total", outcome="failed")
    env.fault("export-service", dead=["core-api"])
    began = time.monotonic()
    answer = ended(exports, ordered(exports))
    assert answer["state"] == "failed"
    assert "core-api does not answer" in answer["error"]
    assert time.monotonic() - began > 1  # it was tried again before it was given up
    assert metric(exports, "export_jobs_finished_total", outcome="failed") == failed + 1


def test_an_export_deleted_under_way_leaves_no_pack(env: Environment, exports: httpx.Client) -> None:
    cancelled = metric(exports, "export_jobs_cancelled_total")
    env.fault("export-service", stuck_worker=True)
    export_id = ordered(exports)
    eventually(lambda: exports.get(f"/exports/{export_id}").json()["state"] == "running", 10, "an export that runs")
    assert exports.delete(f"/exports/{export_id}").status_code == 204
    env.fault("export-service")
    eventually(
        lambda: metric(exports, "export_jobs_cancelled_total") == cancelled + 1, 10, "an export that is cancelled"
    )
    assert not (env.export_service.data / "packs" / f"{export_id}.zip").exists()
