"""What evaluating the budgets and the traffic of our services costs Prometheus, in samples read a minute."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from bench.table import Table
from relrails.budget import Budget, StorageGrowth
from relrails.rules import traffic_group
from relrails.rules.budgets import budget_groups
from relrails.rules.cost import Stored, samples_per_minute
from relrails.service import Service
from relrails.units import seconds
from services import core_api, export_service
from staging.core_api.app import ANSWERS as OF_CORE_API
from staging.export_service.app import ANSWERS as OF_EXPORTS
from staging.serving.metrics import COMMON_CODES

TENANTS = (1, 10, 50, 200)
AIM = 10_000
"""Samples a minute of all budgets and all traffic together, with 50 tenants."""
SERVICES = (core_api.service, export_service.service)
ANSWERS: dict[str, Mapping[tuple[str, str], tuple[int, ...]]] = {"core-api": OF_CORE_API, "export-service": OF_EXPORTS}


def run() -> Iterator[Table]:
    """Work it out for a few tenants and for many."""
    found = {(b.name, n): cost(s, b, n) for s in SERVICES for b in s.budgets for n in TENANTS}
    names = list(dict.fromkeys(name for name, _ in found))
    rows: list[tuple[str | float, ...]] = [(name, *(found[name, n] for n in TENANTS)) for name in names]
    rows += [(f"traffic of {s.name}", *(cost_of_traffic(s) for _ in TENANTS)) for s in SERVICES]
    rows.append(("all", *(total(n) for n in TENANTS)))
    yield Table(
        title="Samples that Prometheus reads a minute to evaluate the budgets and the traffic",
        columns=("budget", *(f"{n} tenants" for n in TENANTS)),
        forms=("", *(",.0f" for _ in TENANTS)),
        rows=tuple(rows),
        notes=(
            f"Aim: at most {AIM:,} at 50 tenants. Computed by relrails.rules.cost, which `bench evaluation` holds "
            f"against what Prometheus counts.",
        ),
    )


def total(tenants: int) -> float:
    """Count what all of them read in a minute."""
    budgets = sum(cost(service, of, tenants) for service in SERVICES for of in service.budgets)
    return budgets + sum(map(cost_of_traffic, SERVICES))


def cost_of_traffic(service: Service) -> float:
    """Count what the traffic of a service reads in a minute, with series as staging exports them."""
    group = traffic_group(service)
    if group is None:
        return 0
    by = [{"route": route} for route in sorted({route for _, route in ANSWERS[service.name]})]
    return float(samples_per_minute((group,), tuple(raw_traffic(service)), by))


def raw_traffic(service: Service) -> Iterator[Stored]:
    """List what is scraped of requests: every answer that a route may give is there before the first request."""
    where = {"job": service.name, "instance": "a:80"}
    durations = service.traffic.durations if service.traffic is not None else None
    bounds = (*(str(float(bound)) for bound in durations.buckets), "+Inf") if durations is not None else ()
    for (method, route), codes in ANSWERS[service.name].items():
        labels = {**where, "method": method, "route": route}
        for code, synthetic in product((*codes, *COMMON_CODES), ("true", "false")):
            more = {"code": str(code), "synthetic": synthetic}
            yield Stored("http_requests_total", {**labels, **more}, 15 * seconds)
        for le in bounds:
            yield Stored("http_request_duration_seconds_bucket", {**labels, "le": le}, 15 * seconds)
        yield Stored("http_request_duration_seconds_count", labels, 15 * seconds)


def cost(service: Service, budget: Budget, tenants: int) -> float:
    """Count what a budget reads in a minute, with series as the export service exports them."""
    by = [{"tenant": f"t-{n}"} for n in range(tenants)] if isinstance(budget, StorageGrowth) else [{}]
    return float(samples_per_minute(budget_groups(service, budget), tuple(raw(tenants)), by))


def raw(tenants: int) -> Sequence[Stored]:
    """List what is scraped."""
    each = [
        *(("export_written_bytes_total", {"tenant": f"t-{n}"}) for n in range(tenants)),
        *(("export_stored_bytes", {"tenant": f"t-{n}"}) for n in range(tenants)),
        *(("export_jobs_finished_total", {"outcome": outcome}) for outcome in ("ready", "failed")),
        *(("export_job_duration_seconds_bucket", {"le": le}) for le in ("10.0", "60.0", "120.0", "300.0", "+Inf")),
        ("export_job_duration_seconds_count", {}),
        ("export_queue_depth", {}),
        ("export_oldest_item_age_seconds", {}),
        ("export_longest_running_seconds", {}),
    ]
    where = {"job": "export-service", "instance": "a:80"}
    return [Stored(name, {**where, **labels}, 15 * seconds) for name, labels in each]
