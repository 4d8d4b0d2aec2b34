"""A query of a panel."""

from typing import Any, Literal

import attrs
from grafanalib.core import Target as GrafanalibTarget

from relrails.promql import Expr
from relrails.promql import text as one_line
from relrails.promql.printer import pretty_text

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}  # a variable of every dashboard; never one server


ONE_LINE = 160
"""Up to here a query stays on one line: in a reviewed file, where a line break is two characters, it reads better."""


def query_text(expr: Expr) -> str:
    """Write a query for a person who opens it in Grafana, or reads it in a diff."""
    line = one_line(expr)
    return line if len(line) <= ONE_LINE else pretty_text(line)


@attrs.frozen(kw_only=True, slots=False)
class Target(GrafanalibTarget):  # type: ignore[misc] # grafanalib ships no types
    """A PromQL query: over the dashboard's time range, or at its end when `instant`."""

    expr: Expr
    legend: str = "__auto"
    ref: str = "A"
    instant: bool = False
    exemplar: bool = False
    form: Literal["time_series", "table", "heatmap"] = "time_series"
    hide: bool = False

    def to_json_data(self) -> dict[str, Any]:
        """Give the query as Grafana's Prometheus data source reads it."""
        return {
            "editorMode": "code",
            "exemplar": self.exemplar,
            "expr": query_text(self.expr),
            "format": self.form,
            "hide": self.hide,
            "instant": self.instant,
            "legendFormat": self.legend,
            "range": None if self.instant else True,
            "refId": self.ref,
        }
