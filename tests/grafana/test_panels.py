"""Panels in today's models, and the small builders that they are made of."""

import re
from decimal import Decimal
from typing import Any

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafana.lint import TYPES, lint
from grafana.published_types import type_faults
from grafana.quantities import MismatchError, fits, kind_of
from grafana.sdk import units as published_units
from relrails.promql import selector
from relrails.render.grafana.dashboard import Dashboard
from relrails.render.grafana.field import (
    GREEN,
    RED,
    YELLOW,
    MissingText,
    Thresholds,
    ValueText,
    column,
    dashed_line,
    mappings_json,
)
from relrails.render.grafana.layout import Section
from relrails.render.grafana.markdown import code_block, link, words
from relrails.render.grafana.panels import (
    AlertList,
    BarGauge,
    Gauge,
    Heatmap,
    Panel,
    Stat,
    StateTimeline,
    StatusHistory,
    Table,
    Text,
    TimeSeries,
)
from relrails.render.grafana.target import Target
from relrails.render.grafana.transform import keep_columns, merge, organize, sort_by
from relrails.render.grafana.unit import Unit

Json = dict[str, Any]

ASK = [Target(expr=selector("slo:objective:ratio"), instant=True)]
SHOWN: Json = {"targets": ASK, "unit": Unit.PERCENT_OF_ONE, "description": "what it shows"}
COLORS = Thresholds(RED, (Decimal("0.999"), GREEN))

PANELS: tuple[Panel, ...] = (
    Stat(key="stat", title="Stat", thresholds=COLORS, color_mode="background", graph="area", **SHOWN),
    Gauge(key="gauge", title="Gauge", thresholds=COLORS, least=Decimal("0.99"), most=1, **SHOWN),
    BarGauge(key="bars", title="Bars", thresholds=COLORS, **SHOWN),
    TimeSeries(
        key="lines",
        title="Lines",
        threshold_style="dashed",
        soft_least=Decimal("0.99"),
        soft_most=1,
        legend="table",
        legend_calcs=("max",),
        log=10,
        stack=True,
        fill=10,
        interval="1m",
        time_from="7d",
        overrides=[dashed_line("objective", RED)],
        **SHOWN,
    ),
    TimeSeries(key="columns", title="Columns", bars=True, legend="hidden", **SHOWN),
    StateTimeline(key="states", title="States", meanings=[ValueText(value=1, text="up", color=GREEN)], **SHOWN),
    StatusHistory(key="history", title="History", page=5, interval="1d", **SHOWN),
    Heatmap(key="heat", title="Heat", calculate=True, **SHOWN),
    Text(key="text", title="Text", content="hello"),
    AlertList(key="alerts", title="Alerts", labels='{service="x"}'),
    Table(
        key="table",
        title="Table",
        targets=[Target(expr=selector("slo:objective:ratio"), instant=True, form="table", ref=ref) for ref in "AB"],
        description="what it shows",
        transformations=[
            merge(),
            organize({"slo": "SLO", "Value #A": "One", "Value #B": "Two"}, hide=["Time"]),
            sort_by("One"),
            keep_columns(".*"),
        ],
        overrides=[
            column(
                "One", unit=Unit.PERCENT_OF_ONE, decimals=1, thresholds=COLORS, cell="gauge", least=0, most=1, width=80
            ),
            column(
                "Two",
                unit=Unit.PERCENT_OF_ONE,
                cell="background",
                meanings=[ValueText(value=1, text="up", color=GREEN)],
            ),
        ],
        sort="One",
    ),
)


def board(*panels: Panel) -> Json:
    return Dashboard(
        uid="relrails-x",
        title="X",
        description="all panels",
        sections=[Section(key="s", title="S", panels=panels)],
        environments=selector("slo:objective:ratio"),
    ).to_json_data()


def only(panel: Panel) -> Json:
    found: Json = board(panel)["panels"][1]
    return found


def test_every_panel_type_is_tried_here() -> None:
    assert {panel.type for panel in PANELS} | {"row"} == TYPES


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel.key))
def test_a_panel_fits_grafanas_types_and_means_something(panel: Panel) -> None:
    assert type_faults(board(panel)) == []
    assert lint(board(panel)) == []


