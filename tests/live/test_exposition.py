"""The pages of the runner: in a thread, for whoever asks, and honest about its own health."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from relrails.live.probe.exposition import Exposition, Pages

FAILURES: dict[str, list[tuple[dict[str, Any], str]]] = {
    "broken": [({"trace_id": "2"}, "second\n"), ({"trace_id": "1"}, "first\n")],
    "well": [],
}
faults: list[str] = []


@contextmanager
def exposed() -> Iterator[str]:
    pages = Pages(metrics=lambda: "numbers\n# EOF\n", health=lambda: faults, failures=FAILURES.get)
    shown = Exposition("127.0.0.1", 0, pages)
    shown.start()
    try:
        yield shown.url.removeprefix("http://")
    finally:
        shown.stop()


def ask(at: str, path: str, method: str = "GET", **headers: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(at, timeout=5)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.headers["content-type"], answer.read().decode()
    connection.close()
    return found


def test_numbers_are_openmetrics() -> None:
    with exposed() as at:
        status, kind, body = ask(at, "/metrics")
    assert (status, body) == (200, "numbers\n# EOF\n")
    assert kind.startswith("application/openmetrics-text; version=1.0.0")


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/runs/broken/last-failure", 200, "second\n"),
        ("/runs/broken/failures", 200, "second\n\nfirst\n"),
        ("/runs/well/last-failure", 404, "it has not failed since the runner began\n"),
        ("/runs/unknown/last-failure", 404, "there is no such journey\n"),
        ("/runs/..%2f..%2fetc/last-failure", 404, "there is no such journey\n"),
        ("/", 404, "there are /metrics, /healthz and /runs/JOURNEY/last-failure\n"),
        ("/runs/broken", 404, "there are /metrics, /healthz and /runs/JOURNEY/last-failure\n"),
    ],
)
def test_the_pages_of_failures(path: str, status: int, body: str) -> None:
    with exposed() as at:
        assert ask(at, path) == (status, "text/plain; charset=utf-8", body)


def test_a_failure_is_json_for_whoever_wants_that() -> None:
    with exposed() as at:
        for found in (
            ask(at, "/runs/broken/last-failure?format=json"),
            ask(at, "/runs/broken/last-failure", accept="application/json"),
        ):
            assert json.loads(found[2]) == {"trace_id": "2"}
        assert json.loads(ask(at, "/runs/broken/failures?format=json")[2]) == [{"trace_id": "2"}, {"trace_id": "1"}]


def test_health_is_503_with_the_fault_where_something_is_wrong() -> None:
    with exposed() as at:
        assert ask(at, "/healthz")[::2] == (200, "ok\n")
        faults.append("the log cannot be written: No space left on device")
        try:
            assert ask(at, "/healthz")[::2] == (503, "the log cannot be written: No space left on device\n")
        finally:
            faults.clear()


def test_only_reading_is_allowed() -> None:
    with exposed() as at:
        assert ask(at, "/metrics", "HEAD")[::2] == (200, "")
        assert ask(at, "/metrics", "POST")[0] == 501
        assert ask(at, "/metrics", "DELETE")[0] == 501
