"""The queue of exports, in SQLite: what was accepted is on disk, and survives a restart and a kill."""

import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from staging.serving.faults import FaultSwitch

DEPENDENCY = "store"

State = Literal["queued", "running", "ready", "failed"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS exports (
    id TEXT PRIMARY KEY, tenant TEXT NOT NULL, client TEXT NOT NULL, synthetic INTEGER NOT NULL,
    case_id TEXT NOT NULL, kind TEXT NOT NULL, idempotency_key TEXT, traceparent TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued', attempts INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
    created_at REAL NOT NULL, started_at REAL, finished_at REAL, bytes INTEGER, sha256 TEXT,
    UNIQUE (tenant, idempotency_key));
CREATE INDEX IF NOT EXISTS exports_by_state ON exports (state, created_at);
"""


class ConflictError(Exception):
    """An idempotency key was used before, for another export."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One export as it stands."""

    id: str
    tenant: str
    client: str
    synthetic: bool
    case_id: str
    kind: str
    idempotency_key: str | None
    traceparent: str
    state: State = "queued"
    attempts: int = 0
    error: str = ""
    created_at: float
    started_at: float | None = None
    finished_at: float | None = None
    bytes: int | None = None
    sha256: str | None = None


class Jobs:
    """All exports; safe from any thread, one at a time."""

    def __init__(self, file: Path, faults: FaultSwitch) -> None:
        self._faults = faults
        self._lock = threading.RLock()
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + SCHEMA)

    def create(self, wanted: Job, record: Callable[[Job], None]) -> Job:
        """Accept an export, or find the one that its idempotency key stands for; `record` can still refuse it."""
        with self._transaction():
            key = (wanted.tenant, wanted.idempotency_key)
            before = self._find("tenant = ? AND idempotency_key = ?", *key) if wanted.idempotency_key else None
            if before is not None:
                if (before.case_id, before.kind) != (wanted.case_id, wanted.kind):
                    raise ConflictError(f"the idempotency key {wanted.idempotency_key!r} stands for another export")
                return before
            self._db.execute(
                "INSERT INTO exports (id, tenant, client, synthetic, case_id, kind, idempotency_key, traceparent,"
                " created_at) VALUES (:id, :tenant, :client, :synthetic, :case_id, :kind, :idempotency_key,"
                " :traceparent, :created_at)",
                asdict(wanted),
            )
            record(wanted)
            return wanted

    def find(self, export_id: str, tenant: str) -> Job | None:
        """A tenant's export."""
        self._faults.require(DEPENDENCY)
        with self._lock:
            return self._find("id = ? AND tenant = ?", export_id, tenant)

    def delete(self, export_id: str, tenant: str, record: Callable[[Job], None]) -> Job | None:
        """Forget an export, in whatever state it is."""
        with self._transaction():
            job = self._find("id = ? AND tenant = ?", export_id, tenant)
            if job is not None:
                self._db.execute("DELETE FROM exports WHERE id = ?", (export_id,))
                record(job)
            return job

    def claim(self) -> Job | None:
        """Take the oldest export that waits."""
        with self._transaction():
            job = self._find("state = 'queued' ORDER BY created_at LIMIT 1")
            if job is None:
                return None
            self._db.execute(
                "UPDATE exports SET state = 'running', started_at = ?, attempts = attempts + 1 WHERE id = ?",
                (time.time(), job.id),
            )
            return self._find("id = ?", job.id)

    def release(self, job: Job) -> None:
        """Put an export back that was begun and not finished."""
        with self._lock:
            self._db.execute("UPDATE exports SET state = 'queued', started_at = NULL WHERE id = ?", (job.id,))

    def release_all(self) -> int:
        """Put back what a process before this one had begun; says how many there were."""
        with self._lock:
            return self._db.execute(
                "UPDATE exports SET state = 'queued', started_at = NULL WHERE state = 'running'"
            ).rowcount

    def ready(self, job: Job, size: int, sha256: str) -> bool:
        """Note a finished pack; False when the export was deleted meanwhile."""
        return self._finish(job, "state = 'ready', bytes = ?, sha256 = ?", size, sha256)

    def failed(self, job: Job, why: str) -> bool:
        """Note an export that will never have a pack; False when it was deleted meanwhile."""
        return self._finish(job, "state = 'failed', error = ?", why)

    def table(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Rows of a query over `exports`, for the metrics."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def _finish(self, job: Job, change: str, *values: Any) -> bool:
        with self._lock:
            done = self._db.execute(
                f"UPDATE exports SET {change}, finished_at = ? WHERE id = ? AND state = 'running'",  # noqa: S608 - ours
                (*values, time.time(), job.id),
            )
            return done.rowcount == 1

    def _find(self, where: str, *values: Any) -> Job | None:
        row = self._db.execute(f"SELECT * FROM exports WHERE {where}", values).fetchone()  # noqa: S608 - ours
        return Job(**{**dict(row), "synthetic": bool(row["synthetic"])}) if row else None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._faults.require(DEPENDENCY)
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def new_id() -> str:
    """An id that nobody can guess."""
    return f"exp-{uuid.uuid4().hex}"
