"""A service with a canary as Prometheus would see it, computed from the time: no process has to serve traffic."""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lying_prometheus import Asked, Said

from relrails import SLO, ErrorBudgetPolicy, Service, canary, metric, sli
from relrails.live.prometheus import Exchange, Instant, Query, Reply
from relrails.live.prometheus.decode import decode
from relrails.units import days, minutes, ms, percent, seconds

requests = metric.Counter("http_requests_total").where(job="shop")
durations = metric.Histogram("http_request_duration_seconds", buckets=(0.1, 0.3, 1)).where(job="shop")
availability = SLO(
    name="availability",
    description="A request is good unless we answer 5xx.",
    sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
    objective=99 * percent,
    window=30 * days,
)
latency = SLO(
    name="latency",
    description="95 of 100 answers arrive within 300 ms.",
    sli=sli.Latency(histogram=durations, threshold=300 * ms),
    objective=95 * percent,
    window=30 * days,
)
policy = canary.Policy(
    canary={"track": "canary"},
    stable={"track": "stable"},
    checks=(canary.ErrorRate(slo=availability), canary.Latency(slo=latency)),
    rollback=canary.Command(argv=("true",)),
    promote=canary.Command(argv=("true",)),
    step=1 * minutes,
    warmup=2 * minutes,
    min_duration=10 * minutes,
    max_duration=30 * minutes,
)
service = Service(
    name="shop",
    owner="team",
    scrape_interval=15 * seconds,
    runbook="https://runbooks.example.com/shop",
    grafana="https://grafana.example.com",
    slos=(availability, latency),
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
    canary=policy,
)

EPOCH = 1_800_000_000.0
ARTIFACT = f"sha256:{'ab' * 32}"
identity = canary.Identity(metric=metric.Gauge("build_info").where(job="shop"), label="digest")


