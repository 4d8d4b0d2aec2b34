"""Structured logs: one JSON object a line on stderr, with the trace that it belongs to."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from staging.serving import traces


class JsonLines(logging.Formatter):
    """A log record as one line of JSON; what `extra={"fields": {…}}` holds becomes fields of its own."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        """Render one line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self.service,
            "message": record.getMessage(),
        }
        span = traces.current.get()
        if span is not None:
            line |= {"trace_id": span.trace_id, "span_id": span.span_id}
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def start(service: str) -> None:
    """Send every logger of this process to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("httpx", "httpcore", "asyncio"):  # httpx writes whole URLs at INFO
        logging.getLogger(name).setLevel(logging.WARNING)
