"""A comment for relrails that says nothing it knows.

The fault that it was meant to allow is still an error.

Flagged:
    SLO(
        ...,
        window=30 * days,  # relrails: ignore slo/window-too-short
    )
Fine:
    SLO(...)  # about relrails
"""

from relrails.checks import elsewhere
from relrails.problems import Severity

elsewhere("waiver/unreadable", __doc__, severity=Severity.WARNING)
