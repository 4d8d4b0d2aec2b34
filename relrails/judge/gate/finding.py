"""One thing that speaks against a release."""

import math
from dataclasses import dataclass

from relrails.judge.canary.reason import Code
from relrails.judge.gate.facts import Missing, Reading
from relrails.release import ReleaseClass


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What is wrong with what, how bad (`text`), since when (unix seconds), and `until` when: what must become true.

    `observed` and `threshold` are the numbers behind it, in `unit`. `exempt` are the classes that pass it; None are
    those of the policy. A warning blocks nothing. `cause` says why data is missing. `group` is a part of the SLO, such
    as a region.
    """

    code: Code
    subject: str
    text: str
    until: str
    since: float | None = None
    observed: float | None = None
    threshold: float | None = None
    unit: str = ""
    exempt: tuple[ReleaseClass, ...] | None = None
    warning: bool = False
    cause: Code | None = None
    group: str = ""

    @property
    def about(self) -> str:
        """What it is about, in one phrase."""
        return f"{self.subject} {self.group}" if self.group else self.subject


def no_data(subject: str, missing: Missing, until: str, group: str = "") -> Finding:
    """Say that something is not known."""
    return Finding(
        code=Code.GATE_NO_DATA, subject=subject, group=group, text=missing.text, until=until, cause=missing.code
    )


def checked(reading: Reading) -> Reading:
    """Take nothing for a number that is none, whoever let it through."""
    if isinstance(reading, float | int) and not math.isfinite(reading):
        return Missing(Code.NAN_RESULT, f"a value is {reading}")
    return reading


def percent(ratio: float) -> str:
    """Write a ratio to three digits: `1.44 %`."""
    return f"{_digits(ratio * 100)} %"


def times(factor: float) -> str:
    """Write a burn rate: `14.4`."""
    return _digits(factor)


def length(seconds: float) -> str:
    """Write about how long: `12 h`, `40 min`, `3 days`."""
    for size, unit in ((172_800, "days"), (7200, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / {'days': 86_400, 'h': 3600, 'min': 60}[unit]:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _digits(number: float) -> str:
    if abs(number) >= 1000:
        return f"{number:.0f}"
    return f"{float(f'{number:.3g}'):.10f}".rstrip("0").rstrip(".")
