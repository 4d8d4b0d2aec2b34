"""What the queue and the store look like right now, read from the database at each scrape."""

import time
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from staging.export_service.jobs import Jobs

OTHER = "other"


class QueueGauges(Collector):
    """Depth, ages and stored bytes; tenants that are not in the list of clients count together."""

    def __init__(self, jobs: Jobs, tenants: Iterable[str]) -> None:
        self._jobs = jobs
        self._tenants = frozenset(tenants)

    def describe(self) -> list[Metric]:
        """Nothing ahead of time: registering must not read the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read them all."""
        now = time.time()
        queue = self._jobs.table(
            "SELECT COUNT(*) AS depth, MIN(created_at) AS oldest FROM exports WHERE state = 'queued'"
        )
        running = self._jobs.table("SELECT MIN(started_at) AS oldest FROM exports WHERE state = 'running'")
        yield _gauge("export_queue_depth", "Exports that wait for the worker.", queue[0]["depth"])
        yield _gauge(
            "export_oldest_item_age_seconds",
            "How long the oldest waiting export has waited; 0 when none waits.",
            _age(now, queue[0]["oldest"]),
        )
        yield _gauge(
            "export_longest_running_seconds",
            "How long the export that is being built has been built; 0 when none is.",
            _age(now, running[0]["oldest"]),
        )
        stored = GaugeMetricFamily("export_stored_bytes", "Bytes of the packs that are kept.", labels=["tenant"])
        by_tenant = dict.fromkeys((*sorted(self._tenants), OTHER), 0)
        for row in self._jobs.table(
            "SELECT tenant, SUM(bytes) AS bytes FROM exports WHERE state = 'ready' GROUP BY tenant"
        ):
            by_tenant[row["tenant"] if row["tenant"] in self._tenants else OTHER] += row["bytes"]
        for tenant, size in by_tenant.items():
            stored.add_metric([tenant], size)
        yield stored


class JobMetrics:
    """What became of exports."""

    def __init__(self, registry: CollectorRegistry, tenants: Iterable[str]) -> None:
        self._tenants = frozenset(tenants)
        self.finished = Counter(
            "export_jobs_finished_total",
            "Exports that ended, by whether they have a pack that passes its own manifest.",
            ["outcome"],
            registry=registry,
        )
        self.cancelled = Counter(
            "export_jobs_cancelled_total", "Exports that were deleted before they ended.", registry=registry
        )
        self.durations = Histogram(
            "export_job_duration_seconds",
            "From the start of building a pack to its end.",
            buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300),
            registry=registry,
        )
        self.written = Counter(
            "export_written_bytes_total", "Bytes of packs that were written.", ["tenant"], registry=registry
        )
        for outcome in ("ready", "failed"):
            self.finished.labels(outcome=outcome)
        for tenant in (*self._tenants, OTHER):
            self.written.labels(tenant=tenant)

    def wrote(self, tenant: str, size: int) -> None:
        """Count the bytes of a pack."""
        self.written.labels(tenant=tenant if tenant in self._tenants else OTHER).inc(size)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _age(now: float, since: float | None) -> float:
    return 0.0 if since is None else max(0.0, now - since)
