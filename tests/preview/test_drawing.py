"""What is drawn can be read again: words, numbers, colours, and what is said where there is nothing to draw."""

import math
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from grafana.lint import TYPES as RENDERED

from relrails.preview.answers import Answer, Dot, Series
from relrails.preview.board import Panel, Query
from relrails.preview.clock import Span
from relrails.preview.colors import color
from relrails.preview.draw import TYPES, Alert, draw, draw_alerts, draw_text
from relrails.preview.fields import Filled

pytest.importorskip("matplotlib", reason="the optional extra preview is not installed")

SPAN = Span(start=0, end=3600, scrape=15)
TIMES = tuple(float(at) for at in range(0, 3601, 60))
GREEN, RED = color("green") or "", color("red") or ""
STEPS = {"mode": "absolute", "steps": [{"color": "green", "value": None}, {"color": "red", "value": 6}]}


def filled(kind: str, *found: Series, trouble: str | None = None, instant: bool = False, **more: Any) -> Filled:
    defaults = {
        "thresholds": STEPS,
        "unit": "suffix:×",
        "decimals": 1,
        "noValue": "no data",
        **more.pop("defaults", {}),
    }
    panel = {"type": kind, "title": "T", "fieldConfig": {"defaults": defaults, "overrides": more.pop("overrides", [])}}
    query = Query(
        ref="A", expr="x", legend=more.pop("legend", "{{name}}"), instant=instant, form="time_series", exemplars=False
    )
    dots = more.pop("dots", ())
    return Filled(
        panel=Panel({**panel, **more}),
        title="T",
        queries=((query, "x", Answer(found, trouble, (), dots)),),
        span=SPAN,
        step=60,
    )


def series(*values: float, **labels: str) -> Series:
    return Series(labels, TIMES[-len(values) :] if len(values) < len(TIMES) else TIMES, values)


def drawn(of: Filled, width: int = 500, height: int = 240) -> str:
    return draw(of, width, height, "salt")


def words(svg: str) -> list[str]:
    root = ET.fromstring(f'<svg xmlns:xlink="http://www.w3.org/1999/xlink">{svg}</svg>')  # noqa: S314 - drawn by us a moment ago
    return ["".join(node.itertext()) for node in root.iter() if node.tag == "text"]


STEADY = series(*([15.0] * 61), name="one")


def test_every_type_that_we_render_is_drawn() -> None:
    assert RENDERED <= TYPES


@pytest.mark.parametrize("kind", sorted(TYPES - {"text", "alertlist", "row", "heatmap", "timeseries", "table"}))
def test_a_burn_rate_of_15_is_15_times_and_red_everywhere(kind: str) -> None:
    svg = drawn(filled(kind, STEADY, defaults={"max": 20, "color": {"mode": "thresholds"}}), 4000)
    assert "15.0×" in words(svg)
    assert RED in svg
    assert "1500" not in svg


def test_lines_have_their_legend_limits_and_units() -> None:
    custom = {"thresholdsStyle": {"mode": "dashed"}}
    legend = {"showLegend": True, "displayMode": "table", "calcs": ["lastNotNull", "max"]}
    svg = drawn(
        filled(
            "timeseries",
            STEADY,
            series(*range(61), name="two"),
            defaults={"custom": custom},
            options={"legend": legend},
        )
    )
    assert {"one", "two", "Last", "Max", "60.0×", "15.0×"} <= set(words(svg))
    assert {"20×", "40×"} <= set(words(svg)), "the marks of the axis"
    assert re.search(rf"stroke-dasharray[^\"]*; stroke: {RED}|stroke: {RED}[^\"]*stroke-dasharray", svg)


def test_a_gap_stays_a_gap_and_a_lonely_point_is_a_dot() -> None:
    values = [1.0] * 61
    whole = drawn(filled("timeseries", series(*values, name="a")))
    values[30] = math.nan
    gap = drawn(filled("timeseries", series(*values, name="a")))
    assert max(path.count("M ") for path in re.findall(r' d="([^"]*)"', whole)) == 1
    assert max(path.count("M ") for path in re.findall(r' d="([^"]*)"', gap)) == 2
    values[29] = values[31] = math.nan
    values[30] = 1.0
    assert drawn(filled("timeseries", series(*values, name="a"))).count("<use") > gap.count("<use")


