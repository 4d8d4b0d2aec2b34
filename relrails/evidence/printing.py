"""The one way in which evidence is printed: the same values are the same bytes."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from relrails.evidence.values import EvidenceError, Json
from relrails.files import json_text


def json_bytes(value: Json) -> bytes:
    """Print a document."""
    return json_text(value).encode()


def line(value: Json) -> bytes:
    """Print a value on one line, without the line's end."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def lines(values: Iterable[Json]) -> bytes:
    """Print one value a line."""
    return b"".join(line(value) + b"\n" for value in values)


def moment(at: datetime) -> str:
    """Print a time as RFC 3339 in UTC, to the millisecond; raises EvidenceError for a time without a zone."""
    if at.tzinfo is None:
        msg = f"the time {at.isoformat()} has no time zone, so nobody can tell when it was; fix: datetime.now(UTC)"
        raise EvidenceError(msg)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(value: object) -> Json:
    """Turn what JSON cannot say into what it can: NaN and infinities become the words Prometheus has for them.

    Raises EvidenceError for anything that is not data.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
        case datetime():
            return moment(value)
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [plain(inner) for inner in value]
        case _:
            msg = f"a {type(value).__name__} cannot stand in a bundle; fix: hand over numbers, text, lists and mappings"
            raise EvidenceError(msg)
