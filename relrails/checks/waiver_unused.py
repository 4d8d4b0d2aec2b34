"""A waiver for a fault that is not there.

It would hide the fault when it comes back. The comment has to stand on the line that the caret of the problem shows,
or right above it.

Flagged:
    SLO(
        ...,
        window=30 * days,  # relrails: allow slo/window-too-short until 2026-12-31, because it is a load test
    )
Fine:
    SLO(...)
"""

from relrails.checks import elsewhere
from relrails.problems import Severity

elsewhere("waiver/unused", __doc__, severity=Severity.WARNING)
