"""A matcher on a label that the metric does not have.

A metric that declares its `labels` lets a misspelt one be found. To Prometheus a label that is not there is an empty
one: `codee="500"` matches nothing, and `codee!="500"` matches everything.

Flagged:
    requests = metric.Counter("http_requests_total", labels=("code", "handler")).where(job="checkout")
    sli.Availability(total=requests, bad=requests.where(codee="500"))

    requests = metric.Counter("http_requests_total", labels=("code", "route", "synthetic")).where(job="checkout")
    Traffic(..., probes=requests.where(syntetic="true"))
Fine:
    requests = metric.Counter("http_requests_total", labels=("code", "handler")).where(job="checkout")
    sli.Availability(total=requests, bad=requests.where(code="500"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._use import Use
from relrails.loader.near import near
from relrails.metric import Histogram
from relrails.problems import Label, Problem

_TARGET = ("job", "instance")  # on every series, whatever the instrumentation sets


@check("metric/unknown-label")
def unknown_label(use: Use) -> Iterator[Problem]:
    """Flag labels that are not among those of the metric."""
    if use.metric.labels is None:
        return
    known = (*use.metric.labels, *_TARGET, *(("le",) if isinstance(use.metric, Histogram) else ()))
    for matcher in use.metric.matchers:
        if matcher.label not in known:
            close = near(matcher.label, use.metric.labels)
            positive = matcher.op in {"=", "=~"}
            yield Problem(
                what=f"{use.metric.name} has no label `{matcher.label}`",
                labels=(
                    Label(use.label(matcher.label, matcher.value), "matched here"),
                    Label(at(use.metric, "labels"), "its labels"),
                ),
                why=f'`{matcher.label}{matcher.op}"{matcher.value}"` would match '
                f"{'nothing, and nothing would ever be counted' if positive else 'everything'}",
                fix=f"write `{close}`" if close else f"leave it out, or add `{matcher.label}` to `labels`",
            )
