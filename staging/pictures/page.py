"""A page as it was delivered: the annotations and labels of its alert, on a card."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

from staging.pictures.sheet import sheet

RED, GREY, BLUE = "#c4162a", "#57606a", "#0969da"
TOLD = ("summary", "description")


def draw(alert: Mapping[str, Any]) -> str:
    """Draw an alert of a webhook."""
    labels, annotations = alert["labels"], alert["annotations"]
    head = Text.assemble((f" {labels['severity'].upper()} ", f"bold #ffffff on {RED}"), f"  {alert['status']} since ")
    head.append(alert["startsAt"][: len("2026-11-23T20:40:38")].replace("T", " ") + " UTC")
    body = Group(
        Text(annotations["summary"], "bold"),
        Text(""),
        Text(annotations["description"]),
        Text(""),
        _table([(name, annotations[name]) for name in sorted(annotations, key=_place) if name not in TOLD]),
        Text(""),
        Text("  ".join(f"{name}={labels[name]}" for name in sorted(labels)), GREY),
    )
    card = Panel(body, title=head, title_align="left", box=box.HEAVY, border_style=RED, padding=(1, 2))
    return sheet("page", f"{labels['alertname']}, for {labels['owner']}", card, theme=DEFAULT_TERMINAL_THEME)


def _place(name: str) -> tuple[bool, str]:
    """Put links behind what can be read at once."""
    return name.endswith("_url"), name


def _table(rows: Sequence[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(style=GREY, no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        link = name.endswith("_url")
        table.add_row(name.removesuffix("_url").replace("_", " "), Text(text, BLUE if link else "bold"))
    return table
