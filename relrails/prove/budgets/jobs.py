"""Proof of the budget of jobs: too many that are slow, too few to say, and one that never ends."""

from collections.abc import Iterator
from fractions import Fraction

from relrails.budget import ExportRuntime
from relrails.prove.budgets.play import Ledger
from relrails.prove.values import Case, Fired
from relrails.rules import names
from relrails.sli.traffic import Series
from relrails.units import exact, factor, magnitude

WAIT = 5


def jobs(ledger: Ledger, budget: ExportRuntime) -> Iterator[Case]:
    """Give the cases: all jobs end in one scrape, so that the hour after it counts them exactly."""
    for slow, whole, many in ((6, 60, True), (2, 60, False), (2, 4, False), (3, 60, False)):
        share = Fraction(slow * 100, whole)
        fields = ledger.says(names.JOBS_OVER, float(share))
        fired = (
            (Fired(WAIT + 9, names.JOBS_OVER), Fired(WAIT + 10, names.JOBS_OVER, (fields,)), Fired(85, names.JOBS_OVER))
            if many
            else (Fired(WAIT + 10, names.JOBS_OVER), Fired(40, names.JOBS_OVER))
        )
        yield Case(
            name=f"{slow} of {whole} jobs that are slow are {'too many, for an hour' if many else 'not too many'}",
            interval=60,
            series=_ended(ledger, budget, slow, whole),
            fired=fired,
            holds=(ledger.holds(20, "p95", share),),
        )
    longest = exact(budget.longest, "second")
    value = float((longest + 60) / (longest / magnitude(budget.longest)))
    yield Case(
        name="a job that does not end is a ticket, though no histogram knows of it",
        interval=60,
        series=(*_ended(ledger, budget, 0, 60), ledger.series(budget.running, f"0x4 {longest}x4 {longest + 60}x9 0x9")),
        fired=(
            Fired(10, names.JOB_STUCK),
            Fired(11, names.JOB_STUCK, (ledger.says(names.JOB_STUCK, value),)),
            Fired(20, names.JOB_STUCK),
        ),
        holds=(ledger.holds(9, "longest", Fraction(longest) / factor(budget.longest)),),
    )
    yield ledger.blind()


def _ended(ledger: Ledger, budget: ExportRuntime, slow: int, whole: int) -> tuple[Series, ...]:
    """At minute 10 all of them have ended."""
    bound = float(exact(budget.p95, "second"))
    bucket = budget.durations.bucket(exact(budget.p95, "second"))
    other = type(bucket)(bucket.metric, tuple(m for m in bucket.matchers if m.label != "le"))
    return (
        ledger.series(budget.durations.count, f"1000x9 {1000 + whole}x100"),
        ledger.series(other, f"1000x9 {1000 + whole - slow}x100", le=str(bound)),
        ledger.series(other, "1000x110", le=str(bound / 10)),
    )
