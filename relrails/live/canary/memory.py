"""What has been counted, as JSON and back."""

from collections.abc import Mapping
from typing import Any

from relrails.live.canary.counters import Mark
from relrails.live.canary.looking import Part, Seen
from relrails.live.canary.sources import Track


def seen_json(seen: Seen) -> dict[str, Any]:
    """Give it as lists and dicts."""
    return {
        "at": seen.at,
        "parts": [
            {
                "part": list(part),
                "until": seen.until[part],
                "marks": {name: [mark.at, mark.value] for name, mark in marks.items()},
            }
            for part, marks in seen.marks.items()
        ],
        "targets": {track: sorted(map(list, found)) for track, found in seen.known.items()},
    }


def seen_from_json(found: Mapping[str, Any]) -> Seen:
    """Read what `seen_json` gave."""
    parts = {_part(one["part"]): one for one in found["parts"]}
    return Seen(
        marks={part: {n: Mark(at, value) for n, (at, value) in one["marks"].items()} for part, one in parts.items()},
        until={part: one["until"] for part, one in parts.items()},
        at=found["at"],
        known={track: frozenset(map(tuple, many)) for track, many in found["targets"].items()},
    )


def _part(written: list[str]) -> Part:
    check, track, part = written
    sure: Track = "canary" if track == "canary" else "stable"
    return check, sure, part
