"""Ways through a dashboard's JSON that several tests take."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import promql_parser

Json = dict[str, Any]

# $name, ${name} and ${name:format}, [[name]]; a `$1` of label_replace is none.
_VARIABLE = re.compile(r"\$(?P<bare>[A-Za-z_]\w*)|\$\{(?P<braced>[^}:.]+)[^}]*\}|\[\[(?P<square>\w+)[^\]]*\]\]")


def panels(dashboard: Json) -> Iterator[Json]:
    """Every panel that shows something."""
    for panel in dashboard["panels"]:
        yield from panel.get("panels", [])
        if panel["type"] != "row":
            yield panel


def queries(dashboard: Json) -> Iterator[tuple[str, str]]:
    """Every expression with where it stands: of panels and of annotations."""
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            yield f"{panel.get('title')} {target.get('refId')}", target["expr"]
    for annotation in dashboard.get("annotations", {}).get("list", []):
        yield f"annotation {annotation['name']}", annotation["expr"]


def variables_in(text: str) -> set[str]:
    """The variables that Grafana would put into a text, but for its own (`__range`)."""
    found = {name for match in _VARIABLE.finditer(text) for name in match.groups() if name}
    return {name for name in found if not name.startswith("__")}


def filled(expr: str) -> str:
    """An expression with its variables put in, as Grafana sends it."""
    return _VARIABLE.sub("5m", expr.replace("$environment", ".*").replace("$journey", ".+"))


@cache
def parsed(expr: str) -> Any:
    """Parse an expression with its variables put in; raises ValueError."""
    return promql_parser.parse(filled(expr))


def texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
