"""How long a gate takes beside its one round trip to Prometheus, for services with more and more SLOs."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from typing import Any
from urllib.parse import parse_qs

from bench.table import Table
from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.live.gate import examine
from relrails.live.gate.asking import WINDOW_LABEL
from relrails.live.prometheus import Endpoint, ask
from relrails.promql import duration_text
from relrails.rules import names, tiers
from relrails.units import days, percent, seconds

AIM_MS = 50
ROUND_TRIP = 0.1
"""Seconds that each answer takes."""
RUNS = 9
requests = metric.Counter("http_requests_total").where(job="shop")
availability = SLO(
    name="availability",
    description="A request is good unless we answer 5xx.",
    sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
    objective=99.9 * percent,
    window=30 * days,
)
shop = Service(
    name="shop",
    owner="team",
    scrape_interval=15 * seconds,
    runbook="https://runbooks.example.com/shop",
    grafana="https://grafana.example.com",
    slos=(availability,),
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=10 * percent),
)

Items = list[dict[str, Any]]


def run() -> Iterator[Table]:
    """Time it against a server that answers every question after the same while."""
    rows = []
    for count in (1, 3, 10, 30):
        service = replace(shop, slos=tuple(replace(availability, name=f"slo-{n}") for n in range(count)))
        times = []
        with _server(service) as url:
            endpoint = Endpoint(url=url)
            for _ in range(RUNS):
                begun = time.perf_counter()
                verdict = examine(service, "feature", partial(ask, endpoint), time.time()).verdict
                times.append(time.perf_counter() - begun - ROUND_TRIP)
                if not verdict.allowed:
                    raise RuntimeError(f"a healthy service was blocked: {verdict.blocking}")
        rows.append((count, 1000 * median(times), 1000 * max(times), AIM_MS))
    yield Table(
        title=f"relrails gate, beyond a round trip of {ROUND_TRIP * 1000:.0f} ms",
        columns=("SLOs", "median ms", "slowest ms", "aim ms"),
        rows=tuple(rows),
        forms=("d", ".1f", ".1f", "d"),
        notes=("Of the same process: connecting, asking, reading, judging; and the server itself.",),
    )


def recorded(service: Service, at: float) -> Items:
    """Everything that the rules record of a service in good order, as raw samples."""
    found: Items = []
    for slo in service.promises:
        labels = {"service": service.name, "slo": slo.name}
        short = {names.TOTAL: 10.0, names.BAD: 0.0, names.OBJECTIVE: float(slo.goal)}
        long = {names.BUDGET_REMAINING: 0.8, names.COVERAGE: 1.0, names.bad_over(slo.window): 1000.0}
        for tier in tiers(slo):
            for window in (tier.long, tier.short):
                (long if names.is_long(window) else short)[names.error_ratio(window)] = 0.0
        found += [sampled({"__name__": name, **labels}, v, at, 60, 10) for name, v in short.items()]
        found += [sampled({"__name__": name, **labels}, v, at, 300, 2) for name, v in long.items()]
    return found


def events(service: Service, at: float) -> Items:
    """The bad events of each long window; plenty, so that nothing is excused for being rare."""
    return [
        {
            "metric": {"service": service.name, "slo": slo.name, WINDOW_LABEL: duration_text(tier.long)},
            "value": [at, "100000"],
        }
        for slo in service.promises
        for tier in tiers(slo)
    ]


def sampled(labels: dict[str, str], value: float, at: float, every: float, count: int) -> dict[str, Any]:
    """Give so many samples of one value, the newest five seconds old."""
    return {"metric": labels, "values": [[at - 5 - every * n, repr(float(value))] for n in reversed(range(count))]}


@contextmanager
def _server(service: Service) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            begun = time.perf_counter()
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            query, at = form["query"][0], float(form["time"][0])
            kind, items = "matrix", recorded(service, at)
            if "ALERTS" in query:
                kind, items = "vector", []
            elif "sum_over_time" in query:
                kind, items = "vector", events(service, at)
            body = json.dumps({"status": "success", "data": {"resultType": kind, "result": items}}).encode()
            time.sleep(max(0.0, ROUND_TRIP - (time.perf_counter() - begun)))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
