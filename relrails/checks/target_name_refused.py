"""A target whose name cannot stand everywhere it must.

The name is a label value, and what `relrails probe run --target NAME=URL` goes by.

Flagged:
    Target(..., name="The Shop")

    Target(..., name="shop=https")
Fine:
    Target(..., name="shop-eu")
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._journey import targets_of
from relrails.checks._names import suggested
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,47}")


@check("target/name-refused", waivable=False)
def name_refused(service: Service) -> Iterator[Problem]:
    """Flag names with other characters, and those that are too long."""
    for target in targets_of([service]):
        if _NAME.fullmatch(target.name) is None:
            yield Problem(
                what=f"the target {target.name!r} cannot be named on the command line",
                labels=(Label(at(target, "name"), "a letter, then at most 47 of a-z, 0-9, _ and -"),),
                why="it is a label value, and `--target NAME=URL` has to find it",
                fix=f'write `name="{suggested(target.name, "shop")}"`',
            )
