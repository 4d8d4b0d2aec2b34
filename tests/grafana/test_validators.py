"""The validators are worth what they find: each fault here is put into a good dashboard, and must be named."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from grafana.examples import availability, latency, service
from grafana.lint import lint
from grafana.published_types import type_faults
from relrails.render.grafana import render_fleet, render_service

Json = dict[str, Any]
Fault = Callable[[Json], object]

SERVICE = service(availability, latency)
BOARD: Json = json.loads(next(render_service(SERVICE)).text)
FLEET: Json = json.loads(next(render_fleet([SERVICE])).text)


def first(board: Json, kind: str) -> Json:
    return next(panel for panel in board["panels"] if panel["type"] == kind)


def titled(board: Json, title: str) -> Json:
    return next(panel for panel in board["panels"] if panel.get("title") == title)


def defaults(board: Json, kind: str) -> Json:
    found: Json = first(board, kind)["fieldConfig"]["defaults"]
    return found


def custom(board: Json) -> Json:
    found: Json = defaults(board, "timeseries")["custom"]
    return found


def steps(board: Json) -> list[Json]:
    found: list[Json] = titled(board, "Burn rate now")["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return found


def target(board: Json, kind: str = "stat") -> Json:
    found: Json = first(board, kind)["targets"][0]
    return found


AGAINST_THE_TYPES: dict[str, Fault] = {
    "the base threshold is a text": lambda b: steps(b)[0].update(value="null"),
    "a threshold has an old key": lambda b: steps(b)[0].update(yaxis="left"),
    "thresholds are an empty text": lambda b: defaults(b, "stat")["thresholds"].update(steps=""),
    "decimals are a text": lambda b: defaults(b, "stat").update(decimals="2"),
    "a colour mode that does not exist": lambda b: defaults(b, "gauge").update(color={"mode": "threshold"}),
    "calcs are no list": lambda b: first(b, "stat")["options"]["reduceOptions"].update(calcs="mean"),
    "a stat's colour mode is misspelt": lambda b: first(b, "stat")["options"].update(colorMode="bg"),
    "an option is misspelt": lambda b: first(b, "stat")["options"].update(colourMode="value"),
    "a legend key is misspelt": lambda b: first(b, "timeseries")["options"]["legend"].update(showlegend=True),
    "a draw style is misspelt": lambda b: custom(b).update(drawStyle="lines"),
    "a field setting is unknown": lambda b: custom(b).update(lineColour="red"),
    "a line width is a text": lambda b: custom(b).update(lineWidth="2"),
    "an axis colour mode of thresholds": lambda b: custom(b).update(axisColorMode="thresholds"),
    "a value mapping of no kind": lambda b: defaults(b, "stat").update(mappings=[{"type": "valu", "options": {}}]),
    "a height is a text": lambda b: first(b, "stat")["gridPos"].update(h="4"),
    "a query format is misspelt": lambda b: target(b).update(format="timeseries"),
    "instant is a text": lambda b: target(b).update(instant="true"),
    "a panel has an old key": lambda b: first(b, "stat").update(span=3),
    "rows of old Grafanas": lambda b: b.update(rows=[]),
    "the refresh is a number": lambda b: b.update(refresh=60),
    "tags are a text": lambda b: b.update(tags="slo"),
    "a tooltip mode that does not exist": lambda b: b.update(graphTooltip=5),
    "a variable of no kind": lambda b: b["templating"]["list"][0].update(type="data"),
    "a variable refreshes at no known time": lambda b: b["templating"]["list"][0].update(refresh=7),
    "a link of no kind": lambda b: b["links"][0].update(type="url"),
    "overrides are no list": lambda b: first(b, "table")["fieldConfig"]["overrides"][0].update(properties={}),
    "a heatmap's old option": lambda b: first(b, "heatmap")["options"].update(dataFormat="tsbuckets"),
    "a heatmap's colour mode": lambda b: first(b, "heatmap")["options"]["color"].update(mode="spectrum"),
    "a table cell of no kind": lambda b: defaults(b, "table")["custom"].update(cellOptions={"type": "gradient"}),
    "a table's old option": lambda b: first(b, "table")["options"].update(columns=[]),
    "a text in no language": lambda b: first(b, "text")["options"].update(mode="md"),
    "a gauge's option in the wrong place": lambda b: defaults(b, "gauge").update(showThresholdMarkers=True),
    "a transformation without an id": lambda b: first(b, "table").update(transformations=[{"name": "merge"}]),
    "a timeline's values are shown maybe": lambda b: first(b, "state-timeline")["options"].update(showValue="yes"),
    "a bar in no mode": lambda b: first(b, "bargauge")["options"].update(displayMode="gradients"),
    "the uid is a number": lambda b: b.update(uid=7),
}

AGAINST_THE_MEANING: dict[str, tuple[str, Fault]] = {
    "two panels have one id": ("panel-id", lambda b: b["panels"][3].update(id=b["panels"][4]["id"])),
    "an id is larger than 32 bits": ("panel-id", lambda b: b["panels"][3].update(id=2**40)),
    "a panel lies over another": ("overlap", lambda b: b["panels"][2]["gridPos"].update(x=0)),
    "a panel leaves the grid": ("grid", lambda b: b["panels"][3]["gridPos"].update(x=20)),
    "the uid is too long": ("uid", lambda b: b.update(uid="u" * 41)),
    "the uid has a dot": ("uid", lambda b: b.update(uid="core.api")),
    "an old schema": ("schema-version", lambda b: b.update(schemaVersion=12)),
    "inputs of an export": ("leftover", lambda b: b.update(__inputs=[])),
    "a panel of no type": ("panel-type", lambda b: first(b, "stat").update(type="graph")),
    "a panel without options": ("options", lambda b: first(b, "gauge").pop("options")),
    "an alert list's old option": ("options", lambda b: first(b, "alertlist")["options"].update(show="current")),
    "a panel without a title": ("title", lambda b: first(b, "stat").pop("title")),
    "a panel without a description": ("description", lambda b: first(b, "stat").pop("description")),
    "a unit in the wrong case": ("unit", lambda b: defaults(b, "gauge").update(unit="percentUnit")),
    "a panel without a unit": ("unit", lambda b: defaults(b, "gauge").pop("unit")),
    "a burn rate in percent": (
        "quantity",
        lambda b: titled(b, "Burn rate now")["fieldConfig"]["defaults"].update(unit="percentunit"),
    ),
    "a budget as a burn rate": ("quantity", lambda b: defaults(b, "gauge").update(unit="suffix:×")),
    "seconds as a rate": (
        "quantity",
        lambda b: titled(b, "Budget lasts")["fieldConfig"]["defaults"].update(unit="ops"),
    ),
    "a table's burn rate in percent": (
        "quantity",
        lambda b: first(b, "table")["fieldConfig"]["overrides"][1]["properties"][1].update(value="percentunit"),
    ),
    "ratios and seconds are added": (
        "quantity",
        lambda b: target(b, "gauge").update(expr="slo:objective:ratio + slo:sli_total:rate"),
    ),
    "thresholds do not ascend": ("thresholds", lambda b: steps(b)[-1].update(value=0.5)),
    "the base threshold has a value": ("thresholds", lambda b: steps(b)[0].update(value=0)),
    "a threshold of 99.9 on a share": (
        "scale",
        lambda b: defaults(b, "gauge")["thresholds"]["steps"][-1].update(value=99.9),
    ),
    "a most of 100 on a share": ("scale", lambda b: defaults(b, "gauge").update(max=100)),
    "a variable that nobody defined": ("variable", lambda b: target(b).update(expr='up{job="$job"}')),
    "a variable in another spelling": ("variable", lambda b: first(b, "stat").update(title="of ${region:regex}")),
    "a panel names its data source": (
        "datasource",
        lambda b: first(b, "stat").update(datasource={"type": "prometheus", "uid": "abc"}),
    ),
    "a query names its data source": (
        "datasource",
        lambda b: target(b).update(datasource={"type": "prometheus", "uid": "abc"}),
    ),
    "an annotation names its data source": (
        "datasource",
        lambda b: b["annotations"]["list"][0].update(datasource={"type": "prometheus", "uid": "abc"}),
    ),
    "two queries have one letter": ("ref-id", lambda b: first(b, "timeseries")["targets"][1].update(refId="A")),
    "a panel asks nothing": ("targets", lambda b: first(b, "stat").update(targets=[])),
    "PromQL that does not parse": ("promql", lambda b: target(b).update(expr="sum(rate(x[5m])")),
    "a range where a vector belongs": ("promql", lambda b: target(b).update(expr="sum(up[5m])")),
    "an annotation's PromQL": ("promql", lambda b: b["annotations"]["list"][0].update(expr="ALERTS{")),
    "missing data is a zero": ("no-value", lambda b: defaults(b, "stat").update(noValue="0")),
    "missing data is green": ("missing", lambda b: defaults(b, "stat")["mappings"].pop()),
    "a missing state in a table is green": (
        "missing",
        lambda b: first(b, "table")["fieldConfig"]["overrides"][0]["properties"][2]["value"].pop(),
    ),
    "a null": ("null", lambda b: first(b, "stat").update(timeFrom=None)),
    "a legend asks for a label that is gone": (
        "legend",
        lambda b: target(b).update(expr="max by (slo) (up)", legendFormat="{{region}}"),
    ),
    "a column that no query gives": (
        "column",
        lambda b: first(b, "table")["transformations"][1]["options"]["indexByName"].update(regoin=9),
    ),
    "a column is set up under a wrong name": (
        "column",
        lambda b: first(b, "table")["fieldConfig"]["overrides"][0]["matcher"].update(options="Stat"),
    ),
}


@pytest.mark.parametrize("board", [BOARD, FLEET], ids=["service", "overview"])
def test_a_good_dashboard_has_no_fault(board: Json) -> None:
    assert lint(board) == []
    assert type_faults(board) == []


@pytest.mark.parametrize("name", AGAINST_THE_TYPES)
def test_the_published_types_find(name: str) -> None:
    board = copy.deepcopy(BOARD)
    AGAINST_THE_TYPES[name](board)
    assert type_faults(board), name


@pytest.mark.parametrize("name", AGAINST_THE_MEANING)
def test_the_linter_finds(name: str) -> None:
    code, fault = AGAINST_THE_MEANING[name]
    board = copy.deepcopy(BOARD)
    fault(board)
    assert code in {found.split(":")[0] for found in lint(board)}, name
