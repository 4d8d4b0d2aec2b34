"""The query of the Core API as it was first written: every matching event becomes a document, then most are dropped.

Kept so that anybody can measure what was gained, and that a test can hold the answers against each other.
"""

from collections import Counter
from datetime import UTC, datetime

from staging.core_api.query import Result
from staging.core_api.store import Store


def run(store: Store, case: str, text: str, limit: int) -> Result:
    """Find the events whose message contains the text, in either case of ASCII letters."""
    rows = store.rows(
        "SELECT id, at, kind, severity, actor, target, message FROM events"
        " WHERE case_id = ? AND message LIKE ? ESCAPE '\\' ORDER BY at DESC, id DESC",
        case,
        f"%{_literal(text)}%",
    )
    labels = {row["id"]: row["label"] for row in store.rows("SELECT id, label FROM entities WHERE case_id = ?", case)}
    events = [
        {
            "id": row["id"],
            "at": _moment(row["at"]),
            "kind": row["kind"],
            "severity": row["severity"],
            "actor": {"id": row["actor"], "label": labels[row["actor"]]},
            "target": {"id": row["target"], "label": labels[row["target"]]},
            "message": row["message"],
        }
        for row in rows
    ]
    actors = Counter(event["actor"]["id"] for event in events)
    return Result(
        case=case,
        text=text,
        total=len(events),
        events=events[:limit],
        kinds=dict(Counter(event["kind"] for event in events)),
        actors=[{"id": actor, "label": labels[actor], "count": count} for actor, count in actors.most_common(10)],
        days=dict(sorted(Counter(event["at"][:10] for event in events).items())),
    )


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
