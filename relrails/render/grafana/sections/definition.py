"""What exactly is promised, and by whom? The words and the two queries of an SLO."""

from collections.abc import Iterator

from relrails.promql import Expr, number, pretty, product, sum_by
from relrails.render.grafana.markdown import code_block, link, words
from relrails.render.grafana.panels import Panel, Text
from relrails.render.grafana.view import View
from relrails.rules import names
from relrails.rules.annotations import percent_text
from relrails.rules.records import base_window
from relrails.units import plain


def definition(view: View) -> Iterator[Panel]:
    """Give the promise in words, and how good and bad are counted."""
    base = base_window(view.service, view.slo)
    none = product(number(0), sum_by(names.series_of(view.service, view.slo, names.TOTAL), *view.slo.by))
    lines = [
        f"**{words(view.slo.description)}**",
        "",
        f"* Objective: {percent_text(view.goal)} over any {view.window}; that allows {_outage(view)} of full "
        f"outage, or {percent_text(view.budget)} of bad {view.events}.",
        f"* Owner: {words(view.service.owner)}. {link('Runbook', view.service.runbook)}",
        "",
        f"All {view.events}, per second:",
        "",
        _query(view.slo.sli.total_rate(base, view.slo.by)),
        "",
        "Bad ones:",
        "",
        _query(view.slo.sli.bad_rate(base, view.slo.by, none)),
    ]
    yield Text(key="definition", title="Definition", content="\n".join(lines), height=10)


def _outage(view: View) -> str:
    minutes = view.budget * view.seconds / 60
    number_, unit = (minutes, "minutes") if minutes < 120 else (minutes / 60, "hours")
    return f"{format(plain(round(number_, 1)), 'f')} {unit}"


def _query(expr: Expr) -> str:
    return code_block(pretty(expr), "promql")
