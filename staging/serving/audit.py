"""The audit log: who did what, one CloudEvents envelope a line, on disk before the answer leaves.

Policy: an event is written and synced (fdatasync) before the request that caused it is answered; requests that wait at
the same time share one sync. When the disk is full, or a write fails otherwise, the request fails with 503 and the half
line is cut off, so the log never holds a torn record and nobody gets an answer that was not recorded. After a sync that
failed the log refuses everything until the service is restarted, because the kernel may have dropped what it could not
write. A line that a killed process left unfinished stays where it is, and is ended by the next start.
"""

import errno
import json
import logging
import os
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter

from staging.serving import traces
from staging.serving.faults import FaultSwitch
from staging.serving.identity import Caller
from staging.serving.refusal import Refusal

FULL_DISK = Path("/dev/full")
"""A device that has no space left, ever; a drill writes there to see what a full disk does."""
DEPENDENCY = "audit"
"""The name under which the fault switch fills the log's disk."""

log = logging.getLogger(__name__)


class AuditLog:
    """An append-only file of events, safe to write from any thread."""

    def __init__(self, file: Path, service: str, registry: CollectorRegistry, faults: FaultSwitch) -> None:
        self.source = f"/staging/{service}"
        self.type_prefix = f"com.example.{service.replace('-', '_')}"
        self._fd = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._full = os.open(FULL_DISK, os.O_WRONLY)
        self._writing = threading.Lock()
        self._syncing = threading.Lock()
        self._written = 0
        self._synced = 0
        self._broken = ""
        self._faults = faults
        self._events = Counter(
            "audit_events_total", "Audit events, by whether they reached the disk.", ["outcome"], registry=registry
        )
        for outcome in ("written", "lost"):
            self._events.labels(outcome=outcome)
        self._end_torn_line()

    def record(self, what: str, caller: Caller, subject: str, **data: Any) -> None:
        """Write one event and wait until it is on disk; refuses with 503 when that fails."""
        span = traces.current.get()
        event = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": self.source,
            "type": f"{self.type_prefix}.{what}",
            "subject": subject,
            "time": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": {
                "tenant": caller.tenant,
                "client": caller.client,
                "synthetic": caller.synthetic,
                "trace_id": span.trace_id if span else "",
                **data,
            },
        }
        if span is not None:
            event["traceparent"] = span.traceparent  # CloudEvents' own extension for distributed tracing
        try:
            self._append(json.dumps(event, separators=(",", ":")).encode() + b"\n")
        except OSError as error:
            self._events.labels(outcome="lost").inc()
            log.exception("an audit event could not be written", extra={"fields": {"audit": event}})
            message = f"this cannot be recorded, so it is not done: {error.strerror}"
            raise Refusal(503, "audit_unavailable", message) from error
        self._events.labels(outcome="written").inc()

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)
        os.close(self._full)

    def _append(self, line: bytes) -> None:
        with self._writing:
            if self._broken:
                raise OSError(errno.EIO, self._broken)
            self._write_whole(line)
            self._written += 1
            ours = self._written
        with self._syncing:
            if self._synced >= ours:
                return  # somebody who came later has synced for us
            if self._broken:
                raise OSError(errno.EIO, self._broken)
            through = self._written
            try:
                os.fdatasync(self._fd)
            except OSError as error:
                self._broken = f"an earlier sync failed ({error.strerror}); restart once the disk is well"
                raise
            self._synced = through

    def _write_whole(self, line: bytes) -> None:
        if DEPENDENCY in self._faults.now.dead:
            os.write(self._full, line)
        end = os.fstat(self._fd).st_size
        try:
            written = 0
            while written < len(line):
                written += os.write(self._fd, line[written:])
        except OSError:
            os.ftruncate(self._fd, end)
            raise

    def _end_torn_line(self) -> None:
        size = os.fstat(self._fd).st_size
        if size and os.pread(self._fd, 1, size - 1) != b"\n":
            log.warning("the audit log ends in the middle of a line; the process before this one was killed")
            os.write(self._fd, b"\n")
