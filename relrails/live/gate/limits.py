"""The budgets that are enforced: what is used of each, and how much may be."""

from collections.abc import Iterator

from relrails.judge.canary.reason import Code
from relrails.judge.gate import LimitFacts, Missing, Reading
from relrails.live.gate.recorded import FRESH_LONG
from relrails.live.prometheus import Series
from relrails.live.prometheus.results import Stale, fresh
from relrails.rules import names
from relrails.service import Service


def limits(service: Service, found: tuple[Series, ...], at: float) -> Iterator[LimitFacts]:
    """Give each aspect of each enforced budget; one of which nothing is recorded is one that cannot be seen."""
    for budget in sorted((b for b in service.budgets if b.enforce), key=lambda b: b.name):
        own = [s for s in found if s.labels.get("budget") == budget.name and s.labels.get("service") == service.name]
        allowed = [s for s in own if s.labels.get("__name__") == names.BUDGET_LIMIT]
        if not allowed:
            missing = Missing(Code.GATE_NO_DATA, f"{names.BUDGET_LIMIT} is not recorded: are the rules loaded?")
            yield LimitFacts(name=f"budget {budget.name}", used=missing, limit=0, unit="")
        for limit in sorted(allowed, key=lambda s: s.name):
            aspect, unit = limit.labels.get("aspect", ""), limit.labels.get("unit", "")
            used = [
                s for s in own if s.labels.get("__name__") == names.BUDGET_USED and s.labels.get("aspect", "") == aspect
            ]
            yield LimitFacts(
                name=f"budget {budget.name} {aspect}".rstrip(),
                used=_worst(used, limit, at),
                limit=limit.newest.value,
                unit=unit,
            )


def _worst(used: list[Series], limit: Series, at: float) -> Reading:
    """Give the most that is used by any; what is old on either side is not known."""
    points = [fresh(series, at, FRESH_LONG) for series in (limit, *used)]
    stale = next((point for point in points if isinstance(point, Stale)), None)
    if stale is not None:
        return Missing(Code.STALE_DATA, stale.text)
    if not used:
        return Missing(Code.GATE_NO_DATA, f"{names.BUDGET_USED} is not recorded")
    return max(series.newest.value for series in used)
