"""The database of investigations: SQLite, filled from the raw records at the first start, read-only after that."""

import json
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

from staging.core_api import seed
from staging.serving.faults import FaultSwitch
from staging.serving.identity import Caller
from staging.serving.refusal import Refusal

DEPENDENCY = "store"

SCHEMA = """
CREATE TABLE cases (id TEXT PRIMARY KEY, tenant TEXT NOT NULL, title TEXT NOT NULL);
CREATE TABLE entities (case_id TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
                       PRIMARY KEY (case_id, id)) WITHOUT ROWID;
CREATE TABLE events (id TEXT PRIMARY KEY, case_id TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
                     severity INTEGER NOT NULL, actor TEXT NOT NULL, target TEXT NOT NULL, message TEXT NOT NULL);
CREATE TABLE edges (id TEXT PRIMARY KEY, case_id TEXT NOT NULL, at INTEGER NOT NULL, source TEXT NOT NULL,
                    target TEXT NOT NULL, kind TEXT NOT NULL);
CREATE INDEX events_of_case ON events (case_id, at);
CREATE INDEX edges_of_case ON edges (case_id);
"""
INSERTS = {
    "entity": "INSERT INTO entities VALUES (:case, :id, :kind, :label)",
    "event": "INSERT INTO events VALUES (:id, :case, :at, :kind, :severity, :actor, :target, :message)",
    "edge": "INSERT INTO edges VALUES (:id, :case, :at, :from, :to, :kind)",
}


class Store:
    """Reads investigations; one connection for each thread."""

    def __init__(self, folder: Path, faults: FaultSwitch) -> None:
        self.file = folder / "investigations.sqlite3"
        self.raw = folder / "raw"
        self._faults = faults
        self._local = threading.local()

    def fill(self, number: int, size: seed.Size) -> None:
        """Make the raw records and the database, unless an earlier start has made both."""
        if not (self.raw / "cases.json").is_file():
            seed.write(self.raw, number, size)
        if not self.file.is_file():
            unfinished = self.file.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            _ingest(self.raw, unfinished)
            os.replace(unfinished, self.file)  # noqa: PTH105 - says "atomic" where Path.replace does not

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        self._faults.require(DEPENDENCY)
        return self._connection().execute(sql, values).fetchall()

    def open_case(self, case: str, caller: Caller) -> sqlite3.Row:
        """The case, if it is the caller's; refuses with 404 otherwise, and does not say whether it exists."""
        found = self.rows("SELECT id, tenant, title FROM cases WHERE id = ? AND tenant = ?", case, caller.tenant)
        if not found:
            raise Refusal(404, "unknown_case", f"there is no case {case!r}")
        return found[0]

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self.file.as_uri()}?mode=ro", uri=True)
            connection.row_factory = sqlite3.Row
            self._local.connection = connection
        return connection


def _ingest(raw: Path, file: Path) -> None:
    connection = sqlite3.connect(file)
    try:
        connection.executescript(SCHEMA)
        for case in json.loads((raw / "cases.json").read_text(encoding="utf-8"))["cases"]:
            connection.execute("INSERT INTO cases VALUES (:id, :tenant, :title)", case)
            records: dict[str, list[dict[str, Any]]] = {kind: [] for kind in INSERTS}
            for line in (raw / f"{case['id']}.jsonl").read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                records[record["record"]].append(record | {"case": case["id"]})
            for kind, insert in INSERTS.items():
                connection.executemany(insert, records[kind])
        connection.commit()
    finally:
        connection.close()