def test_limits_of_a_ratio_are_fractions() -> None:
    defaults = only(PANELS[1])["fieldConfig"]["defaults"]
    assert (defaults["min"], defaults["max"]) == (0.99, 1)
    assert only(PANELS[3])["fieldConfig"]["defaults"]["custom"]["axisSoftMin"] == 0.99


def test_thresholds_begin_with_a_base_and_ascend() -> None:
    assert Thresholds(RED, (0, YELLOW), (0.25, GREEN)).to_json_data()["steps"][0] == {"color": "red", "value": None}
    for wrong in ([(1, GREEN), (0, RED)], [(1, GREEN), (1, RED)]):
        with pytest.raises(ValueError, match="ascend"):
            Thresholds(RED, *wrong)


def test_a_missing_value_has_its_own_colour_on_every_tile() -> None:
    for panel in PANELS:
        if panel.type in {"stat", "gauge", "bargauge", "table"}:
            (missing,) = [m for m in only(panel)["fieldConfig"]["defaults"]["mappings"] if m["type"] == "special"]
            assert missing["options"]["result"]["text"] == "no data"
            assert missing["options"]["result"]["color"] not in {GREEN, RED, YELLOW}


def test_meanings_are_tried_in_the_order_given() -> None:
    found = mappings_json([ValueText(value=2, text="two", color=RED), MissingText()])
    assert [
        next(iter(m["options"].values()))["index"] if m["type"] == "value" else m["options"]["result"]["index"]
        for m in found
    ] == [0, 1]


def test_a_query_is_asked_once_or_over_the_range_and_never_both() -> None:
    once, often = (
        only(Stat(key="k", title="K", targets=[Target(expr=selector("up"), instant=instant)]))["targets"][0]
        for instant in (True, False)
    )
    assert (once.get("instant"), once.get("range")) == (True, None)
    assert (often.get("instant"), often.get("range")) == (None, True)


def test_every_unit_is_one_that_grafana_knows() -> None:
    known = {value for name, value in vars(published_units).items() if name[0].isupper() and isinstance(value, str)}
    assert {u.value for u in Unit if not u.value.startswith("suffix:")} <= known


def test_a_uid_that_grafana_would_drop_in_silence_is_refused() -> None:
    for uid in ("u" * 41, "a.b", ""):
        with pytest.raises(ValueError, match="no dashboard uid"):
            Dashboard(uid=uid, title="x", description="", sections=(), environments=selector("up")).to_json_data()


@pytest.mark.parametrize(
    ("expr", "kind"),
    [
        ("slo:objective:ratio", "ratio"),
        ("1 - slo:sli_error:ratio_rate30d", "ratio"),
        ("slo:sli_error:ratio_rate1h / 0.001", "multiple"),
        ("slo:sli_error:ratio_rate1h / slo:error_budget:ratio", "multiple"),
        ("slo:sli_bad:rate / slo:sli_total:rate", "ratio"),
        ("slo:period_error_budget_remaining:ratio * 2592", "time"),
        ("slo:period_burn_rate:ratio * slo:error_budget:ratio", "ratio"),
        ("sum(rate(http_requests_total[5m]))", "rate"),
        ("count(up)", "number"),
        ("histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))", "time"),
        ("slo:time_period:days", "days"),
        ("avg_over_time(probe_success[1h])", "ratio"),
        ("time() - relrails_probe_last_run_timestamp_seconds", "time"),
    ],
)
def test_the_kind_of_a_query_is_told(expr: str, kind: str) -> None:
    assert kind_of(promql_parser.parse(expr)) == kind
    assert fits(kind, kind)
    assert not fits(kind, "information")


def test_kinds_that_do_not_add_up_are_told() -> None:
    with pytest.raises(MismatchError):
        kind_of(promql_parser.parse("slo:objective:ratio + slo:sli_total:rate"))


@given(st.text())
def test_words_stay_one_line_without_markup(text: str) -> None:
    assert "\n" not in words(text)
    assert "$" not in words(text)
    assert not re.search(r"(?<!\\)(\\\\)*[*_`<\[]", words(text))


@given(st.text())
def test_no_text_ends_its_code_block(text: str) -> None:
    lines = code_block(text).split("\n")
    assert lines[0] == lines[-1]
    assert not [line for line in lines[1:-1] if line.startswith(lines[0])]


def test_a_link_holds_any_address() -> None:
    assert link("a]b", "https://x/<y>?a=(1)") == r"[a\]b](<https://x/%3Cy%3E?a=(1)>)"
