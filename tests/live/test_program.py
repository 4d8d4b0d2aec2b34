"""`relrails probe` as a person runs it: its exit codes, its signals, and what survives when it is killed."""

import asyncio
import json
import signal
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from live.plans import until
from live.program import Program, program, write
from live.service import Service, json_of, said, service, silence

LOGGED_IN = {"token": "tok-4711"}
SOON = 20.0
"""Seconds; a machine that has much to do starts Python slowly."""


def test(visit: Callable[[Service], Awaitable[None]]) -> None:
    """Run a test beside a service that answers well."""

    async def run() -> None:
        async with service() as it:
            it.on("/login", json_of(LOGGED_IN)).on("/look", json_of({"total": 3}))
            it.on("/orders", json_of({"id": "o-1"}, status=202))
            it.on("/orders/o-1", said(200), said(204))
            await visit(it)

    asyncio.run(run())


test.__test__ = False  # type: ignore[attr-defined] # it is no test itself


def to(it: Service) -> tuple[str, str]:
    return "--target", f"it={it.url}"


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own, on this machine
        return str(answer.read().decode())


def events(text: str, kind: str) -> list[dict[str, Any]]:
    return [found for line in text.splitlines() if (found := json.loads(line))["event"] == kind]


async def once(folder: Path, *arguments: str) -> Program:
    with program(folder, "once", *arguments) as started:
        await until(started.ended, SOON)
        return started


def test_once_tells_by_its_exit_code_how_it_went(tmp_path: Path) -> None:
    write(tmp_path, "quick")

    async def visit(it: Service) -> None:
        went = await once(tmp_path, "quick", *to(it), "--format", "json")
        assert went.process.returncode == 0, went.talk
        assert json.loads("".join(went.printed))["outcome"] == "success"
        it.on("/look", json_of({"total": 0}))
        went = await once(tmp_path, "quick", *to(it), "--format", "junit")
        assert went.process.returncode == 1, went.talk
        failure = ElementTree.fromstring("".join(went.printed)).find(".//testcase[@name='look']/failure")  # noqa: S314 - our own
        assert failure is not None
        assert failure.attrib["type"] == "assertion"
        went = await once(tmp_path, "quick", *to(it))
        assert "failed at step look: assertion: expected $.total ≥ 1; got 0" in "".join(went.printed)

    test(visit)


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("quik",), 3, "Did you mean 'quick'?"),
        (("quick", "--target", "other=http://127.0.0.1"), 3, "there are it"),
        (("quick", "--services", "elsewhere"), 2, "elsewhere"),
        (("quick", "--format", "yaml"), 3, "yaml"),
    ],
)
def test_once_says_what_it_could_not_do(tmp_path: Path, arguments: tuple[str, ...], code: int, why: str) -> None:
    write(tmp_path, "quick")
    went = asyncio.run(once(tmp_path, *arguments))
    assert went.process.returncode == code, went.talk
    assert why in went.talk


def test_a_secret_that_is_not_there_is_the_runners_own_fault(tmp_path: Path) -> None:
    write(tmp_path, "quick")
    file = tmp_path / "services" / "it.py"
    file.write_text(file.read_text().replace("env:PLANTED", "env:NOT_PLANTED"))
    went = asyncio.run(once(tmp_path, "quick", "--target", "it=http://127.0.0.1:9"))
    assert went.process.returncode == 2
    assert "secret_unavailable" in "".join(went.printed)


async def running(started: Program) -> str:
    await until(lambda: started.url or started.ended(), SOON)
    assert started.url, started.talk
    return started.url


RUN = ("run", "--listen", "127.0.0.1:0")


def test_it_walks_on_schedule_shows_how_it_went_and_stops_in_good_order(tmp_path: Path) -> None:
    write(tmp_path, "quick")

    async def visit(it: Service) -> None:
        with program(tmp_path, *RUN, *to(it)) as started:
            url = await running(started)
            await until(lambda: it.lines.count("GET /look") >= 2, SOON)
            it.on("/look", said(503, b"a-planted-password is down"))
            await until(lambda: len(events("".join(started.printed), "run")) >= 3, SOON)
            numbers = await asyncio.to_thread(fetch, f"{url}/metrics")
            assert 'relrails_probe_failing{env="test",journey="quick",step="look",reason="http_5xx"} 1' in numbers
            page = json.loads(await asyncio.to_thread(fetch, f"{url}/runs/quick/last-failure?format=json"))
            assert (page["step"], page["reason"]) == ("look", "http_5xx")
            assert page["steps"][1]["body"] == "*** is down"
            assert await asyncio.to_thread(fetch, f"{url}/healthz") == "ok\n"
            assert page["trace_id"] in {asked.headers["traceparent"].split("-")[1] for asked in it.asked}
            started.signal(signal.SIGTERM)
            await until(started.ended, SOON)
            assert started.process.returncode == 0, started.talk
            log = "".join(started.printed)
            assert page["trace_id"] in {event["trace_id"] for event in events(log, "run")}
            assert events(log, "stopped")
            assert "a-planted-password" not in log + started.talk + numbers

    test(visit)


