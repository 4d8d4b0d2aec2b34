"""What came of it, as tables."""

from typing import Any


def passed_table(tickets: list[dict[str, Any]]) -> str:
    """One row for each ticket, in seconds."""
    rows = [
        f"| {one['alert']} | {one['about']} | {one['fired_after']:.0f} | {one['fired_within']:.0f} "
        f"| {one['resolved_after']:.0f} | {one['resolved_within']:.0f} | {one['says']} |"
        for one in tickets
    ]
    return "\n".join(
        (
            "| alert | of | fired after s | stated s | resolved after s | stated s | it says |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        )
    )


def normal_table(report: dict[str, Any]) -> str:
    """The most that was used of each budget."""
    rows = [
        f"| {name} | {used['highest']:.3g} | {used['limit']:g} | {used['unit']} | {used['evaluations']:.0f} |"
        for name, used in sorted(report["used"].items())
    ]
    return "\n".join(
        (
            f"{report['seconds']} s of normal load, {report['exports']} exports besides the journeys', "
            f"tickets of budgets: {len(report['tickets_of_budgets'])}.",
            "",
            "| budget | most | limit | unit | evaluations in the last hour |",
            "|---|---|---|---|---|",
            *rows,
            "",
        )
    )
