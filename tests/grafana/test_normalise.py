"""The normaliser takes what grafanalib, Grafana's SDK or a plain dict gives, and leaves what Grafana 13 reads."""

import copy
import itertools
import json
from decimal import Decimal
from typing import Any

import pytest
from grafanalib import core as grafanalib
from hypothesis import given
from hypothesis import strategies as st

from grafana.published_types import type_faults
from grafana.sdk import dashboard_builder, prometheus_builder, timeseries_builder
from relrails.files import json_text
from relrails.render.grafana import normalise as module
from relrails.render.grafana.normalise import normalise

Json = dict[str, Any]


PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}


def at(x: int, y: int, w: int, h: int) -> grafanalib.GridPos:
    return grafanalib.GridPos(h=h, w=w, x=x, y=y)


def stale() -> grafanalib.Dashboard:
    """What grafanalib gives for the panels that are still read."""
    target = [grafanalib.Target(expr="up", refId="A", datasource=PROMETHEUS)]
    steps = [grafanalib.Threshold("green", 0, 0.0), grafanalib.Threshold("red", 1, 80.0)]
    common: Json = {"targets": target, "dataSource": PROMETHEUS}
    return grafanalib.Dashboard(
        title="stale",
        uid="stale",
        panels=[
            grafanalib.RowPanel(title="row", gridPos=at(0, 0, 24, 1)),
            grafanalib.Stat(title="stat", gridPos=at(0, 1, 4, 4), thresholds=steps, **common),
            grafanalib.Stat(title="stat", gridPos=at(4, 1, 4, 4), **common),
            grafanalib.TimeSeries(title="lines", gridPos=at(0, 5, 12, 8), thresholds=steps, **common),
            grafanalib.StateTimeline(title="states", gridPos=at(12, 5, 12, 8), thresholds=steps, **common),
            grafanalib.Text(title="words", gridPos=at(0, 13, 24, 4), content="hello"),
        ],
        templating=grafanalib.Templating(
            list=[
                grafanalib.Template(name="datasource", query="prometheus", type="datasource", default="Prometheus"),
                grafanalib.Template(name="job", query="label_values(up, job)", dataSource=PROMETHEUS),
            ]
        ),
    )


