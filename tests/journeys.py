"""Small services and journeys for the tests of what is rendered from them."""

from typing import Any

from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.probe import Journey, Step, Target, expect, get
from relrails.units import days, minutes, percent, seconds

TARGET = Target(name="shop", url="https://shop.example.com")


def simple_journey(**other: Any) -> Journey:
    """Make a journey of one request, which Blackbox can run."""
    usual: dict[str, Any] = {
        "name": "front_page",
        "description": "Open the front page.",
        "env": "staging",
        "target": TARGET,
        "every": 1 * minutes,
        "timeout": 10 * seconds,
        "steps": (step(),),
        "objective": 99 * percent,
        "latency": 1 * seconds,
    }
    return Journey(**(usual | other))


def step(**other: Any) -> Step:
    """Make a step that fetches a page."""
    usual: dict[str, Any] = {
        "name": "open",
        "request": get("/welcome"),
        "expect": (expect.status(200),),
        "timeout": 5 * seconds,
    }
    return Step(**(usual | other))


def service(**other: Any) -> Service:
    """Make a service with one SLO."""
    name = other.get("name", "shop")
    requests = metric.Counter("http_requests_total").where(job=name)
    slo = SLO(
        name="availability",
        description="A request is good unless we answer 5xx.",
        sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
        objective=99.9 * percent,
        window=30 * days,
    )
    usual: dict[str, Any] = {
        "name": name,
        "owner": "sales",
        "scrape_interval": 15 * seconds,
        "runbook": f"https://runbooks.example.com/{name}",
        "grafana": "https://grafana.example.com",
        "slos": (slo,),
        "error_budget": ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
    }
    return Service(**(usual | other))
