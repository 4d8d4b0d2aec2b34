"""A query: which events of a case mention a text, newest first, with what they have in common."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from staging.core_api.store import Store

LARGEST_LIMIT = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The answer to a query: how many events match, the newest of them, and how all of them spread."""

    case: str
    text: str
    total: int
    events: list[dict[str, Any]]
    kinds: dict[str, int]
    actors: list[dict[str, Any]]
    days: dict[str, int]


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
