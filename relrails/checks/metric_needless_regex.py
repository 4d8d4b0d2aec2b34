"""A regular expression that is none, or that says what is understood.

Prometheus looks up an equal value, but tries a regular expression on every value there is; and it anchors it at both
ends by itself.

Flagged:
    sli.Availability(total=requests, bad=requests.where(code=metric.matching("500")))

    sli.Availability(total=requests, bad=requests.where(code=metric.matching("^5..$")))
Fine:
    sli.Availability(total=requests, bad=requests.where(code="500"))

    sli.Availability(total=requests, bad=requests.where(code=metric.matching("5..")))
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._use import Use
from relrails.problems import Label, Problem, Severity


@check("metric/needless-regex", severity=Severity.WARNING)
def needless_regex(use: Use) -> Iterator[Problem]:
    """Flag expressions without an operator, and anchors."""
    for matcher in use.metric.matchers:
        if matcher.op not in {"=~", "!~"}:
            continue
        same = matcher.op == "=~"
        anchored = matcher.value.startswith("^") or (matcher.value.endswith("$") and not matcher.value.endswith("\\$"))
        if re.fullmatch(r"[\w /:-]*", matcher.value):
            equal = f'"{matcher.value}"' if same else f'metric.other_than("{matcher.value}")'
            what, label, fix = f"{matcher.value!r} is no regular expression", "a plain value", equal
            why = "an equal value is looked up, a regular expression is tried on every value that the label has"
        elif anchored:
            what, label = f"the anchors of {matcher.value!r} say nothing new", "anchored anyway"
            bare = matcher.value.removeprefix("^").removesuffix("$")
            fix = f'metric.{"matching" if same else "not_matching"}("{bare}")'
            why = "Prometheus matches the whole value always; with anchors it reads as if it did not"
        else:
            continue
        yield Problem(
            what=what,
            labels=(Label(use.label(matcher.label, matcher.value), label),),
            why=why,
            fix=f"write `{matcher.label}={fix}`",
        )
