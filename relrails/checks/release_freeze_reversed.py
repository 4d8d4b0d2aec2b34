"""A freeze that ends before it begins, or of which nobody knows when it is.

Such a freeze never holds, so releases pass when none should. A time without a zone is no moment: it is another one on
each machine that reads it.

Flagged:
    Freeze(name="holidays", start=datetime(2027, 1, 4, tzinfo=UTC), end=datetime(2026, 12, 18, tzinfo=UTC))

    Freeze(name="holidays", start=datetime(2026, 12, 18), end=datetime(2027, 1, 4, tzinfo=UTC))
Fine:
    Freeze(name="holidays", start=datetime(2026, 12, 18, tzinfo=UTC), end=datetime(2027, 1, 4, tzinfo=UTC))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("release/freeze-reversed")
def freeze_reversed(service: Service) -> Iterator[Problem]:
    """Flag freezes that can never hold."""
    for freeze in service.freezes:
        naive = [field for field, when in (("start", freeze.start), ("end", freeze.end)) if when.tzinfo is None]
        if naive:
            yield Problem(
                what=f"the freeze '{freeze.name}' has a time without a zone",
                labels=(Label(at(freeze, naive[0]), "no zone"),),
                why="it is another moment on each machine that reads it, so the gate cannot hold it",
                fix="write `tzinfo=UTC`, with `from datetime import UTC, datetime`",
            )
        elif freeze.end <= freeze.start:
            yield Problem(
                what=f"the freeze '{freeze.name}' ends before it begins",
                labels=(Label(at(freeze, "end"), "not after"), Label(at(freeze, "start"), "this")),
                why="it never holds, so releases pass when none should",
                fix="swap them",
            )
