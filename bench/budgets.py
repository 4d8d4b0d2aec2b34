"""What evaluating the budgets of our services costs Prometheus, in samples read a minute."""

from collections.abc import Iterator, Sequence

from bench.table import Table
from relrails.budget import Budget, StorageGrowth
from relrails.rules.budgets import budget_groups
from relrails.rules.cost import Stored, samples_per_minute
from relrails.service import Service
from relrails.units import seconds
from services import core_api, export_service

TENANTS = (1, 10, 50, 200)
AIM = 10_000
"""Samples a minute of all budgets together, with 50 tenants."""
SERVICES = (core_api.service, export_service.service)


def run() -> Iterator[Table]:
    """Work it out for a few tenants and for many."""
    found = {(b.name, n): cost(s, b, n) for s in SERVICES for b in s.budgets for n in TENANTS}
    names = list(dict.fromkeys(name for name, _ in found))
    rows: list[tuple[str | float, ...]] = [(name, *(found[name, n] for n in TENANTS)) for name in names]
    rows.append(("all", *(sum(found[name, n] for name in names) for n in TENANTS)))
    yield Table(
        title="Samples that Prometheus reads a minute to evaluate the budgets",
        columns=("budget", *(f"{n} tenants" for n in TENANTS)),
        forms=("", *(",.0f" for _ in TENANTS)),
        rows=tuple(rows),
        notes=(
            f"Aim: at most {AIM:,} at 50 tenants. Computed by relrails.rules.cost, which `bench evaluation` holds "
            f"against what Prometheus counts.",
        ),
    )


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
