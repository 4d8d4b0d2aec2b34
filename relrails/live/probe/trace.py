"""Trace ids that a gauge can carry: 32 decimal digits are a valid W3C trace id, and three floats hold them exactly."""

import secrets

from relrails.probe.names import TRACE_DIGITS

DIGITS = 32
SAMPLED = "01"
"""Not the flag for random ids, `02`: decimal digits are not spread evenly over 128 bits."""


def new_trace_id() -> str:
    """Make an id of 32 decimal digits; never all zeros, which W3C forbids."""
    return f"{1 + secrets.randbelow(10**DIGITS - 1):0{DIGITS}d}"


def new_span_id() -> str:
    """Make an id of 16 hexadecimal digits, never all zeros."""
    return f"{1 + secrets.randbelow(2**64 - 1):016x}"


def traceparent(trace_id: str, span_id: str) -> str:
    """Write the header of W3C Trace Context."""
    return f"00-{trace_id}-{span_id}-{SAMPLED}"


def parts(trace_id: str) -> tuple[int, ...]:
    """Cut an id into numbers that a float holds exactly."""
    found, start = [], 0
    for digits in TRACE_DIGITS:
        found.append(int(trace_id[start : start + digits]))
        start += digits
    return tuple(found)
