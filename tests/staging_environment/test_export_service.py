"""The Export Service over real HTTP: from the order to a pack that passes its own checksums."""

import hashlib
import io
import json
import zipfile

import httpx
import pytest

from staging.environment import Environment
from staging.environment.identities import PROBE
from staging_environment.client import ended, metric, ordered

TRACE = "3" * 32


def test_an_export_becomes_a_pack_that_passes_its_own_checksums(exports: httpx.Client) -> None:
    export_id = ordered(exports)
    answer = ended(exports, export_id)
    assert answer["state"] == "ready", answer
    pack = exports.get(f"/exports/{export_id}/pack").content
    assert (len(pack), hashlib.sha256(pack).hexdigest()) == (answer["bytes"], answer["sha256"])
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        sums = dict(line.split("  ")[::-1] for line in archive.read("MANIFEST.sha256").decode().splitlines())
        assert set(sums) == {"manifest.json", "events.json", "graph.json", "timeline.json"}
        for name, checksum in sums.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == checksum
        assert json.loads(archive.read("manifest.json"))["export"] == export_id
        assert json.loads(archive.read("graph.json"))["case"] == "case-1"


def test_the_same_idempotency_key_is_the_same_export(exports: httpx.Client) -> None:
    assert ordered(exports, idempotency_key="k1") == ordered(exports, idempotency_key="k1")
    other = exports.post("/exports", json={"case": "case-2", "idempotency_key": "k1"})
    assert (other.status_code, other.json()["error"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"case": 7}', b'{"case": "../etc"}', b'{"case": "case-1", "kind": "all"}']
)
def test_an_order_that_cannot_be_meant_is_the_callers_fault(exports: httpx.Client, body: bytes) -> None:
    assert exports.post("/exports", content=body).status_code == 400


def test_a_body_without_end_is_cut_off(exports: httpx.Client) -> None:
    assert exports.post("/exports", content=b"x" * 100_000).status_code == 413


def test_a_case_of_somebody_else_fails_and_does_not_leak(exports: httpx.Client) -> None:
    answer = ended(exports, ordered(exports, case="case-7"))
    assert answer["state"] == "failed"
    assert "404" in answer["error"]


def test_somebody_elses_export_looks_like_no_export_at_all(env: Environment, exports: httpx.Client) -> None:
    export_id = ordered(exports)
    elses = env.login(PROBE)
    for method, path in (("GET", ""), ("GET", "/pack"), ("DELETE", "")):
        assert exports.request(method, f"/exports/{export_id}{path}", headers=elses).status_code == 404
    assert exports.get(f"/exports/{export_id}").status_code == 200


def test_deleting_an_export_removes_its_pack(env: Environment, exports: httpx.Client) -> None:
    export_id = ordered(exports)
    ended(exports, export_id)
    file = env.export_service.data / "packs" / f"{export_id}.zip"
    assert file.is_file()
    assert [exports.delete(f"/exports/{export_id}").status_code for _ in range(2)] == [204, 404]
    assert not file.exists()


def test_an_order_a_download_and_a_deletion_are_audited(env: Environment, exports: httpx.Client) -> None:
    export_id = ordered(exports, idempotency_key="audited")
    ordered(exports, idempotency_key="audited")
    ended(exports, export_id)
    exports.get(f"/exports/{export_id}/pack")
    exports.delete(f"/exports/{export_id}")
    events = [event for event in env.export_service.audit_events() if event["subject"] == export_id]
    assert [event["type"].removeprefix("com.example.export_service.") for event in events] == [
        "export.created",
        "export.downloaded",
        "export.deleted",
    ]
    assert {event["data"]["tenant"] for event in events} == {"acme"}


def test_the_trace_of_an_order_goes_on_to_the_core_api(env: Environment, exports: httpx.Client) -> None:
    traceparent = f"00-{TRACE}-{'4' * 16}-01"
    answer = exports.post("/exports", json={"case": "case-1"}, headers={"traceparent": traceparent})
    ended(exports, answer.json()["id"])
    events = [event for event in env.core_api.audit_events() if event["data"]["trace_id"] == TRACE]
    assert {event["type"].split(".")[-1] for event in events} >= {"graph", "timeline", "query"}
    assert {event["data"]["tenant"] for event in events} == {"acme"}


def test_a_probes_export_is_synthetic_all_the_way(env: Environment, exports: httpx.Client) -> None:
    headers = env.login(PROBE) | {"traceparent": f"00-{'5' * 32}-{'6' * 16}-01"}
    answer = exports.post("/exports", json={"case": "case-7", "kind": "probe"}, headers=headers)
    with httpx.Client(base_url=env.export_service.url, headers=headers, trust_env=False) as probe:
        assert ended(probe, answer.json()["id"])["state"] == "ready"
    everywhere = env.core_api.audit_events() + env.export_service.audit_events()
    events = [event for event in everywhere if event["data"]["trace_id"] == "5" * 32]
    assert len(events) >= 4
    assert all(event["data"]["synthetic"] for event in events)


def test_bytes_are_counted_for_their_tenant(exports: httpx.Client) -> None:
    written = metric(exports, "export_written_bytes_total", tenant="acme")
    stored = metric(exports, "export_stored_bytes", tenant="acme")
    export_id = ordered(exports)
    size = ended(exports, export_id)["bytes"]
    assert metric(exports, "export_written_bytes_total", tenant="acme") == written + size
    assert metric(exports, "export_stored_bytes", tenant="acme") == stored + size
    exports.delete(f"/exports/{export_id}")
    assert metric(exports, "export_stored_bytes", tenant="acme") == stored
    assert metric(exports, "export_written_bytes_total", tenant="acme") == written + size