def test_sigterm_lets_a_run_finish_and_cleans_up_after_it(tmp_path: Path) -> None:
    write(tmp_path, "order")

    async def visit(it: Service) -> None:
        it.on("/orders/o-1", silence, said(204))
        with program(tmp_path, *RUN, *to(it)) as started:
            await running(started)
            await until(lambda: "GET /orders/o-1" in it.lines, SOON)
            started.signal(signal.SIGTERM)
            await until(started.ended, SOON)
            assert started.process.returncode == 0, started.talk
            assert it.lines[-1] == "DELETE /orders/o-1"
            assert not list((tmp_path / ".relrails-probe").iterdir())

    test(visit)


def test_what_a_kill_left_over_is_cleaned_up_after_the_restart(tmp_path: Path) -> None:
    write(tmp_path, "order")

    async def visit(it: Service) -> None:
        it.on("/orders/o-1", silence, said(204))
        with program(tmp_path, *RUN, *to(it)) as started:
            await running(started)
            await until(lambda: "GET /orders/o-1" in it.lines, SOON)
            started.signal(signal.SIGKILL)
            await until(started.ended, SOON)
        assert "DELETE /orders/o-1" not in it.lines
        (left,) = (tmp_path / ".relrails-probe").iterdir()
        assert "tok-4711" not in left.read_text()
        with program(tmp_path, *RUN, *to(it)) as started:
            await until(lambda: events("".join(started.printed), "cleaned_up"), SOON)
            assert it.lines[-1] == "DELETE /orders/o-1"
            assert not left.exists()

    test(visit)


def test_a_reload_takes_over_what_is_valid_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, "quick")

    async def visit(it: Service) -> None:
        with program(tmp_path, *RUN, *to(it), "--log", "log") as started:
            url = await running(started)
            file = tmp_path / "services" / "it.py"
            good = file.read_text()
            for broken in (
                good + "1 / 0\n",
                good.replace("99.9 * percent", "999.9 * percent"),
                "import sys; sys.exit(0)",
            ):
                before = len(events((tmp_path / "log").read_text(), "reload_refused"))
                file.write_text(broken)
                started.signal(signal.SIGHUP)
                await until(lambda n=before: len(events((tmp_path / "log").read_text(), "reload_refused")) > n, SOON)
                assert 'journey="quick"' in await asyncio.to_thread(fetch, f"{url}/metrics")
            looks = it.lines.count("GET /look")
            await until(lambda: it.lines.count("GET /look") > looks, SOON)
            assert "the journeys from before go on" in started.talk
            write(tmp_path, "order")
            started.signal(signal.SIGHUP)
            await until(lambda: events((tmp_path / "log").read_text(), "reloaded"), SOON)
            numbers = await asyncio.to_thread(fetch, f"{url}/metrics")
            assert 'journey="order"' in numbers
            assert 'journey="quick"' not in numbers
            await until(lambda: "DELETE /orders/o-1" in it.lines, SOON)

    test(visit)


def test_a_full_disk_stops_nothing_and_is_told(tmp_path: Path) -> None:
    write(tmp_path, "quick")

    async def visit(it: Service) -> None:
        with program(tmp_path, *RUN, *to(it), "--log", "/dev/full") as started:
            url = await running(started)
            await until(lambda: it.lines.count("GET /look") >= 1, SOON)
            numbers = await asyncio.to_thread(fetch, f"{url}/metrics")
            assert "relrails_runner_log_ok 0" in numbers
            with pytest.raises(urllib.error.HTTPError, match="503"):
                await asyncio.to_thread(fetch, f"{url}/healthz")
            assert "the log cannot be written, its lines wait: No space left on device" in started.talk
            started.signal(signal.SIGTERM)
            await until(started.ended, SOON)
            assert "lines of the log could not be written" in started.talk

    test(visit)


def test_spans_reach_a_collector(tmp_path: Path) -> None:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    write(tmp_path, "quick")

    async def visit(it: Service) -> None:
        async with service() as collector:
            collector.on("/v1/traces", said(200))
            with program(tmp_path, *RUN, *to(it), "--otlp", f"{collector.url}/v1/traces") as started:
                await running(started)
                await until(lambda: "GET /look" in it.lines, SOON)
                started.signal(signal.SIGTERM)
                await until(started.ended, SOON)
                await until(lambda: collector.asked, SOON)
        import gzip

        body = collector.asked[0].body
        sent = ExportTraceServiceRequest.FromString(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
        spans = [span for r in sent.resource_spans for scope in r.scope_spans for span in scope.spans]
        ids = {span.name: (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()) for span in spans}
        carried = {asked.headers["traceparent"] for asked in it.asked}
        assert f"00-{ids['login'][0]}-{ids['login'][1]}-01" in carried
        assert ids["look"][2] == ids["login"][2] == ids["journey quick"][1]

    test(visit)


def test_an_address_that_is_taken_or_no_address_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "quick")

    async def visit(it: Service) -> None:
        for listen, code in ((f"127.0.0.1:{it.port}", 2), ("9850", 3), ("127.0.0.1:99999", 3)):
            with program(tmp_path, "run", "--listen", listen, *to(it)) as started:
                await until(started.ended, SOON)
                assert started.process.returncode == code, started.talk
                assert listen in started.talk or "Address already in use" in started.talk

    test(visit)
