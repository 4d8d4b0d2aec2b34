"""W3C trace context: read from a request, given back in its answer, and handed on to whom we ask."""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass

# Later versions may add fields after the flags, and are read as version 00 then.
TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class Span:
    """Our part of a trace; the parent is empty where the trace starts here."""

    trace_id: str
    span_id: str
    parent_id: str
    flags: str

    @property
    def traceparent(self) -> str:
        """The header that makes the receiver's spans our children."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


current: ContextVar[Span | None] = ContextVar("current", default=None)


def continued(traceparent: str) -> Span:
    """A span in the caller's trace, or in a new one where the header is absent or breaks the standard."""
    span_id = secrets.token_hex(8)
    read = TRACEPARENT.fullmatch(traceparent)
    if read is None or read[1] == "ff" or (read[1] == "00" and read[5]) or not (int(read[2], 16) and int(read[3], 16)):
        return Span(trace_id=secrets.token_hex(16), span_id=span_id, parent_id="", flags="01")
    return Span(trace_id=read[2], span_id=span_id, parent_id=read[3], flags=read[4])
