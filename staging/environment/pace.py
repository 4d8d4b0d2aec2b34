"""How much faster than declared the copies run, so that a test need not wait minutes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from relrails.promql import duration_text
from relrails.units import ms

MILLISECONDS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
DURATION = re.compile(r"(?:\d+(?:ms|[dhms]))+")
PART = re.compile(r"(\d+)(ms|[dhms])")
RANGE = re.compile(rf"\[({DURATION.pattern})\]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Intervals as Prometheus writes them; what is declared as a wait or a window is so many times shorter.

    `waits` is for `for`, `stays` for `keep_firing_for`, `windows` for the ranges in expressions; with it rules are
    evaluated as much more often, so that a window holds as many of their samples as before. `longest_wait` and
    `longest_window` cut what would still take too long: an hour and a day may become the same. Thresholds stay.
    Where `scrape` or `evaluate` is None, that is as declared.
    """

    scrape: str | None = "1s"
    evaluate: str | None = "1s"
    group: str = "1s"
    waits: int = 1
    stays: int = 1
    windows: int = 1
    longest_wait: str | None = None
    longest_window: str | None = None


def hurried(groups: list[dict[str, Any]], pace: Pace) -> None:
    """Shorten the times of rule groups, as they are read from a file."""
    for group in groups:
        if pace.windows != 1:
            group["interval"] = _shorter(group["interval"], pace.windows)
        elif pace.evaluate is not None:
            group["interval"] = pace.evaluate
        for rule in group["rules"]:
            rule |= dict(_hurried(rule, pace))


def _hurried(rule: dict[str, Any], pace: Pace) -> Iterator[tuple[str, str]]:
    if "for" in rule:
        yield "for", _shorter(rule["for"], pace.waits, pace.longest_wait)
    if "keep_firing_for" in rule:
        yield "keep_firing_for", _shorter(rule["keep_firing_for"], pace.stays, pace.longest_wait)

    def shorter(found: re.Match[str]) -> str:
        return f"[{_shorter(found[1], pace.windows, pace.longest_window)}]"

    yield "expr", RANGE.sub(shorter, rule["expr"])


def _shorter(text: str, times: int, longest: str | None = None) -> str:
    found = _milliseconds(text) // times
    return duration_text(max(1, found if longest is None else min(found, _milliseconds(longest))) * ms)


def _milliseconds(text: str) -> int:
    return sum(int(amount) * MILLISECONDS[unit] for amount, unit in PART.findall(text))