def all_keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | set().union(*(all_keys(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(all_keys(inner) for inner in value))
    return set()


def test_what_grafanalib_leaves_behind_is_gone() -> None:
    board = normalise(stale())
    legacy = {"hideControls", "rows", "style", "sharedCrosshair", "__inputs", "version", "gnetId", "useTags", "span"}
    legacy |= {"intervalFactor", "step", "metric", "yaxis", "editable_panel", "maxDataPoints", "cacheTimeout"}
    assert not legacy & all_keys(board)
    assert board["schemaVersion"] == 42
    assert "current" not in board["templating"]["list"][0], "a name where a uid belongs"


def test_grafanalib_panels_fit_the_published_types_afterwards() -> None:
    assert type_faults(normalise(stale())) == []


def test_the_base_threshold_is_null_and_its_old_keys_are_gone() -> None:
    stat = normalise(stale())["panels"][1]
    assert stat["fieldConfig"]["defaults"]["thresholds"]["steps"] == [
        {"color": "green", "value": None},
        {"color": "red", "value": 80},
    ]
    empty = normalise(stale())["panels"][2]
    assert "thresholds" not in empty["fieldConfig"]["defaults"], "grafanalib's default is an empty text"


def test_only_nulls_that_mean_something_stay() -> None:
    mapping = {"type": "range", "options": {"from": None, "to": 5, "result": {"text": "low", "color": None}}}
    panel = {"type": "stat", "timeFrom": None, "fieldConfig": {"defaults": {"mappings": [mapping], "unit": None}}}
    kept = normalise({"uid": "x", "panels": [panel]})["panels"][0]["fieldConfig"]["defaults"]
    assert kept == {"mappings": [{"type": "range", "options": {"from": None, "to": 5, "result": {"text": "low"}}}]}


def test_numbers_are_written_exactly() -> None:
    def one(value: object) -> object:
        return normalise({"uid": "x", "panels": [{"type": "stat", "options": {"n": value}}]})["panels"][0]["options"][
            "n"
        ]

    assert [repr(one(v)) for v in (Decimal("0.999"), Decimal("1.0"), 1.0, 0.1)] == ["0.999", "1", "1", "0.1"]
    for bad in (float("nan"), float("inf"), Decimal("NaN")):
        with pytest.raises(ValueError, match="no form in JSON"):
            one(bad)


def test_what_grafanas_own_sdk_builds_is_taken_too() -> None:
    query = prometheus_builder.Dataquery().expr("up").ref_id("A")
    panel = timeseries_builder.Panel().title("lines").unit("s").with_target(query)
    built = dashboard_builder.Dashboard("sdk").uid("sdk").with_panel(panel).build()
    board = normalise(built)
    assert [p["title"] for p in board["panels"]] == ["lines"]
    assert board["panels"][0]["targets"][0]["expr"] == "up"
    assert type_faults(board) == []


def test_dicts_grafanalib_and_the_sdk_can_be_mixed() -> None:
    parts = [
        {"type": "text", "title": "a", "options": {}},
        grafanalib.Text(title="b"),
        timeseries_builder.Panel().title("c").build(),
    ]
    assert [p["title"] for p in normalise({"uid": "mixed", "panels": parts})["panels"]] == ["a", "b", "c"]


def test_an_inserted_panel_renumbers_nothing() -> None:
    titles = [f"panel {n}" for n in range(20)]

    def ids(of: list[str]) -> dict[str, int]:
        panels = [{"type": "stat", "title": title} for title in of]
        return {p["title"]: p["id"] for p in normalise({"uid": "x", "panels": panels})["panels"]}

    before, after = ids(titles), ids([*titles[:1], "new", *titles[1:]])
    assert before.items() <= after.items()
    assert len(set(after.values())) == 21


def test_two_panels_with_one_key_are_refused() -> None:
    panels = [{"type": "stat", "key": "a"}, {"type": "gauge", "key": "a"}]
    with pytest.raises(ValueError, match="have the key 'a'"):
        normalise({"uid": "x", "panels": panels})


def test_ids_that_collide_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ID_SPACE", 40)
    panels = [{"type": "stat", "title": str(n)} for n in range(30)]
    assert len({p["id"] for p in normalise({"uid": "x", "panels": panels})["panels"]}) == 30


def test_ids_stay_within_what_grafana_holds() -> None:
    board = normalise({"uid": "x", "panels": [{"type": "stat", "title": str(n)} for n in range(500)]})
    assert all(0 < p["id"] < 2**31 for p in board["panels"])


scalars = (
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)
panels_strategy = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["stat", "table", "row"]), "title": st.text(max_size=5)},
        optional={"options": st.dictionaries(st.text(min_size=1), json_values, max_size=3), "span": st.integers()},
    ),
    max_size=6,
)


@given(panels_strategy)
def test_normalising_twice_is_normalising_once(panels: list[Json]) -> None:
    once = normalise({"uid": "x", "panels": panels})
    assert normalise(copy.deepcopy(once)) == once


@given(panels_strategy)
def test_the_input_is_left_as_it_was(panels: list[Json]) -> None:
    board: Json = {"uid": "x", "panels": panels, "version": 3}
    before = copy.deepcopy(board)
    normalise(board)
    assert board == before


@given(panels_strategy)
def test_keys_come_out_sorted_and_without_null(panels: list[Json]) -> None:
    def check(value: Any) -> None:
        if isinstance(value, dict):
            assert all(a < b for a, b in itertools.pairwise(value))
            assert None not in value.values()
            for inner in value.values():
                check(inner)

    written = json.loads(json_text(normalise({"uid": "x", "panels": panels})))
    check({k: v for k, v in written.items() if k != "panels"})
    for panel in written["panels"]:
        check(panel)
