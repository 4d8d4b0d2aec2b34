"""A number without its unit.

300 may be milliseconds or seconds, 0.5 half a percent or a half. relrails guesses neither.

Flagged:
    SLO(..., objective=99.9)

    sli.Latency(..., threshold=0.3)

    Service(..., scrape_interval=15)
Fine:
    SLO(..., objective=99.9 * percent)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._fields import UNITS, Kind, Misfit
from relrails.checks._misfit import kind_wanted, suggestion
from relrails.problems import Label, Problem


@check("unit/missing", waivable=False)
def missing(misfit: Misfit) -> Iterator[Problem]:
    """Flag bare numbers in a field for quantities."""
    if misfit.kind is Kind.BARE:
        unit = suggestion(misfit).rpartition("* ")[2]
        unit = "seconds" if unit == "ms" and misfit.value < 5 else unit  # nobody promises 0.3 ms
        written = f"{misfit.value:g}" if isinstance(misfit.value, float) else str(misfit.value)
        share = any(UNITS.get(c) == "ratio" for c in misfit.classes) and 0 < misfit.value < 1
        other = f"{written} * ratio" if share else f"{written} * {unit or 'seconds'}"
        yield Problem(
            what=f"{misfit.name} has no unit: {written}",
            labels=(Label(misfit.span, f"not {kind_wanted(misfit)} yet"),),
            why="a rule in the wrong unit is off by a factor of 100 or 1000, and looks right",
            fix=f"write what is meant, for example `{misfit.field}={other}`",
        )
