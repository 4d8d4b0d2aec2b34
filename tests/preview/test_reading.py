"""What a preview reads out of a dashboard before it asks anybody: numbers, variables, times, colours and tables."""

import math
from collections.abc import Mapping
from typing import Any

import pytest

from relrails.preview.answers import Answer, Series, answer
from relrails.preview.board import Board, Panel, Query
from relrails.preview.clock import Span, seconds, written
from relrails.preview.display import Display
from relrails.preview.fields import Filled, name_of, rows
from relrails.preview.numbers import text
from relrails.preview.variables import Scope, UnknownVariableError, Variable, choose, variables

Json = dict[str, Any]

HOUR = Span(start=7200, end=10_800, scrape=15)


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        (15, "suffix:×", 1, "15.0×"),
        (0.9995, "percentunit", 2, "99.95%"),
        (0.5, "percentunit", None, "50%"),
        (12.5, "percent", 1, "12.5%"),
        (0.25, "s", None, "250 ms"),
        (0, "s", 0, "0 s"),
        (1482, "s", 1, "24.7 min"),
        (86_400, "s", None, "1 day"),
        (172_800, "s", 1, "2.0 days"),
        (-90, "s", 1, "-1.5 min"),
        (3, "ms", None, "3 ms"),
        (3_700, "dtdurations", None, "1h 1m"),
        (30, "suffix: d", None, "30 d"),
        (1234, "short", 1, "1.2 K"),
        (2_500_000, "short", None, "2.50 Mil"),
        (14.3, "ops", 1, "14.3 ops/s"),
        (5 * 1024**3, "bytes", 0, "5 GiB"),
        (5_000_000, "decbytes", None, "5 MB"),
        (12.5, "currencyUSD", 2, "$12.50"),
        (-0.0001, "none", 1, "0.0"),
        (7, "furlongs", None, "7 furlongs"),
        (math.inf, "s", None, "∞"),
        (math.nan, "s", None, "NaN"),
    ],
)
def test_a_number_is_written_in_the_unit_of_its_panel(
    value: float, unit: str, decimals: int | None, shown: str
) -> None:
    assert text(value, unit, decimals) == shown


def variable(name: str, *chosen: str, every: str | None = None, several: bool = True, **more: Any) -> Variable:
    given: Json = {"title": name, "kind": "query", "of": None, "label": None, **more}
    return Variable(name=name, every=every, several=several, chosen=chosen, **given)


def put(expr: str, *of: Variable) -> str:
    return Scope(variables={v.name: v for v in of}, span=HOUR, step=30).query(expr)


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("rate(x[$__rate_interval])", "rate(x[1m])"),
        ("rate(x[$__interval])", "rate(x[30s])"),
        ("avg_over_time(x[$__range])", "avg_over_time(x[3600s])"),
        ("x * $__range_s + ${__interval_ms}", "x * 3600 + 30000"),
        ('x{env=~"$env"}', 'x{env=~"(a|b\\\\.c)"}'),
        ('x{env=~"${env:regex}"}', 'x{env=~"(a|b\\.c)"}'),
        ('x{env=~"${env:pipe}"}', 'x{env=~"a|b.c"}'),
        ('x{env=~"[[env]]"}', 'x{env=~"(a|b\\\\.c)"}'),
        ('x{job="$job"}', 'x{job="j+1"}'),
        ('x{zone=~"$zone"}', 'x{zone=~".*"}'),
        ('label_replace(x, "a", "$1", "b", "(.*)")', 'label_replace(x, "a", "$1", "b", "(.*)")'),
        ("$unknown", "$unknown"),
    ],
)
def test_variables_are_put_in_as_grafana_does_it(expr: str, expected: str) -> None:
    given = (variable("env", "a", "b.c"), variable("job", "j+1", several=False), variable("zone", every=".*"))
    assert put(expr, *given) == expected


def test_all_values_of_a_variable_without_an_expression_for_them_are_listed() -> None:
    assert put('x{a=~"$a"}', variable("a", values=("p", "q"))) == 'x{a=~"(p|q)"}'


def test_a_variable_is_chosen_by_its_name_or_by_its_label() -> None:
    listed = variables(
        {
            "templating": {
                "list": [
                    {
                        "name": "environment",
                        "type": "query",
                        "multi": True,
                        "includeAll": True,
                        "allValue": ".*",
                        "current": {"value": ["$__all"]},
                        "query": {"query": 'label_values(up{job="x, y"}, env)'},
                    }
                ]
            }
        }
    )
    assert (listed[0].label, listed[0].of, listed[0].chosen) == ("env", 'up{job="x, y"}', ())
    for name in ("environment", "env"):
        assert choose(listed, {name: ["staging"]})[0].chosen == ("staging",)
    with pytest.raises(UnknownVariableError, match="'region', only env, environment"):
        choose(listed, {"region": ["eu"]})


def test_a_step_is_never_shorter_than_a_scrape_and_never_gives_more_points_than_pixels() -> None:
    assert HOUR.step(700, None) == 15
    assert HOUR.step(100, None) == 60
    assert HOUR.step(100, "1d") == 86_400
    assert HOUR.of("30d").step(700, None) == 7200
    assert HOUR.of("30d").end == HOUR.end


def test_a_chart_drawn_a_moment_later_has_the_same_points() -> None:
    one, other = (Span(start=s, end=s + 3600, scrape=15).aligned(60) for s in (7210, 7230))
    assert one == other


@pytest.mark.parametrize(("given", "length"), [("1h30m", 5400), ("30d", 2_592_000), ("15s", 15)])
def test_durations_are_read(given: str, length: float) -> None:
    assert seconds(given) == length
    assert seconds(written(length)) == length


