"""A regular expression that Prometheus refuses.

Prometheus reads regular expressions as RE2 does: without look-ahead, look-behind and back-references, so that none can
take forever.

Flagged:
    sli.Availability(total=requests, bad=requests.where(code=metric.matching("5(..")))

    sli.Availability(total=requests, bad=requests.where(code=metric.matching("(?!2)...")))
Fine:
    sli.Availability(total=requests, bad=requests.where(code=metric.not_matching("2..")))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._use import Use
from relrails.problems import Label, Problem
from relrails.promql import Selector, check_syntax, text


@check("metric/regex-refused", waivable=False)
def regex_refused(use: Use) -> Iterator[Problem]:
    """Flag what the parser of Prometheus does not take."""
    for matcher in use.metric.matchers:
        if matcher.op not in {"=~", "!~"} or check_syntax(text(Selector("up", (matcher,)))) is None:
            continue
        looks = next((s for s in ("(?=", "(?!", "(?<=", "(?<!") if s in matcher.value), None)
        yield Problem(
            what=f"Prometheus refuses the regular expression {matcher.value!r}",
            labels=(Label(use.label(matcher.label, matcher.value), f"`{looks}` looks around" if looks else "not RE2"),),
            why="one refused expression keeps Prometheus from loading the whole file of rules",
            fix="RE2 has no look-around: `metric.not_matching(...)` leaves values out"
            if looks
            else "close every bracket, and write `\\\\` before a character that stands for itself",
        )
