"""Proof of the alerts about certificates: at which second they come, what they remember, and when they end."""

from collections.abc import Iterator

from relrails.judge.paging import MINUTE
from relrails.probe import names as exported
from relrails.prove.expected import Fields
from relrails.prove.journeys import said
from relrails.prove.journeys.hosts import Site, others
from relrails.prove.values import Case, Fired, Holds
from relrails.rules import names
from relrails.rules.journeys.certificates import LEFT, PAGE_BELOW, REMEMBERED, SEEN_BY_ALL, TICKET_BELOW
from relrails.sli.traffic import Series, gauge, series
from relrails.slo import Severity
from relrails.units import Duration, exact

STEP = 5
"""Minutes between two evaluations, and between two samples that are played."""
MEETS = 30
"""The minute at which exactly so much is left as the limit says, which is not yet too little."""
DAY = 86_400
FAR = 365 * DAY
LIMITS: tuple[tuple[Severity, str, Duration], ...] = (
    ("ticket", exported.CERTIFICATE_ENDS, TICKET_BELOW),
    ("page", exported.CHAIN_ENDS, PAGE_BELOW),
)


def certificates(site: Site) -> Iterator[Case]:
    """Give the proofs of the certificates of a host."""
    for severity, metric, below in LIMITS:
        yield _reaches(site, severity, metric, below)
    yield _far(site)
    yield _renewed(site)
    yield _one_of_several(site)
    yield _expired(site)


def _dates(site: Site, metric: str, dates: list[int | None]) -> tuple[Series, ...]:
    """Play a date that is read at every step, beside others that are all over."""
    labels = site.labels("connects")
    made = series(metric, labels, gauge(["_" if date is None else str(date) for date in dates]))
    past = series(metric, labels, gauge(["1"] * len(dates)))
    return (made, *others((past,), {}))


def _case(
    site: Site, what: str, dates: dict[str, list[int | None]], fired: list[Fired], holds: tuple[Holds, ...] = ()
) -> Case:
    """Play dates of both kinds; what is not given is far away."""
    steps = max(len(read) for read in dates.values())
    played = {metric: dates.get(metric, [FAR] * steps) for _, metric, _ in LIMITS}
    return Case(
        name=f"{site.name} {what}",
        interval=STEP * MINUTE,
        series=tuple(s for metric, read in played.items() for s in _dates(site, metric, read)),
        fired=tuple(fired),
        holds=holds,
    )


def _reaches(site: Site, severity: Severity, metric: str, below: Duration) -> Case:
    limit = int(exact(below, "second"))
    ends = limit + MEETS * MINUTE
    after = MEETS + STEP
    fields = _says(site, severity, ends - after * MINUTE)
    return _case(
        site,
        f"shows a certificate that is a {severity} as soon as less than {limit // DAY} days are left",
        {metric: [ends] * (after // STEP + 1)},
        [Fired(MEETS, names.CERTIFICATE), Fired(after, names.CERTIFICATE, (fields,))],
    )


def _far(site: Site) -> Case:
    """Half an hour more than the limits for the whole case."""
    minutes = 120
    dates: dict[str, list[int | None]] = {
        metric: [int(exact(below, "second")) + minutes * MINUTE] * (minutes // STEP + 1) for _, metric, below in LIMITS
    }
    ever = (f"count_over_time({site.firing(names.CERTIFICATE, severity)}[{minutes}m])" for severity, _, _ in LIMITS)
    return _case(
        site,
        "shows a certificate that is good for long enough",
        dates,
        [],
        tuple(Holds(minutes, query, gives=False) for query in ever),
    )


def _renewed(site: Site) -> Case:
    """A new certificate on every server ends it when the last one has been asked."""
    at, all_asked = 20, int(exact(SEEN_BY_ALL, "minute"))
    over = at + all_asked + STEP
    dates: list[int | None] = [DAY if minute < at else FAR for minute in range(0, over + STEP, STEP)]
    page, ticket = _says(site, "page", DAY - at * MINUTE), _says(site, "ticket", DAY - at * MINUTE)
    return _case(
        site,
        "calls somebody until its certificate is renewed, and has a ticket too",
        {metric: dates for _, metric, _ in LIMITS},
        [Fired(at, names.CERTIFICATE, (page, ticket)), Fired(over, names.CERTIFICATE)],
        tuple(Holds(at + all_asked - 2 * STEP, site.stands(names.CERTIFICATE, s)) for s, _, _ in LIMITS),
    )


def _one_of_several(site: Site) -> Case:
    """Each probe may meet another server: what the others show does not end it."""
    minutes = 60
    dates: list[int | None] = [DAY if n % 6 == 0 else FAR for n in range(minutes // STEP + 1)]
    whole = f"{site.firing(names.CERTIFICATE)}[{minutes}m1s:{STEP}m]"
    return _case(
        site,
        "has one server of several whose certificate runs out, and the ticket stays",
        {exported.CERTIFICATE_ENDS: dates},
        [],
        (Holds(minutes, f"sum(count_over_time({whole})) == bool {minutes // STEP + 1}"),),
    )


def _expired(site: Site) -> Case:
    """No handshake succeeds any more, so that nothing new is read: what was read last still stands for a day."""
    expires, remembered = 60, int(exact(REMEMBERED, "minute"))
    read = expires // STEP
    over = expires + remembered + STEP
    dates: list[int | None] = [expires * MINUTE] * read + [None] * ((over - expires) // STEP + 1)
    later = expires + int(exact(SEEN_BY_ALL, "minute")) + 2 * STEP
    last = expires + remembered - 3 * STEP
    return _case(
        site,
        "whose certificate has expired is still known for it a day later",
        {metric: dates for _, metric, _ in LIMITS},
        [
            Fired(later, names.CERTIFICATE, (_says(site, "page", -1), _says(site, "ticket", -1))),
            Fired(over, names.CERTIFICATE),
        ],
        tuple(Holds(last, site.stands(names.CERTIFICATE, s)) for s, _, _ in LIMITS),
    )


def _says(site: Site, severity: Severity, left: int) -> Fields:
    words = "has expired" if left <= 0 else f"expires in {_long(left)}"
    return said.plainly(site.rule(names.CERTIFICATE, severity), **{LEFT: words})


def _long(seconds: int) -> str:
    """Write seconds of some days as Prometheus' humanizeDuration does."""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, MINUTE)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (left, "s")]
    first = next(n for n, (count, _) in enumerate(parts) if count or n == len(parts) - 1)
    return " ".join(f"{count}{unit}" for count, unit in parts[first:])
