"""The sampled recount: some answers are counted again from the raw records, by other means than the query."""

import itertools
import json
import logging

from prometheus_client import CollectorRegistry, Counter

from staging.core_api.query import Result
from staging.core_api.store import Store

log = logging.getLogger(__name__)


class Recount:
    """Compares one answer in `every` with the raw records, after the answer has left."""

    def __init__(self, store: Store, every: int, registry: CollectorRegistry) -> None:
        self._store = store
        self._every = every
        self._turn = itertools.count()
        self._results = Counter(
            "query_results_total",
            "Answers that were recounted from the raw records, by whether they agree.",
            ["outcome"],
            registry=registry,
        )
        for outcome in ("match", "mismatch"):
            self._results.labels(outcome=outcome)

    def due(self) -> bool:
        """Whether it is this answer's turn."""
        return next(self._turn) % self._every == 0

    def compare(self, result: Result) -> None:
        """Count again, and note whether the answer was right."""
        raw = _matching(self._store, result.case, result.text)
        newest = [event_id for _, event_id in sorted(raw, reverse=True)[: len(result.events)]]
        answered = [event["id"] for event in result.events]
        agree = len(raw) == result.total and newest == answered
        self._results.labels(outcome="match" if agree else "mismatch").inc()
        if not agree:
            fields = {"case": result.case, "answered": result.total, "recounted": len(raw)}
            log.error("a query disagrees with the raw records", extra={"fields": fields})


def _matching(store: Store, case: str, text: str) -> list[tuple[int, str]]:
    # bytes.lower() knows ASCII alone, as LIKE does.
    wanted = text.encode().lower()
    found = []
    with (store.raw / f"{case}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["record"] == "event" and wanted in record["message"].encode().lower():
                found.append((record["at"], record["id"]))
    return found