def test_a_stack_adds_up_and_bars_are_bars() -> None:
    stacked = {"custom": {"stacking": {"mode": "normal"}, "fillOpacity": 40}}
    svg = drawn(
        filled("timeseries", series(*([4.0] * 61), name="a"), series(*([4.0] * 61), name="b"), defaults=stacked)
    )
    assert "8×" in words(svg)
    assert "8×" not in words(drawn(filled("timeseries", series(*([4.0] * 61), name="a"))))
    bars = drawn(filled("timeseries", series(1.0, 2.0, name="a"), defaults={"custom": {"drawStyle": "bars"}}))
    assert bars != drawn(filled("timeseries", series(1.0, 2.0, name="a")))


def test_the_axis_of_values_is_as_the_panel_says() -> None:
    limits = {"min": 0.99, "max": 1, "unit": "percentunit", "decimals": None}
    svg = drawn(filled("timeseries", series(*([0.9995] * 61), name="a"), defaults=limits))
    marks = [w for w in words(svg) if w.endswith("%")]
    assert marks[0] == "99.0%"
    assert marks[-1] == "100.0%"
    assert len(set(marks)) == len(marks), "marks that cannot be told apart"
    log = {"custom": {"scaleDistribution": {"type": "log", "log": 10}}, "unit": "s"}
    assert {"1 s", "10 s"} <= set(words(drawn(filled("timeseries", series(0.5, 20.0, name="a"), defaults=log))))


@pytest.mark.parametrize(
    ("unit", "most", "marks"),
    [
        ("s", 1200, {"5 min", "10 min", "20 min"}),
        ("s", 86_000, {"5 hours", "10 hours", "20 hours"}),
        ("ms", 900, {"200 ms", "800 ms"}),
        ("bytes", 5 * 1024**3, {"1 GiB", "2 GiB", "5 GiB"}),
        ("Bps", 50_000, {"10 kB/s", "50 kB/s"}),
    ],
)
def test_marks_are_round_in_the_unit_in_which_they_are_written(unit: str, most: float, marks: set[str]) -> None:
    svg = drawn(filled("timeseries", series(*([1.0] * 61), name="a"), defaults={"min": 0, "max": most, "unit": unit}))
    assert marks <= set(words(svg))


def test_marks_of_time_have_no_endless_decimals() -> None:
    defaults = {"min": 0, "max": 130, "unit": "s"}
    svg = drawn(filled("timeseries", series(*([60.0] * 61), name="a"), defaults=defaults))
    assert all(len(word.split()[0]) <= 4 for word in words(svg) if word.endswith("min")), words(svg)


def test_exemplars_are_dots() -> None:
    dots = tuple(Dot(at, 3.0, {"trace_id": "1"}) for at in (600.0, 1200.0))
    outside = (Dot(-600.0, 3.0, {}),)
    count = [drawn(filled("timeseries", STEADY, dots=d)).count("<use") for d in ((), dots, outside)]
    assert count[1] == count[0] + 2
    assert count[2] == count[0]


def test_states_are_merged_into_spans_with_their_words() -> None:
    states = [
        {"type": "value", "options": {"0": {"text": "OK", "color": "green"}}},
        {"type": "value", "options": {"2": {"text": "FIRING", "color": "red"}}},
    ]
    values = [0.0] * 30 + [2.0] * 31
    svg = drawn(
        filled(
            "state-timeline",
            series(*values, name="lane"),
            defaults={"mappings": states},
            options={"legend": {"showLegend": True}},
        )
    )
    assert words(svg).count("FIRING") == 2, "once in the lane and once in the legend"
    assert "lane" in words(svg)


def test_a_histogram_loses_what_its_lower_buckets_counted() -> None:
    buckets = [series(*([count] * 61), le=le) for le, count in (("0.1", 5.0), ("1", 5.0), ("+Inf", 9.0))]
    svg = drawn(filled("heatmap", *buckets, options={"yAxis": {"unit": "s"}, "filterValues": {"le": 1e-9}}))
    assert {"100 ms", "1 s", "+Inf", "darkest: 5"} <= set(words(svg))
    cells = len(re.findall(r"<path", svg))
    full = [series(*([count] * 61), le=le) for le, count in (("0.1", 5.0), ("1", 7.0), ("+Inf", 9.0))]
    assert len(re.findall(r"<path", drawn(filled("heatmap", *full)))) > cells, "an empty bucket is not drawn"


