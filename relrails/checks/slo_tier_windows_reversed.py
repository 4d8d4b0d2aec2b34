"""A burn-rate alert whose short window is not the shorter one.

The long window says that it matters, the short one that it still goes on. When the short window is not shorter, the
alert keeps firing for as long after the outage as it took to notice it.

Flagged:
    BurnTier(..., long=5 * minutes, short=1 * hours)
Fine:
    BurnTier(..., long=1 * hours, short=5 * minutes)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.problems import Label, Problem
from relrails.slo import SLO
from relrails.units import exact, text


@check("slo/tier-windows-reversed")
def tier_windows_reversed(slo: SLO) -> Iterator[Problem]:
    """Flag the writer's own tiers whose short window is as long as the long one, or longer."""
    for tier in slo.tiers or ():
        if known(tier.long) and known(tier.short) and exact(tier.short, "second") >= exact(tier.long, "second"):
            yield Problem(
                what=f"a burn-rate alert of SLO '{slo.name}' has a short window of {text(tier.short)} and a long one "
                f"of {text(tier.long)}",
                labels=(
                    Label(at(tier, "short"), "must be shorter than"),
                    Label(at(tier, "long"), "this"),
                ),
                why=f"the short window ends the alert: it would fire for {text(tier.short)} after the last error",
                fix=f"swap them: `long={_code(text(tier.short))}, short={_code(text(tier.long))}`"
                if exact(tier.short, "second") > exact(tier.long, "second")
                else "a twelfth of the long window is usual: `long=1 * hours, short=5 * minutes`",
            )


def _code(written: str) -> str:
    number, unit = written.split(" ")
    return f"{number} * { {'ms': 'ms', 's': 'seconds', 'min': 'minutes', 'h': 'hours', 'd': 'days'}[unit] }"
