"""Counters of outcomes, played as two instances of a real exporter with decoys beside them."""

from collections.abc import Callable

from relrails.metric import Counter
from relrails.sli.traffic import INSTANCES, Phase, Series, Traffic, apart, counter, decoys, instances, labels_of, series


def _total(phase: Phase) -> int:
    return phase.total


def _bad(phase: Phase) -> int:
    return phase.bad


def _good(phase: Phase) -> int:
    return phase.total - phase.bad


def bad_series(total: Counter, bad: Counter, traffic: Traffic, labels: dict[str, str]) -> tuple[Series, ...]:
    """Series for an exporter that names the bad outcomes, in the same metric or in one of its own."""
    if total.name != bad.name:
        return _two_metrics(total, bad, _bad, traffic, labels)
    only_bad = tuple(m for m in bad.matchers if m not in total.matchers)
    return _one_metric(total, labels_of(bad.matchers), labels_of(total.matchers, only_bad), traffic, labels)


def good_series(total: Counter, good: Counter, traffic: Traffic, labels: dict[str, str]) -> tuple[Series, ...]:
    """Series for an exporter that names the good outcomes."""
    if total.name != good.name:
        return _two_metrics(total, good, _good, traffic, labels)
    only_good = tuple(m for m in good.matchers if m not in total.matchers)
    return _one_metric(total, labels_of(total.matchers, only_good), labels_of(good.matchers), traffic, labels)


def _one_metric(
    total: Counter,
    bad: tuple[dict[str, str], ...],
    good: tuple[dict[str, str], ...],
    traffic: Traffic,
    labels: dict[str, str],
) -> tuple[Series, ...]:
    if not bad or not good:
        return ()
    out: dict[str, Series] = {}
    for instance, bad_labels, good_labels in zip(INSTANCES, (bad[0], bad[-1]), (good[0], good[-1]), strict=True):
        where = {**labels, apart(total.matchers, labels): instance}
        made = [series(total.name, {**good_labels, **where}, counter(traffic, _good))]
        if not traffic.never_bad:
            made.append(series(total.name, {**bad_labels, **where}, counter(traffic, _bad)))
        outside = decoys(total.name, total.matchers, {**bad_labels, **where}, counter(traffic, _total))
        out.update({s.name: s for s in (*outside, *made)})
    return tuple(out.values())


def _two_metrics(
    total: Counter, part: Counter, pick: Callable[[Phase], int], traffic: Traffic, labels: dict[str, str]
) -> tuple[Series, ...]:
    totals, parts = instances(total.matchers, labels), instances(part.matchers, labels)
    out: dict[str, Series] = {}
    for of_total, of_part in zip(totals, parts, strict=False):
        made = [series(total.name, of_total, counter(traffic, _total))]
        if not (traffic.never_bad and pick is _bad):
            made.append(series(part.name, of_part, counter(traffic, pick)))
        outside = (
            *decoys(total.name, total.matchers, of_total, counter(traffic, _total)),
            *decoys(part.name, part.matchers, of_part, counter(traffic, _total)),
        )
        out.update({s.name: s for s in (*outside, *made)})
    return tuple(out.values())
