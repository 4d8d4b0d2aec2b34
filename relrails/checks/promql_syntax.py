"""PromQL that Prometheus does not understand.

The writer's own PromQL is read by Prometheus' grammar before anything is written; one expression that does not parse
keeps Prometheus from loading a whole file of rules.

Flagged:
    promql("sum(rate(errors_total[$window]) by (region)")

    promql('sum(rate(errors_total{job="checkout" code="500"}[$window]))')

    promql("rat(errors_total[$window])")

    promql("rate(errors_total)")

    promql('''
        sum by (region) (
          rate(errors_total{code=~"5("}[$window])
        )
    ''')
Fine:
    promql('sum by (region) (rate(errors_total{job="checkout", code=~"5.."}[$window]))')
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._expression import FUNCTIONS, filled
from relrails.checks._literal import inside
from relrails.checks._tokens import fault
from relrails.checks._use import Written
from relrails.loader.near import near
from relrails.problems import Label, Problem
from relrails.promql import check_syntax


@check("promql/syntax", waivable=False)
def syntax(written: Written) -> Iterator[Problem]:
    """Flag what the parser refuses, as near to its cause as can be found."""
    text = filled(written.promql.text)
    complaint = check_syntax(text)
    if complaint is None:
        return
    start, end = fault(text, complaint)
    said = (
        "not understood from here" if complaint.startswith("invalid") else complaint.replace("matrix", "range vector")
    )
    yield Problem(
        what=f"`{written.field}` of SLO '{written.slo.name}' is not PromQL",
        labels=(Label(inside(written.promql, start, end), said),),
        why="Prometheus refuses a rule file with one such expression, and then loads none of its rules",
        fix=_fix(complaint, text[start:end]),
    )


def _fix(complaint: str, word: str) -> str:
    if complaint.startswith("unknown function"):
        close = near(word, FUNCTIONS)
        return (
            f"write `{close}`"
            if close
            else "see the functions at https://prometheus.io/docs/prometheus/latest/querying/functions/"
        )
    if complaint.startswith("expected type matrix"):
        return f"give it a range: `{word}(...[$window])`"
    if complaint.startswith("unclosed"):
        return "close the bracket"
    if complaint.startswith("unexpected right"):
        return "leave the bracket out, or open one before it"
    if complaint.startswith("illegal regex"):
        return "close every bracket in it; RE2 has no look-around"
    if complaint.startswith("bad number") or "brackets" in complaint:
        return "a range is `[$window]`, or a number with its unit such as `[5m]`"
    if "in label matching" in complaint:
        return 'a matcher is `label="value"`, with quotes, and `=`, `!=`, `=~` or `!~`'
    if complaint.startswith("no expression"):
        return 'write an expression, for example `promql("sum(rate(jobs_total[$window]))")`'
    return "correct what the caret shows, or what stands right before it"
