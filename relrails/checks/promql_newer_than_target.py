"""PromQL that Prometheus 2.42 refuses.

Rules have to load on every Prometheus from 2.42 on. Later versions have more functions and spellings; in one rule they
keep the older one from loading the whole file.

Flagged:
    promql("histogram_avg(rate(answers[$window]))")

    promql('sum(rate({"http.requests"}[$window]))')

    promql("rate(errors_total[$window]) > 1h")

    promql("limitk(3, rate(errors_total[$window]))")

    promql('rate(errors_total{code="500" or code="503"}[$window])')

    promql("rate(errors_total[$window]) + fill(0) rate(drops_total[$window])")
Fine:
    promql("histogram_count(rate(answers[$window]))")
"""

from collections.abc import Iterator, Sequence

from relrails.checks import check
from relrails.checks._expression import filled, tree
from relrails.checks._literal import inside
from relrails.checks._tokens import Token, tokens
from relrails.checks._use import Written
from relrails.problems import Label, Problem

# Refused by promtool 2.42, taken by the parser that we have: each was tried.
_NAMES = """
double_exponential_smoothing end first_over_time histogram_avg histogram_quantiles histogram_stddev histogram_stdvar
info limit_ratio limitk mad_over_time range sort_by_label sort_by_label_desc start step ts_of_first_over_time
ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time
"""
NEWER = frozenset(_NAMES.split())
_FILL = frozenset({"fill", "fill_left", "fill_right"})
_GROUPING = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})


@check("promql/newer-than-target", waivable=False)
def newer_than_target(written: Written) -> Iterator[Problem]:
    """Flag what came after 2.42, word by word."""
    if tree(written.promql.text) is None:
        return
    cut = tokens(filled(written.promql.text))
    for index, token in enumerate(cut):
        found = _newer(token, cut[:index], cut[index + 1 : index + 2])
        if found is not None:
            yield Problem(
                what=f"`{written.field}` of SLO '{written.slo.name}' needs a newer Prometheus than 2.42",
                labels=(Label(inside(written.promql, token.start, token.end), found[0]),),
                why="Prometheus 2.42 refuses the rule file, and then loads none of its rules",
                fix=found[1],
            )


def _newer(token: Token, before: Sequence[Token], after: Sequence[Token]) -> tuple[str, str] | None:
    called = bool(after) and after[0].text == "("
    last = before[-1].text if before else ""
    if token.kind == "word" and called and token.text in NEWER and last != "@":
        return "a newer function", "say it with functions of 2.42, or record it by a rule of your own where it is known"
    if token.kind == "word" and called and token.text in _FILL and before:
        return "fills gaps only in newer versions", "write `(... or 0 * other)` for the side that may be missing"
    if token.kind == "word" and token.text == "or" and token.inside.endswith("{"):
        return "matchers have no `or` yet", 'write one matcher: `code=~"500|503"`'
    if token.kind == "duration" and not token.inside.endswith("[") and last not in {"offset", "-"}:
        return "a time as a number", "write the seconds: `3600` for `1h`"
    if token.kind == "number" and (token.inside.endswith("[") or last == "offset"):
        return "a range without its unit", f"write `{token.text}s`"
    if token.kind == "string" and token.inside.endswith("{") and last in {"{", ","}:
        return "a quoted name", "read a series with letters, digits and `_` in its name"
    if token.kind == "string" and token.inside.endswith("(") and _grouped(token, before):
        return "a quoted label", "group by a label with letters, digits and `_` in its name"
    return None


def _grouped(token: Token, before: Sequence[Token]) -> bool:
    """Tell whether a token stands in the brackets after `by`."""
    depth = len(token.inside)
    opening = next((i for i in range(len(before) - 1, -1, -1) if len(before[i].inside) < depth), None)
    return opening is not None and opening > 0 and before[opening - 1].text in _GROUPING
