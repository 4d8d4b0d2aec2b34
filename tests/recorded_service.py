"""What a Prometheus says of a service in good order, as the bodies that a gate gets, so that tests can spoil them."""

import json
from collections.abc import Callable

from lying_prometheus import Asked, Said

from bench.gate import Items, events, recorded, sampled
from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.probe import Journey, Step, Target, expect, get
from relrails.units import days, minutes, percent, seconds

requests = metric.Counter("http_requests_total").where(job="shop")
availability = SLO(
    name="availability",
    description="A request is good unless we answer 5xx.",
    sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
    objective=99.9 * percent,
    window=30 * days,
)
quality = SLO(
    name="quality",
    description="Another one.",
    sli=sli.Availability(total=requests, bad=requests.where(code="500")),
    objective=99 * percent,
    window=30 * days,
)
shop = Target(name="shop", url="https://shop.example.com")
steps = tuple(
    Step(name=name, request=get("/"), expect=(expect.status(200),), timeout=3 * seconds) for name in ("front", "buy")
)
buying = Journey(
    name="buying",
    description="Somebody buys something.",
    env="staging",
    target=shop,
    every=1 * minutes,
    timeout=10 * seconds,
    steps=steps,
    objective=99 * percent,
    latency=1 * seconds,
)
service = Service(
    name="shop",
    owner="team",
    scrape_interval=15 * seconds,
    runbook="https://runbooks.example.com/shop",
    grafana="https://grafana.example.com",
    slos=(availability, quality),
    journeys=(buying,),
    runs="https://probes.example.com",
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=10 * percent),
)


def runs(at: float) -> Items:
    """The results of the journey, all good, and when it last ran."""
    labels = {"job": "relrails-probe", "env": "staging", "journey": buying.name}
    return [
        sampled({"__name__": "probe_success", **labels}, 1, at, 15, 25),
        sampled({"__name__": "relrails_probe_last_run_timestamp_seconds", **labels}, at - 20, at, 15, 25),
    ]


Spoil = Callable[[str, Items, float], Said | None]
"""Gets the name of a question, its good answer and the moment; may change the answer, or say something else."""


def answering(spoil: Spoil | None = None) -> Callable[[Asked], Said]:
    """Answer the questions of a gate for a service in good order, but for what is spoilt."""

    def answer(asked: Asked) -> Said:
        query, at = asked.form["query"], float(asked.form["time"])
        if "sum_over_time" in query:
            question, kind, items = "events", "vector", events(service, at)
        elif "ALERTS" in query:
            question, kind, items = "alerts", "vector", []
        elif "probe_success" in query:
            question, kind, items = "runs", "matrix", runs(at)
        else:
            question, kind, items = "recorded", "matrix", recorded(service, at)
        said = None if spoil is None else spoil(question, items, at)
        if said is not None:
            return said
        return Said(body=json.dumps({"status": "success", "data": {"resultType": kind, "result": items}}).encode())

    return answer
