"""An alert window that holds fewer than four scrapes.

A rate needs two samples. Prometheus 3 leaves out the sample on the left edge, and now and then a scrape is lost: with
fewer than four scrapes in a window the alert has gaps, and comes and goes while the outage lasts.

Flagged:
    Service(..., scrape_interval=2 * minutes)

    requests = metric.Counter("http_requests_total", scrape_interval=5 * minutes).where(job="checkout")

    BurnTier(..., factor=14.4, long=5 * minutes, short=30 * seconds)
Fine:
    Service(..., scrape_interval=75 * seconds)
"""

from collections.abc import Iterator
from decimal import Decimal

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import short
from relrails.checks._tiers import tiers_of
from relrails.checks._use import uses
from relrails.metric import Metric
from relrails.problems import Label, Problem
from relrails.promql import duration_text
from relrails.rules.records import SCRAPES_IN_BASE
from relrails.service import Service
from relrails.slo import SLO
from relrails.source import Span
from relrails.units import Duration, exact, minutes, text


@check("slo/window-shorter-than-scrapes")
def window_shorter_than_scrapes(service: Service, slo: SLO) -> Iterator[Problem]:
    """Hold the shortest window of an SLO's alerts against its slowest scrape."""
    interval, slowest = _slowest(service, slo)
    windows = [w for tier in tiers_of(slo) for w in (tier.short, tier.long)]
    window = min([*windows, 5 * minutes], key=lambda w: exact(w, "second"))
    scrapes = exact(window, "second") / exact(interval, "second")
    if scrapes >= SCRAPES_IN_BASE:
        return
    place = at(slowest, "scrape_interval")
    longest = exact(window, "second") / SCRAPES_IN_BASE
    label = Label(place, f"{_count(scrapes, 'scrape')} in {duration_text(window)}")
    fix = f"scrape at least every {short(longest)} s"
    if slo.tiers is not None and (own := _own(slo, window)) is not None:
        needed = SCRAPES_IN_BASE * exact(interval, "minute")
        label = Label(own, f"holds {_count(scrapes, 'scrape')}")
        fix = f"make it at least `{_rounded(needed)} * minutes`, or scrape more often"
    yield Problem(
        what=f"a window of {duration_text(window)} is too short for a scrape every {text(interval)}",
        labels=(label, *(() if label.span == place else (Label(place, "how often it is scraped"),))),
        why=f"an alert over {duration_text(window)} would read {_count(scrapes, 'sample')}; fewer than "
        f"{SCRAPES_IN_BASE} leave gaps, in which it resolves in the middle of an outage",
        fix=fix,
    )


def _slowest(service: Service, slo: SLO) -> tuple[Duration, Service | Metric]:
    found: list[tuple[Duration, Service | Metric]] = [(service.scrape_interval, service)]
    found += ((i, u.metric) for u in uses(slo) if (i := u.metric.scrape_interval) is not None)
    return max(found, key=lambda pair: exact(pair[0], "second"))


def _own(slo: SLO, window: Duration) -> Span | None:
    for tier in slo.tiers or ():
        for field in ("short", "long"):
            if exact(getattr(tier, field), "second") == exact(window, "second"):
                return at(tier, field)
    return None


def _count(number: Decimal, noun: str) -> str:
    return f"{short(number)} {noun}{'' if number == 1 else 's'}"


def _rounded(number: Decimal) -> int:
    return -int(-number // 1)
