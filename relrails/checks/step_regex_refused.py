"""A regular expression that is not RE2.

Blackbox reads regular expressions as RE2 does, without look-ahead, look-behind and back-references, so that no answer
can keep it busy for ever; the runner is held to the same.

Flagged:
    expect.body(matches="(?!error)")

    expect.header("content-type", matches="json(")

    expect.json("$.id", matches="(a)\\\\1")
Fine:
    expect.body(matches="^welcome")
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Poll, Step
from relrails.probe.expect import Body, Header, Json
from relrails.problems import Label, Problem
from relrails.promql import Matcher, Selector, check_syntax, text


@check("step/regex-refused", waivable=False)
def regex_refused(step: Step | Poll) -> Iterator[Problem]:
    """Flag expressions that Prometheus' parser or Python does not take: what is left means the same in all."""
    for each in (*step.expect, *(step.until if isinstance(step, Poll) else ())):
        pattern = each.matches if isinstance(each, Json | Header | Body) else None
        fault = None if not pattern else _fault(pattern)
        if fault is not None:
            yield Problem(
                what=f"step '{step.name}' expects {pattern!r}, which is not RE2",
                labels=(Label(at(each, "matches"), fault),),
                why="one expression that Blackbox cannot read keeps it from loading any module",
                fix="expect what must be there; for what must not be there, expect another status or value",
            )


def _fault(pattern: str) -> str | None:
    looks = next((s for s in ("(?=", "(?!", "(?<=", "(?<!") if s in pattern), None)
    if looks is not None:
        return f"`{looks}` looks around"
    if re.search(r"(?<!\\)(?:\\\\)*\\[1-9]", pattern):
        return "refers back to a group"
    try:
        re.compile(pattern)
    except re.error as error:
        return error.msg
    return "not RE2" if check_syntax(text(Selector("up", (Matcher("a", "=~", pattern),)))) is not None else None
