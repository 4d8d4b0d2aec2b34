"""A journey whose name or environment cannot stand everywhere it must.

The name is a label value, a module of Blackbox, a path below `/runs/` and an argument of `relrails probe once`, and
goes into PromQL and into templates of alerts. The environment is a label value too. Lower-case letters, digits and
underscores (in an environment hyphens too) mean the same in all of them.

Flagged:
    Journey(..., name="Buy something")

    Journey(..., name="buy-now")

    Journey(..., env="{{ $labels.env }}")
Fine:
    Journey(..., name="buy_now", env="staging-eu")
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._journey import NAME
from relrails.checks._names import suggested
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem

_ENV = re.compile(r"[a-z][a-z0-9_-]{0,47}")


@check("journey/name-refused", waivable=False)
def name_refused(journey: Journey) -> Iterator[Problem]:
    """Flag names and environments with other characters, and those that are too long."""
    for field, pattern, also in (("name", NAME, "and _"), ("env", _ENV, ", _ and -")):
        value = getattr(journey, field)
        if pattern.fullmatch(value) is None:
            yield Problem(
                what=f"the {_WORDS[field]} {value!r} cannot be used",
                labels=(Label(at(journey, field), f"a letter, then at most 47 of a-z, 0-9 {also}".replace(" ,", ",")),),
                why="it becomes a label value, a link and part of an alert's text, and has to mean the same in each",
                fix=f'write `{field}="{suggested(value, _WORDS[field], "_")}"`',
            )


_WORDS = {"name": "journey", "env": "environment"}
