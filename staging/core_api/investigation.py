"""An investigation at a glance: who touched what (graph), and when (timeline)."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from staging.core_api.store import Store

BUCKET_SECONDS = 6 * 3600


def graph(store: Store, case: str) -> dict[str, Any]:
    """The entities of a case, and how often one acted on another."""
    nodes = store.rows("SELECT id, kind, label FROM entities WHERE case_id = ? ORDER BY id", case)
    edges = store.rows(
        "SELECT source, target, kind, COUNT(*) AS count FROM edges WHERE case_id = ?"
        " GROUP BY source, target, kind ORDER BY source, target, kind",
        case,
    )
    return {
        "case": case,
        "nodes": [dict(row) for row in nodes],
        "edges": [
            {"from": row["source"], "to": row["target"], "kind": row["kind"], "count": row["count"]} for row in edges
        ],
    }


def timeline(store: Store, case: str) -> dict[str, Any]:
    """How many events of each kind there were, by quarters of a day; quarters without events are left out."""
    rows = store.rows(
        "SELECT at / ? * ? AS start, kind, COUNT(*) AS count FROM events WHERE case_id = ? GROUP BY start, kind",
        BUCKET_SECONDS,
        BUCKET_SECONDS,
        case,
    )
    buckets: dict[int, Counter[str]] = {}
    for row in rows:
        buckets.setdefault(row["start"], Counter())[row["kind"]] += row["count"]
    return {
        "case": case,
        "bucket_seconds": BUCKET_SECONDS,
        "buckets": [
            {
                "start": datetime.fromtimestamp(start, UTC).isoformat().replace("+00:00", "Z"),
                "count": kinds.total(),
                "kinds": dict(sorted(kinds.items())),
            }
            for start, kinds in sorted(buckets.items())
        ],
    }
