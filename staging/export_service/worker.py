"""The worker: takes one export after the other from the queue, and builds its pack."""

import logging
import threading
import time
from pathlib import Path

from staging.export_service import pack
from staging.export_service.core_api import CoreApi, RefusedError, UnavailableError
from staging.export_service.gauges import JobMetrics
from staging.export_service.jobs import Job, Jobs
from staging.serving import traces
from staging.serving.faults import FaultSwitch

ATTEMPTS = 3
PAUSE_SECONDS = 0.5
IDLE_SECONDS = 1.0
STOP_SECONDS = 15.0

log = logging.getLogger(__name__)


class Worker:
    """A thread that works until it is stopped; what it leaves unfinished goes back into the queue."""

    def __init__(self, jobs: Jobs, core_api: CoreApi, packs: Path, faults: FaultSwitch, metrics: JobMetrics) -> None:
        self._jobs = jobs
        self._core_api = core_api
        self._packs = packs
        self._faults = faults
        self._metrics = metrics
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def file(self, export_id: str) -> Path:
        """Where the pack of an export is."""
        return self._packs / f"{export_id}.zip"

    def start(self) -> None:
        """Start working, first on what the process before this one left behind."""
        self._packs.mkdir(parents=True, exist_ok=True)
        for leftover in self._packs.glob("*.unfinished"):
            leftover.unlink()
        released = self._jobs.release_all()
        if released:
            log.warning("exports were left unfinished and are built again", extra={"fields": {"exports": released}})
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to do."""
        self._woken.set()

    def stop(self) -> None:
        """Let the export in hand end, and take no other."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                job = self._jobs.claim()
                if job is not None:
                    self._work(job)
                    continue
            except Exception:
                log.exception("the worker stumbled and goes on")
                self._stopping.wait(PAUSE_SECONDS)
            self._woken.wait(IDLE_SECONDS)

    def _work(self, job: Job) -> None:
        # The export belongs to the trace of the request that ordered it.
        traces.current.set(traces.continued(job.traceparent))
        began = time.monotonic()
        log.info("building", extra={"fields": _fields(job)})
        if self._held_back():
            self._jobs.release(job)
            return
        try:
            self._build(job)
        except UnavailableError as error:
            if job.attempts < ATTEMPTS:
                log.warning("trying again", extra={"fields": _fields(job) | {"why": str(error)}})
                self._stopping.wait(PAUSE_SECONDS * job.attempts)
                self._jobs.release(job)
                return
            self._fail(job, str(error))
        except (RefusedError, pack.BrokenPackError, OSError) as error:
            self._fail(job, str(error))
        except Exception as error:
            log.exception("building failed", extra={"fields": _fields(job)})
            self._fail(job, f"{type(error).__name__} while building")
        self._metrics.durations.observe(time.monotonic() - began)

    def _build(self, job: Job) -> None:
        documents = self._core_api.documents(job)
        about = {"export": job.id, "case": job.case_id, "tenant": job.tenant, "kind": job.kind, "format": 1}
        made = pack.write(self.file(job.id), about, documents)
        self._metrics.wrote(job.tenant, made.bytes)
        if not self._jobs.ready(job, made.bytes, made.sha256):
            made.file.unlink()
            self._metrics.cancelled.inc()
            return
        self._metrics.finished.labels(outcome="ready").inc()
        log.info("ready", extra={"fields": _fields(job) | {"bytes": made.bytes}})

    def _fail(self, job: Job, why: str) -> None:
        log.error("an export failed", extra={"fields": _fields(job) | {"why": why}})
        if self._jobs.failed(job, why):
            self._metrics.finished.labels(outcome="failed").inc()
        else:
            self._metrics.cancelled.inc()

    def _held_back(self) -> bool:
        """Wait while a drill has us stuck; True when we are stopped before that ends."""
        while not self._faults.unstuck.wait(0.1):
            if self._stopping.is_set():
                return True
        return False


def _fields(job: Job) -> dict[str, object]:
    return {
        "export": job.id,
        "case": job.case_id,
        "tenant": job.tenant,
        "attempt": job.attempts,
        "synthetic": job.synthetic,
    }
