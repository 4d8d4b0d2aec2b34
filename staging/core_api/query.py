"""A query: which events of a case mention a text, newest first, with what they have in common."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from staging.core_api.store import Store

LARGEST_LIMIT = 500
DAY_SECONDS = 86_400


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
    # Only what is counted: a document is made of the newest events alone, which are few, while matches are thousands.
    matches = store.rows(
        "SELECT id, kind, actor, at / ? AS day FROM events"
        " WHERE case_id = ? AND message LIKE ? ESCAPE '\\' ORDER BY at DESC, id DESC",
        DAY_SECONDS,
        case,
        f"%{_literal(text)}%",
    )
    labels = {row["id"]: row["label"] for row in store.rows("SELECT id, label FROM entities WHERE case_id = ?", case)}
    actors = Counter(row["actor"] for row in matches)
    days = Counter(row["day"] for row in matches)
    return Result(
        case=case,
        text=text,
        total=len(matches),
        events=_documents(store, [row["id"] for row in matches[:limit]], labels),
        kinds=dict(Counter(row["kind"] for row in matches)),
        actors=[{"id": actor, "label": labels[actor], "count": count} for actor, count in actors.most_common(10)],
        days={_moment(day * DAY_SECONDS)[:10]: count for day, count in sorted(days.items())},
    )


def _documents(store: Store, ids: list[str], labels: dict[str, str]) -> list[dict[str, Any]]:
    rows = store.rows(
        "SELECT id, at, kind, severity, actor, target, message FROM events"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id DESC",
        json.dumps(ids),
    )
    return [
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


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
