"""What the tests of staging ask services for."""

import re
import time
from typing import Any

import httpx

from staging.core_api.seed import Size

PATIENCE_SECONDS = 20
SMALL = Size(events=4_000, edges=2_000)
"""Enough to find something, and quick to make."""
METRIC = re.compile(r"(?P<name>\w+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")


def metric(client: httpx.Client, name: str, **labels: str) -> float:
    """The sum of a metric's series with these labels; KeyError where it has none."""
    wanted = {f'{label}="{value}"' for label, value in labels.items()}
    found = [
        float(line["value"])
        for line in map(METRIC.fullmatch, client.get("/metrics").text.splitlines())
        if line and line["name"] == name and wanted <= set((line["labels"] or "").split(","))
    ]
    if not found:
        raise KeyError(f"{name}{labels}")
    return sum(found)


def ordered(exports: httpx.Client, **fields: Any) -> str:
    """The id of a new export."""
    answer = exports.post("/exports", json={"case": "case-1"} | fields)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def ended(exports: httpx.Client, export_id: str) -> dict[str, Any]:
    """An export once it is ready or has failed."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        answer: dict[str, Any] = exports.get(f"/exports/{export_id}").json()
        if answer["state"] in {"ready", "failed"}:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"still not ended: {answer}")
