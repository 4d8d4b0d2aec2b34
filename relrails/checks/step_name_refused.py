"""A step, or what it shares or keeps, whose name cannot stand everywhere it must.

The name of a step is a label of its metrics and the first word of a page. What it shares with other journeys becomes
the name of a label. What it keeps is named in `{brackets}`. `run_id` is taken: every run has one.

Flagged:
    Step(..., name="Log in")

    Step(..., shared="the login")

    extract("$.id", to="order-id")

    extract("$.id", to="run_id")
Fine:
    Step(..., name="log_in", shared="auth", extract=(extract("$.id", to="order_id"),))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._journey import NAME, RUN_ID
from relrails.checks._names import suggested
from relrails.checks._place import at
from relrails.probe import Poll, Step
from relrails.problems import Label, Problem
from relrails.source import Span


@check("step/name-refused", waivable=False)
def name_refused(step: Step | Poll) -> Iterator[Problem]:
    """Flag names with other characters, those that are too long, and the one that is taken."""
    named: list[tuple[str, str, Span, str]] = [("step", step.name, at(step, "name"), "name")]
    if step.shared is not None:
        named.append(("shared step", step.shared, at(step, "shared"), "shared"))
    named += [("extracted value", e.name, at(e, "to"), "to") for e in step.extract]
    for kind, name, place, field in named:
        taken = kind == "extracted value" and name == RUN_ID
        if NAME.fullmatch(name) is not None and not taken:
            continue
        yield Problem(
            what=f"the {kind} {name!r} cannot be used",
            labels=(Label(place, "already taken" if taken else "a letter, then at most 47 of a-z, 0-9 and _"),),
            why="every run has one of its own, and the steps behind this one would not know which is meant"
            if taken
            else "it becomes a label, part of an alert's text and a name in brackets, and has to mean the same in each",
            fix=f'write `{field}="{"order_id" if taken else suggested(name, "open", "_")}"`',
        )
