"""Finds what Grafana's types cannot: faults of meaning, each of which would show a wrong or an empty panel."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import promql_parser

from grafana.quantities import MismatchError, fits, kind_of
from grafana.sdk import units as published_units
from grafana.walk import Json, parsed, queries, texts, variables_in
from relrails.render.grafana.unit import Unit

TYPES = frozenset(
    [
        "alertlist",
        "bargauge",
        "gauge",
        "heatmap",
        "row",
        "stat",
        "state-timeline",
        "status-history",
        "table",
        "text",
        "timeseries",
    ]
)
WITHOUT_QUERY = frozenset({"alertlist", "text"})
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS = 24
TITLE = 40
ALERT_LIST = frozenset(
    [
        "alertInstanceLabelFilter",
        "alertName",
        "dashboardAlerts",
        "datasource",
        "folder",
        "groupBy",
        "groupMode",
        "maxItems",
        "showInactiveAlerts",
        "showInstances",
        "sortOrder",
        "stateFilter",
        "viewMode",
    ]
)
UNITS = {value for name, value in vars(published_units).items() if name[0].isupper() and isinstance(value, str)}
OWN_UNITS = {unit.value: unit.kind for unit in Unit}
SCALE = {  # where a threshold, a least or a most of a unit can lie
    "percentunit": (-1.0, 1.0),
    "percent": (-100.0, 100.0),
    "suffix:×": (0.0, 1000.0),
    "s": (-86400.0 * 400, 86400.0 * 400),
    "ops": (0.0, 1e9),
}


def lint(dashboard: Json) -> list[str]:
    """List the faults of a dashboard, each as `code: where: what`."""
    return sorted(
        itertools.chain(
            _dashboard(dashboard),
            _grid(dashboard),
            _variables(dashboard),
            _nulls(dashboard, ()),
            *(_panel(panel) for panel in dashboard["panels"]),
        )
    )


def _dashboard(dashboard: Json) -> Iterator[str]:
    uid = dashboard.get("uid", "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", str(uid)):
        yield f"uid: {uid}: 1 to 40 of A-Z a-z 0-9 _ -"
    if dashboard.get("schemaVersion") != 42:
        yield f"schema-version: {dashboard.get('schemaVersion')}: not 42"
    for leftover in ("__inputs", "__requires", "id", "version", "rows"):
        if leftover in dashboard:
            yield f"leftover: {leftover}: does not belong in a provisioned file"
    everything = [*dashboard["panels"], *(inner for p in dashboard["panels"] for inner in p.get("panels", []))]
    ids = Counter(panel.get("id") for panel in everything)
    for number, count in ids.items():
        if count > 1 or not isinstance(number, int) or not 0 < number < 2**31:
            yield f"panel-id: {number}: {count} panels have it, or it is no positive 32-bit number"


def _grid(dashboard: Json) -> Iterator[str]:
    places = [(panel.get("title", ""), panel.get("gridPos") or {}) for panel in dashboard["panels"]]
    for title, at in places:
        if set(at) != {"x", "y", "w", "h"}:
            yield f"grid: {title}: no place"
        elif at["x"] < 0 or at["y"] < 0 or at["w"] < 1 or at["h"] < 1 or at["x"] + at["w"] > COLUMNS:
            yield f"grid: {title}: {at} leaves the {COLUMNS} columns"
    whole = [(title, at) for title, at in places if len(at) == 4]
    for (one, a), (other, b) in itertools.combinations(whole, 2):
        if (
            a["x"] < b["x"] + b["w"]
            and b["x"] < a["x"] + a["w"]
            and a["y"] < b["y"] + b["h"]
            and b["y"] < a["y"] + a["h"]
        ):
            yield f"overlap: {one}: lies over {other}"


def _variables(dashboard: Json) -> Iterator[str]:
    listed = dashboard.get("templating", {}).get("list", [])
    defined = {variable["name"] for variable in listed}
    for name in sorted(set().union(*(variables_in(text) for text in texts(dashboard))) - defined):
        yield f"variable: ${name}: is not defined"
    for variable in listed:
        if variable["type"] == "query" and variable.get("datasource") != DATASOURCE:
            yield f"datasource: variable {variable['name']}: names a data source"
    for annotation in dashboard.get("annotations", {}).get("list", []):
        if annotation.get("datasource") != DATASOURCE:
            yield f"datasource: annotation {annotation['name']}: names a data source"
    for where, expr in queries(dashboard):
        try:
            parsed(expr)
        except ValueError as error:
            yield f"promql: {where}: {error}"


def _nulls(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if inner is None and not (name == "value" and path[-2:] == ("steps", "0")):
                yield f"null: {'.'.join((*path, name))}: says nothing"
            yield from _nulls(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _nulls(inner, (*path, str(index)))


def _panel(panel: Json) -> Iterator[str]:
    kind, title = panel.get("type"), panel.get("title") or "(untitled)"
    if kind not in TYPES:
        yield f"panel-type: {title}: {kind} is not one that we know"
        return
    if kind == "row":
        return
    if not panel.get("title") or len(title) > TITLE:
        yield f"title: {title}: none, or too long to read in a panel's width"
    if "options" not in panel:
        yield f"options: {title}: has none"
    if kind == "alertlist":
        for option in sorted(panel.get("options", {}).keys() - ALERT_LIST):
            yield f"options: {title}: an alert list has no {option}"
    if kind not in WITHOUT_QUERY:
        yield from (f"{fault.split(':')[0]}: {title}:{fault.split(':', 1)[1]}" for fault in _data_panel(panel))


def _data_panel(panel: Json) -> Iterator[str]:
    defaults = panel["fieldConfig"]["defaults"]
    if not panel.get("description"):
        yield "description: says nothing of what it shows"
    if panel.get("datasource") != DATASOURCE:
        yield f"datasource: names {panel.get('datasource')}"
    targets = panel.get("targets", [])
    if not targets:
        yield "targets: asks nothing"
    for ref, count in Counter(target.get("refId") for target in targets).items():
        if count > 1 or not ref:
            yield f"ref-id: {ref} is used {count} times"
    for target in targets:
        if target.get("datasource", DATASOURCE) != DATASOURCE:
            yield f"datasource: query {target.get('refId')} names {target['datasource']}"
    if defaults.get("noValue") != "no data":
        yield "no-value: does not say when there is no data"
    yield from _missing(panel, defaults)
    yield from _shown(panel, defaults)
    yield from _units(panel)
    yield from _legends(panel)


def _missing(panel: Json, defaults: Json) -> Iterator[str]:
    """Where Grafana would paint a missing value in the colour of the lowest threshold, often green."""
    if panel["type"] not in {"stat", "gauge", "bargauge", "table"}:
        return
    mapped = [("the panel", defaults.get("mappings", []))]
    for override in panel["fieldConfig"]["overrides"]:
        where = str(override["matcher"]["options"])
        mapped += [(where, entry["value"]) for entry in override["properties"] if entry["id"] == "mappings"]
    for where, mappings in mapped:
        if not any(m["type"] == "special" and m["options"]["match"] == "null+nan" for m in mappings):
            yield f"missing: {where} has no colour for missing data"


def _shown(panel: Json, defaults: Json) -> Iterator[str]:
    settings = [("the panel", defaults)]
    for override in panel["fieldConfig"].get("overrides", []):
        values = {entry["id"]: entry["value"] for entry in override["properties"]}
        settings.append((str(override["matcher"]["options"]), values))
    for where, values in settings:
        unit = values.get("unit")
        if unit is not None and unit not in UNITS and not str(unit).startswith(("suffix:", "prefix:")):
            yield f"unit: {where} has {unit}, which Grafana would print as it stands"
        steps = values.get("thresholds", {}).get("steps", [])
        numbers = [step["value"] for step in steps]
        if numbers and (numbers[0] is not None or None in numbers[1:] or numbers[1:] != sorted(set(numbers[1:]))):
            yield f"thresholds: {where} has {numbers}, which do not ascend from a base"
        low, high = SCALE.get(str(unit), (float("-inf"), float("inf")))
        limits = [*numbers[1:], values.get("min"), values.get("max")]
        if any(isinstance(number, int | float) and not low <= number <= high for number in limits):
            yield f"scale: {where} has limits {limits} in {unit}"


def _units(panel: Json) -> Iterator[str]:
    of_buckets = panel["type"] == "heatmap" and not panel["options"].get("calculate")  # its unit is that of the buckets
    for target, name, values in _fields(panel):
        unit = values.get("unit") or panel["options"].get("yAxis", {}).get("unit")
        if unit is None:
            if not any(mapping["type"] == "value" for mapping in values.get("mappings", [])):
                yield f"unit: {name} has none"
            continue
        if unit not in OWN_UNITS:
            yield f"unit: {name} has {unit}, which is not one of ours"
            continue
        try:
            kind = kind_of(parsed(target["expr"]))
        except MismatchError as error:
            yield f"quantity: {name} mixes {error}"
            continue
        except ValueError:
            continue  # broken PromQL is said elsewhere
        if not of_buckets and not fits(kind, OWN_UNITS[unit]):
            yield f"quantity: {name} is a {kind}, shown in {unit}"


def _fields(panel: Json) -> Iterator[tuple[Json, str, Json]]:
    """Each query with the name and the settings of the field that it becomes."""
    defaults = panel["fieldConfig"]["defaults"]
    if panel["type"] != "table":
        for target in panel.get("targets", []):
            yield target, f"query {target.get('refId')}", defaults
        return
    renamed: Json = {}
    for step in panel.get("transformations", []):
        if step["id"] == "organize":
            renamed = step["options"]["renameByName"]
    overrides = {
        o["matcher"]["options"]: {p["id"]: p["value"] for p in o["properties"]}
        for o in panel["fieldConfig"]["overrides"]
    }
    for target in panel.get("targets", []):
        name = renamed.get(f"Value #{target['refId']}", f"Value #{target['refId']}")
        yield target, f"column {name}", overrides.get(name, {})


def _legends(panel: Json) -> Iterator[str]:
    """Placeholders that no label of the result fills, and columns that no query gives."""
    of_targets: set[str] | None = set()
    for target in panel.get("targets", []):
        try:
            kept = labels_of(parsed(target["expr"]))
        except ValueError:
            continue
        for label in re.findall(r"\{\{\s*(\w+)\s*\}\}", target.get("legendFormat", "")):
            if kept is not None and label not in kept:
                yield f"legend: {{{{{label}}}}} is no label of query {target['refId']}, which keeps {sorted(kept)}"
        of_targets = None if kept is None or of_targets is None else of_targets | kept
    if panel["type"] != "table" or of_targets is None:
        return
    values = {f"Value #{target['refId']}" for target in panel["targets"]}
    shown = set(values)
    for step in panel.get("transformations", []):
        if step["id"] == "organize":
            asked = step["options"]["indexByName"].keys() | step["options"]["excludeByName"].keys()
            for name in sorted(asked - values - of_targets - {"Time"}):
                yield f"column: {name} comes from no query"
            shown = {step["options"]["renameByName"].get(name, name) for name in values | of_targets}
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"]["id"] == "byName" and override["matcher"]["options"] not in shown:
            yield f"column: {override['matcher']['options']} is set up and never shown"


def labels_of(node: Any) -> set[str] | None:
    """The labels that a result can have; None where nothing limits them."""
    if isinstance(node, promql_parser.ParenExpr):
        return labels_of(node.expr)
    if isinstance(node, promql_parser.AggregateExpr):
        if any(name in str(node.op) for name in ("topk", "bottomk")):
            return labels_of(node.expr)
        return set(node.modifier.labels) if node.modifier is not None else set()
    if isinstance(node, promql_parser.Call):
        if node.func.name == "label_replace":
            inner = labels_of(node.args[0])
            return None if inner is None else inner | {node.args[1].val}
        vectors = [labels_of(a) for a in node.args if not isinstance(a, promql_parser.NumberLiteral)]
        return vectors[0] if node.func.name in {"sort", "sort_desc", "clamp_min", "clamp_max"} else None
    if isinstance(node, promql_parser.BinaryExpr):
        sides = [side for side in (node.lhs, node.rhs) if not isinstance(side, promql_parser.NumberLiteral)]
        kept = [labels_of(side) for side in sides]
        if any(labels is None for labels in kept):
            return None
        found = [labels for labels in kept if labels is not None]
        return set().union(*found) if "or" in str(node.op) else found[0]
    return None