def test_values_are_put_into_buckets() -> None:
    svg = drawn(
        filled("heatmap", series(*range(61), name="a"), options={"calculate": True, "yAxis": {"unit": "suffix:×"}})
    )
    assert {"0×", "20×", "60×"} <= set(words(svg))


def test_a_native_histogram_is_said_not_to_be_drawn() -> None:
    assert any("native" in w for w in words(drawn(filled("heatmap", STEADY))))


def test_a_table_shows_each_column_in_its_own_unit_and_as_many_rows_as_fit() -> None:
    overrides = [
        {
            "matcher": {"id": "byName", "options": "Value"},
            "properties": [{"id": "custom.cellOptions", "value": {"type": "color-background"}}],
        }
    ]
    found = [series(float(n), name=f"row{n}") for n in range(30)]
    svg = drawn(filled("table", *found, legend="", overrides=overrides, instant=True))
    assert {"name", "Value", "row0", "7.0×"} <= set(words(svg))
    assert RED in svg
    assert [w for w in words(svg) if re.fullmatch(r"… and \d+ more rows", w)]


@pytest.mark.parametrize("kind", sorted(TYPES - {"text", "alertlist", "row"}))
def test_nothing_is_never_drawn_as_an_empty_chart(kind: str) -> None:
    assert words(drawn(filled(kind))) == ["no data"]
    assert words(drawn(filled(kind, series(*([math.nan] * 61), name="a", le="1")))) == ["no data: every value is NaN"]
    failed = drawn(filled(kind, trouble="the server cannot be reached"))
    assert words(failed) == ["the server cannot be reached"]
    assert "#c4162a" in failed


def test_a_half_answered_panel_shows_its_half_and_says_the_rest() -> None:
    of = filled("timeseries", STEADY)
    (query, expr, _), broken = of.queries[0], Answer(trouble="parse error")
    other = Query(ref="B", expr="y", legend="b", instant=False, form="time_series", exemplars=False)
    both = Filled(
        panel=of.panel, title="T", queries=((query, expr, of.queries[0][2]), (other, "y", broken)), span=SPAN, step=60
    )
    assert {"B: parse error", "one"} <= set(words(drawn(both)))


def test_an_unknown_type_says_so() -> None:
    assert words(drawn(filled("piechart", STEADY))) == ["a panel of type piechart is not drawn here"]


def test_words_of_others_stay_words() -> None:
    evil = "$x^2$ <script>alert(1)</script> & \"'"
    svg = drawn(filled("stat", series(1.0, name=evil), options={"textMode": "value_and_name"}), 900)
    assert evil in words(svg)
    assert "<script" not in svg


def test_a_text_is_paragraphs_lists_and_code() -> None:
    text = "**Promise**\n\n* Owner: me\\_too. [Runbook](<https://r.example.com>)\n\n```promql\nsum(up)\n```"
    found = words(draw_text(text, 400, 200, "salt"))
    assert found == ["Promise", "•", "Owner: me_too. Runbook (https://r.example.com)", "sum(up)"]
    assert words(draw_text("one\n\ntwo\n\nthree", 400, 40, "salt"))[-1] == "…"


def test_alerts_are_listed_or_said_to_be_none() -> None:
    found = words(draw_alerts([Alert("Burn", "firing", "slo=a", "2h 5m")], 400, 200, "salt"))
    assert found == ["FIRING", "Burn", "2h 5m", "slo=a"]
    assert words(draw_alerts([], 400, 200, "salt")) == ["no alert is pending or fires"]
    assert words(draw_alerts("no answer in time", 400, 200, "salt")) == ["no answer in time"]


def test_the_same_data_gives_the_same_bytes() -> None:
    of = filled("timeseries", STEADY, defaults={"custom": {"fillOpacity": 20}})
    assert drawn(of) == drawn(of)
    assert not re.search(r"20\d\d-\d\d-\d\d", drawn(of))
