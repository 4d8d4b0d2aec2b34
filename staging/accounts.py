"""Holds what a service logged of a trace against what it recorded in its audit log."""

from collections.abc import Iterator, Sequence
from typing import Any

# Asking how far an export is changes nothing and shows nothing of a case; everything else is audited.
NOT_AUDITED = frozenset({("GET", "/exports/{id}")})


def answered(lines: Sequence[dict[str, Any]], trace: str) -> list[dict[str, Any]]:
    """The lines about requests of a trace that were answered."""
    return [line for line in lines if line.get("trace_id") == trace and line["message"] == "answered"]


def recorded(events: Sequence[dict[str, Any]], trace: str) -> list[dict[str, Any]]:
    """The audit events of a trace."""
    return [event for event in events if event["data"]["trace_id"] == trace]


def complaints(service: str, lines: Sequence[dict[str, Any]], events: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Where the lines and the events of a probe's trace disagree; each span has its own of both."""
    spans = [event["traceparent"].split("-")[2] for event in events]
    for line in lines:
        found = spans.count(line["span_id"])
        wanted = int(line["code"] < 300 and (line["method"], line["route"]) not in NOT_AUDITED)
        if found != wanted:
            request = f"{line['method']} {line['route']} (span {line['span_id']})"
            yield f"{service} answered {line['code']} to {request} and recorded {found} events of it, not {wanted}"
    logged = {line["span_id"] for line in lines}
    for event, span in zip(events, spans, strict=True):
        if span not in logged:
            yield f"{service} recorded {event['type']} of span {span} and logged no such request"
        if not event["data"]["synthetic"] or not event["data"]["tenant"]:
            yield f"{service} recorded a probe's {event['type']} as a customer's: {event['data']}"