@dataclass
class Fleet:
    """Two stable instances and one canary, at `rps` requests a second each, scraped every `scrape` seconds.

    `bad` is the share of 5xx and `slow` the share above 300 ms, by track, at a moment. `alive` says whether a track is
    up, and `serves` whether it gets traffic.
    """

    rps: float = 50
    scrape: float = 15
    began: float = EPOCH - 7200
    bad: Callable[[str, float], float] = lambda _track, _at: 0.001
    slow: Callable[[str, float], float] = lambda _track, _at: 0.01
    alive: Callable[[str, float], bool] = lambda _track, _at: True
    serves: Callable[[str, float], bool] = lambda _track, _at: True
    restarted: float | None = None
    """When the canary was restarted, so that its counters began again."""
    started: float = EPOCH - 600
    """When the canary's process began."""
    says: Callable[[float], str] = lambda _at: ARTIFACT
    """Which artifact the canary says it runs, at a moment; nothing where that is empty."""
    _sums: dict[tuple[str, str], dict[int, float]] = field(default_factory=dict)

    def answer(self, promql: str, at: float) -> dict[str, Any]:
        """Answer as Prometheus would."""
        count = re.match(r"count\(", promql)
        if count:
            track = "canary" if 'track="canary"' in promql else "stable"
            up = [1] * (1 if track == "canary" else 2) if self.alive(track, at) else []
            return _data("vector", [{"metric": {}, "value": [at, str(len(up))]}] if up else [])
        ranged = re.fullmatch(r"(\w+)\{(.*)\}\[(\w+)\]", promql)
        if ranged is None:
            return _data("vector", [])
        track = "canary" if 'track="canary"' in ranged[2] else "stable"
        window = _seconds(ranged[3])
        if ranged[1] == "build_info":
            return _data("matrix", self._said(at - window, at))
        return _data("matrix", self._matrix(ranged[1], ranged[2], track, at - window, at))

    def _said(self, start: float, end: float) -> list[dict[str, Any]]:
        found: dict[str, list[list[Any]]] = {}
        for n in range(
            math.floor((start - self.began) / self.scrape) + 1, math.floor((end - self.began) / self.scrape) + 1
        ):
            at = self.began + n * self.scrape
            if at >= self.started and self.alive("canary", at) and self.says(at):
                found.setdefault(self.says(at), []).append([at, "1"])
        of = {"__name__": "build_info", "job": "shop", "track": "canary", "instance": "c1"}
        return [{"metric": of | {"digest": said}, "values": values} for said, values in found.items()]

    def _matrix(self, name: str, matchers: str, track: str, start: float, end: float) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        for instance in ("c1",) if track == "canary" else ("s1", "s2"):
            own = {"__name__": name, "job": "shop", "track": track, "instance": instance}
            kinds: list[tuple[dict[str, str], str]]
            if name == "http_requests_total":
                kinds = [({"code": "500"}, "bad")]
                if "code" not in matchers:
                    kinds.append(({"code": "200"}, "good"))
            else:
                kinds = [({"le": le}, f"le{le}") for le in ("0.1", "0.3", "1.0", "+Inf")]
            for labels, kind in kinds:
                values = self._samples(track, kind, start, end)
                if values:
                    out.append({"metric": own | labels, "values": values})
        return out

    def _samples(self, track: str, kind: str, start: float, end: float) -> list[list[Any]]:
        first = math.floor((start - self.began) / self.scrape) + 1
        last = math.floor((end - self.began) / self.scrape)
        values = []
        for n in range(max(0, first), last + 1):
            at = self.began + n * self.scrape
            if self.alive(track, at) and (track == "stable" or at >= self.started):
                values.append([at, repr(float(math.floor(self._sum(track, kind, n) + 1e-9)))])
        return values

    def _sum(self, track: str, kind: str, n: int) -> float:
        """Add up what happened in each scrape until then; a restart begins anew."""
        known = self._sums.setdefault((track, kind), {})
        if n in known:
            return known[n]
        at = self.began + n * self.scrape
        fresh = n <= 0 or (track == "canary" and at < self.started)
        if track == "canary" and self.restarted is not None and at - self.scrape < self.restarted <= at:
            fresh = True
        before = 0.0 if fresh else self._sum(track, kind, n - 1)
        runs = n > 0 and (track == "stable" or at >= self.started)
        rate = self.rps * self.scrape if runs and self.serves(track, at) else 0.0
        bad, slow = self.bad(track, at), self.slow(track, at)
        share = {"bad": bad, "good": 1 - bad, "le0.1": (1 - slow) / 2, "le0.3": 1 - slow, "le1.0": 1 - slow / 2}
        known[n] = before + rate * share.get(kind, 1.0)
        return known[n]

    def ask(self, queries: Sequence[Query]) -> tuple[Reply, ...]:
        """Answer in process, through the client's own decoder."""
        return tuple(self._reply(query) for query in queries)

    def _reply(self, query: Query) -> Reply:
        body = json.dumps(self.answer(query.promql, query.end)).encode()
        exchange = Exchange(url="http://p/api/v1/query", at=query.end, seconds=0.0, attempts=1, status=200, body=body)
        assert isinstance(query, Instant)
        return Reply(query, decode(body, query), exchange)

    def said(self, asked: Asked) -> Said:
        """Answer over HTTP."""
        return Said(body=json.dumps(self.answer(asked.form["query"], float(asked.form["time"]))).encode())


def _data(kind: str, result: list[Any]) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": kind, "result": result}}


def _seconds(written: str) -> float:
    sizes = {"d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
    return sum(int(n) * sizes[unit] for n, unit in re.findall(r"(\d+)(ms|[dhms])", written))


def worse(track: str, ratio: float, since: float = 0, healthy: float = 0.001) -> Callable[[str, float], float]:
    """Let one track, or `both`, have a share of something bad from a moment on."""
    return lambda own, at: ratio if track in {own, "both"} and at >= since else healthy


def with_policy(**more: Any) -> Service:
    """The service with another policy."""
    return replace(service, canary=replace(policy, **more))
