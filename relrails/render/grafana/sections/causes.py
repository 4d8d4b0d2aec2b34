"""What fails, and for whom? The raw metrics behind an SLO, and its groups side by side."""

from collections.abc import Iterator
from decimal import Decimal

from relrails.metric import Counter, Histogram
from relrails.promql import (
    Expr,
    Matcher,
    Selector,
    call,
    number,
    quotient,
    rate,
    sum_by,
)
from relrails.promql.ast import MatchOp
from relrails.render.grafana import queries
from relrails.render.grafana.field import RED, Thresholds, column
from relrails.render.grafana.panels import Heatmap, Panel, Table, TimeSeries
from relrails.render.grafana.sections import palette
from relrails.render.grafana.target import Target
from relrails.render.grafana.transform import merge, organize
from relrails.render.grafana.unit import Unit
from relrails.render.grafana.view import View
from relrails.rules import names
from relrails.rules.records import base_window
from relrails.units import Duration, exact, is_a, minutes, plain, text

MOST = 10
"""Lines on one chart of causes; more cannot be told apart."""
FEW = 3
"""Labels that fit into a title."""
PLACES = frozenset({"instance", "job", "pod", "le", "env"})
"""Labels that say where a series was scraped, not what failed."""
OPPOSITE: dict[MatchOp, MatchOp] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


def causes(view: View) -> Iterator[Panel]:
    """Give failures by their labels, latency, and the groups that have spent most; each where the SLI has it."""
    failures = bad_series(view)
    if failures is not None:
        yield _failures(view, *failures)
    for histogram in histograms(view):
        yield _quantiles(view, histogram)
        yield _latency(view, histogram)
    if view.slo.by:
        yield _groups(view)


def bad_series(view: View) -> tuple[Selector, tuple[str, ...]] | None:
    """Find the counter of bad events and the labels that tell them apart; None where there is no such counter."""
    total, bad, good = (getattr(view.slo.sli, part, None) for part in ("total", "bad", "good"))
    if isinstance(bad, Counter):
        chosen, telling = bad.selector, bad
    elif isinstance(total, Counter) and isinstance(good, Counter) and total.name == good.name:
        only = [m for m in good.matchers if m not in total.matchers]
        if len(only) != 1:
            return None  # the opposite of two conditions is not one selector
        opposite = Matcher(only[0].label, OPPOSITE[only[0].op], only[0].value)
        chosen, telling = Selector(total.name, (*total.matchers, opposite)), good
    else:
        return None
    known = set(telling.labels or ()) | {m.label for m in telling.matchers if m.op != "="}
    known |= {m.label for m in chosen.matchers if m.op != "="}
    labels = tuple(sorted((known - PLACES) | set(view.slo.by)))
    return (chosen, labels) if labels else None


def histograms(view: View) -> tuple[Histogram, ...]:
    """The histograms that the SLI reads."""
    return tuple(metric for metric in view.slo.sli.metrics() if isinstance(metric, Histogram))


def _failures(view: View, bad: Selector, labels: tuple[str, ...]) -> Panel:
    failing = sum_by(rate(_here(bad), raw_window(view)), *labels)
    return TimeSeries(
        key="failures",
        title=f"Bad {view.events} by {', '.join(labels)}" if len(labels) <= FEW else f"Bad {view.events} by kind",
        description=f"The {MOST} most frequent kinds of bad {view.events} at each moment.",
        targets=[
            Target(expr=call("topk", number(MOST), failing), legend=" ".join(f"{{{{{label}}}}}" for label in labels))
        ],
        unit=Unit.PER_SECOND,
        least=0,
        legend="table",
        legend_calcs=("lastNotNull", "max"),
    )


def _quantiles(view: View, histogram: Histogram) -> Panel:
    promised = format(plain(view.goal * 100), "f")
    limit: Duration | None = getattr(view.slo.sli, "threshold", None)
    limit = limit if is_a(limit, "second") else None
    shown = [(view.goal, f"p{promised}", "A")] + [(Decimal("0.5"), "p50", "B")] * (view.goal != Decimal("0.5"))
    return TimeSeries(
        key="latency",
        title=f"Latency, p{promised}",
        description=f"Time that {promised} of 100 and half of the requests stay below"
        + ("." if limit is None else f"; the promise is {text(limit)}."),
        targets=[
            Target(
                expr=call("histogram_quantile", number(quantile), _distribution(view, histogram)),
                legend=name,
                ref=ref,
                exemplar=ref == "A",
            )
            for quantile, name, ref in shown
        ],
        unit=Unit.SECONDS,
        least=0,
        thresholds=None if limit is None else Thresholds("transparent", (exact(limit, "second"), RED)),
        threshold_style="off" if limit is None else "dashed",
    )


def _latency(view: View, histogram: Histogram) -> Panel:
    return Heatmap(
        key="latency-heatmap",
        title="Latency, how often",
        description="Requests per second in each bucket of the histogram.",
        targets=[
            Target(
                expr=_distribution(view, histogram),
                legend="" if histogram.native else "{{le}}",
                form="time_series" if histogram.native else "heatmap",
                exemplar=True,
            )
        ],
        unit=Unit.SECONDS,
    )


def _distribution(view: View, histogram: Histogram) -> Expr:
    window = raw_window(view)
    if histogram.native:
        return sum_by(rate(_here(histogram.selector), window))
    return sum_by(rate(_here(Selector(f"{histogram.name}_bucket", histogram.matchers)), window), "le")


def _groups(view: View) -> Panel:
    def at(metric: str) -> Selector:
        return view.recorded(metric)

    columns: dict[str, Expr] = {
        "Budget left": queries.smallest(queries.newest(at(names.BUDGET_REMAINING)), *view.slo.by),
        "Burn rate": queries.largest(at(names.CURRENT_BURN_RATE), *view.slo.by),
        "Share of bad": _share(view),
        "Per second": sum_by(at(names.TOTAL), *view.slo.by),
    }
    shown = {label: label for label in view.slo.by} | {f"Value #{'ABCD'[i]}": name for i, name in enumerate(columns)}
    return Table(
        key="groups",
        title=f"By {' and '.join(view.slo.by)}",
        description=f"Each has a budget of its own. The share of bad is of all bad {view.events} of the last "
        f"{view.window}.",
        targets=[
            Target(expr=expr, ref="ABCD"[index], instant=True, form="table", legend="")
            for index, expr in enumerate(columns.values())
        ],
        transformations=[merge(), organize(shown, hide=["Time"])],
        overrides=[
            column(
                "Budget left",
                unit=Unit.PERCENT_OF_ONE,
                decimals=1,
                thresholds=palette.budget_colors(view.service.error_budget),
                cell="text",
            ),
            column("Burn rate", unit=Unit.TIMES, decimals=1, thresholds=palette.burn_colors(view), cell="text"),
            column("Share of bad", unit=Unit.PERCENT_OF_ONE, decimals=1),
            column("Per second", unit=Unit.PER_SECOND, decimals=2),
        ],
        sort="Budget left",
    )


def _share(view: View) -> Expr:
    bad = queries.newest(view.recorded(names.bad_over(view.slo.window)))
    return quotient(sum_by(bad, *view.slo.by), call("scalar", sum_by(bad)))


def raw_window(view: View) -> Duration:
    """The range of rates over raw series: five minutes, or the base window of the rules where that is longer."""
    return max(5 * minutes, base_window(view.service, view.slo), key=lambda window: exact(window, "second"))


def _here(of: Selector) -> Selector:
    return Selector(of.metric, (*of.matchers, queries.ENVIRONMENT))
