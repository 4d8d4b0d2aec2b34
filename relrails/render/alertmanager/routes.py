"""The routing tree: by severity, then by owner."""

from typing import Any

from relrails.promql import duration_text
from relrails.promql.printer import quoted
from relrails.render.alertmanager.receivers import SEVERITIES, Directory, everybody, receiver_name
from relrails.slo import Severity
from relrails.units import Duration, days, hours, minutes, seconds

GROUP_BY = ["service", "env", "journey"]
"""One message for everything that is wrong with a service, and one for each of its journeys."""

GROUP_WAIT: Duration = 30 * seconds
"""How long a page is kept for more of the same."""
_TIMES: dict[Severity, tuple[Duration, Duration, Duration]] = {
    # How long it waits for more of the same, until news are added, until it says it again. A page waits for the
    # alert that makes it needless, which may be evaluated a little later; a ticket is in no hurry.
    "page": (GROUP_WAIT, 1 * minutes, 4 * hours),
    "ticket": (5 * minutes, 1 * hours, 3 * days),
}


def route(directory: Directory) -> dict[str, Any]:
    """Give the tree: whatever is no page is at least a ticket, and what has no known owner goes to everybody."""
    return {
        "receiver": everybody("ticket"),
        "group_by": GROUP_BY,
        **_times("ticket"),
        "routes": [_of_severity(severity, directory) for severity in SEVERITIES],
    }


def _of_severity(severity: Severity, directory: Directory) -> dict[str, Any]:
    owners = [
        {"matchers": [f"owner={quoted(owner)}"], "receiver": receiver_name(severity, owner)}
        for owner in directory.owners
        if directory.has(severity, owner)
    ]
    return {
        "matchers": [f"severity={quoted(severity)}"],
        "receiver": everybody(severity),
        **_times(severity),
        **({"routes": owners} if owners else {}),
    }


def _times(severity: Severity) -> dict[str, str]:
    wait, interval, repeat = map(duration_text, _TIMES[severity])
    return {"group_wait": wait, "group_interval": interval, "repeat_interval": repeat}