@pytest.mark.parametrize("given", ["", "1", "h", "1h-", "1x", "now-1h"])
def test_what_is_no_duration_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        seconds(given)


def panel(kind: str = "stat", **more: Any) -> Panel:
    return Panel({"type": kind, "title": "T", **more})


def display(**defaults: Any) -> Display:
    return Display.of(panel(fieldConfig={"defaults": defaults, "overrides": []}), "a")


STEPS = {"steps": [{"color": "green", "value": None}, {"color": "red", "value": 6}]}


def test_a_value_has_the_colour_of_its_threshold_from_the_threshold_on() -> None:
    shown = display(thresholds=STEPS, unit="suffix:×")
    assert shown.show(5.99).color == shown.show(0).color != shown.show(6).color
    assert display(thresholds=STEPS, color={"mode": "fixed", "fixedColor": "blue"}).show(9).color == "#2f6fd0"


def test_a_mapping_comes_before_the_number_and_missing_is_no_zero() -> None:
    words = [
        {"type": "value", "options": {"0": {"text": "OK", "color": "green"}}},
        {"type": "range", "options": {"from": 10, "to": None, "result": {"text": "many"}}},
        {"type": "special", "options": {"match": "null+nan", "result": {"text": "no data", "color": "#73757d"}}},
    ]
    shown = display(mappings=words, thresholds=STEPS)
    assert [shown.show(v).text for v in (0.0, 5.0, 11.0, math.nan, None)] == ["OK", "5", "many", "no data", "no data"]
    assert shown.show(None).color == "#73757d"
    assert display(noValue="nothing").show(None).text == "nothing"


def test_overrides_take_fields_by_name_pattern_and_query() -> None:
    def over(by: str, what: str) -> Json:
        return {"matcher": {"id": by, "options": what}, "properties": [{"id": "unit", "value": "s"}]}

    for by, what, taken, left in (
        ("byName", "a", "a", "ab"),
        ("byRegexp", "a.*", "ab", "ba"),
        ("byRegexp", "/a/", "ba", "b"),
    ):
        of = panel(fieldConfig={"defaults": {}, "overrides": [over(by, what)]})
        assert Display.of(of, taken).unit == "s", by
        assert Display.of(of, left).unit is None, by
    of = panel(fieldConfig={"defaults": {}, "overrides": [over("byFrameRefID", "B")]})
    assert (Display.of(of, "x", "B").unit, Display.of(of, "x", "A").unit) == ("s", None)


def test_a_series_is_named_by_its_legend() -> None:
    labels = {"__name__": "up", "job": "a", "zone": "b"}
    assert name_of("{{job}} in {{ zone }} {{env}}", labels, "up") == "a in b"
    assert name_of("__auto", labels, "up") == 'up{job="a", zone="b"}'
    assert name_of("", {}, "sum(\n up)") == "sum( up)"


def query(ref: str, form: str = "table") -> Query:
    return Query(ref=ref, expr="x", legend="", instant=True, form=form, exemplars=False)


def table(answers: Mapping[str, dict[tuple[tuple[str, str], ...], float]], **more: Any) -> Filled:
    return Filled(
        panel=panel("table", **more),
        title="T",
        queries=tuple(
            (query(ref), "x", Answer(tuple(Series(dict(labels), (9.0,), (value,)) for labels, value in found.items())))
            for ref, found in answers.items()
        ),
        span=HOUR,
        step=15,
    )


def test_tables_are_joined_renamed_hidden_and_sorted() -> None:
    one, two = (("slo", "one"),), (("slo", "two"),)
    of = table(
        {"A": {one: 1.0, (*two, ("board", "b")): 2.0}, "B": {two: 7.0}},
        transformations=[
            {"id": "merge", "options": {}},
            {
                "id": "organize",
                "options": {
                    "excludeByName": {"Time": True},
                    "indexByName": {"slo": 0, "Value #B": 1, "Value #A": 2},
                    "renameByName": {"slo": "SLO", "Value #A": "Left", "Value #B": "Right"},
                },
            },
        ],
        options={"sortBy": [{"displayName": "Left", "desc": True}]},
    )
    assert rows(of) == (
        ["SLO", "Right", "Left", "board"],
        [{"SLO": "two", "Right": 7.0, "Left": 2.0, "board": "b"}, {"SLO": "one", "Left": 1.0}],
    )


def test_missing_points_are_a_gap_and_nan_is_one_too() -> None:
    from relrails.live.panels import Data, Failed

    matrix = {"resultType": "matrix", "result": [{"metric": {}, "values": [[0, "1"], [60, "NaN"], [300, "2"]]}]}
    (series,) = answer(Data(matrix), 60).series
    assert list(series.times) == [0, 60, 120, 300]
    assert [math.isnan(v) for v in series.values] == [False, True, True, False]
    assert answer(Failed("it is away")).trouble == "it is away"
    assert "cannot be read" in (answer(Data({"result": 7})).trouble or "")


def test_panels_stand_below_their_heading_also_when_it_is_folded() -> None:
    folded = {"type": "row", "title": "R2", "gridPos": {"y": 9}, "panels": [{"type": "text", "title": "in"}]}
    board = Board(
        {
            "panels": [
                folded,
                {"type": "stat", "title": "b", "gridPos": {"x": 12, "y": 1}},
                {"type": "stat", "title": "a", "gridPos": {"x": 0, "y": 1}},
                {"type": "row", "title": "R1", "gridPos": {"y": 0}},
            ]
        }
    )
    found = [(section.title, [p.title for p in section.panels]) for section in board.sections]
    assert found == [("R1", ["a", "b"]), ("R2", ["in"])]
