"""A grouping by a label that the SLI does not have.

`by` keeps labels apart: each region, say, has its own budget. A label that the metric does not carry, or that the
writer's own PromQL has already summed away, is empty everywhere: all regions become one, under an empty name. The
labels that relrails sets itself cannot be grouped by.

Flagged:
    SLO(..., by=("service",))

    SLO(..., by=("region-name",))

    requests = metric.Counter("http_requests_total", labels=("job", "code")).where(job="checkout")
    SLO(..., by=("region",))

    SLO(..., sli=sli.Ratio(...), by=("region",))

    SLO(..., by=("region", "region"))
Fine:
    requests = metric.Counter("http_requests_total", labels=("job", "code", "region")).where(job="checkout")
    SLO(..., by=("region",))

    lost = promql('sum by (region) (rate(jobs_total{job="checkout", outcome="lost"}[$window]))')
    jobs = promql('sum without (pod) (rate(jobs_total{job="checkout"}[$window]))')
    SLO(..., by=("region",), sli=sli.Ratio(total=jobs, bad=lost))
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._expression import kept_labels
from relrails.checks._names import ALERT_LABELS
from relrails.checks._place import at, value
from relrails.checks._use import uses, written
from relrails.loader.near import near
from relrails.problems import Label, Problem
from relrails.slo import SLO

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_TARGET = ("job", "instance")  # on every series, whatever the instrumentation sets


@check("sli/label-not-in-grouping")
def label_not_in_grouping(slo: SLO) -> Iterator[Problem]:
    """Flag labels in `by` that are ours, no label at all, or not on the series."""
    for index, label in enumerate(slo.by):
        place = value(slo.source, "by", None, index)
        if (found := _refused(label, slo.by[:index])) is not None:
            yield Problem(
                what=f"SLO '{slo.name}' cannot be grouped by `{label}`",
                labels=(Label(place, found[0]),),
                why=found[1],
                fix=found[2],
            )
            continue
        yield from _absent(slo, label, Label(place, "empty on every series"))


def _refused(label: str, before: tuple[str, ...]) -> tuple[str, str, str] | None:
    if label in before:
        return "named twice", "a grouping by the same label twice is one grouping", "name it once"
    if label in ALERT_LABELS:
        why = f"every series and alert has a `{label}` that relrails sets, and one label has one value"
        return "a label that relrails sets", why, "group by a label of the metric, such as `region`"
    if label == "le" or label.startswith("__"):
        why = "buckets are added up, and names with two underscores are Prometheus' own and dropped"
        return "not a label of events", why, "group by a label of the metric, such as `region`"
    if not _LABEL.fullmatch(label):
        why = "Prometheus 2 refuses label names other than letters, digits and `_`, and with it the whole rule file"
        return "no label name", why, f"write `{re.sub(r'[^a-zA-Z0-9_]', '_', label).lstrip('0123456789') or 'region'}`"
    return None


def _absent(slo: SLO, label: str, place: Label) -> Iterator[Problem]:
    why = f'every group would be one, with `{label}=""`, and one bad {label} would hide among the good ones'
    for use in uses(slo):
        labels = use.metric.labels
        if labels is not None and label not in (*labels, *_TARGET):
            close = near(label, labels)
            yield Problem(
                what=f"SLO '{slo.name}' is grouped by `{label}`, which {use.metric.name} does not have",
                labels=(place, Label(at(use.metric, "labels"), "its labels")),
                why=why,
                fix=f"write `{close}`"
                if close
                else f"leave it out, or add `{label}` where the service is instrumented",
            )
            return
    for expression in written(slo):
        kept = kept_labels(expression.promql.text)
        if kept is not None and label not in kept:
            yield Problem(
                what=f"SLO '{slo.name}' is grouped by `{label}`, which its PromQL has summed away",
                labels=(
                    place,
                    Label(at(expression.promql, "text", 0), f"keeps {', '.join(sorted(kept)) or 'no label'}"),
                ),
                why=why,
                fix=f"keep it in the expression: `sum by ({', '.join(sorted({*kept, label}))}) (...)`",
            )
            return
