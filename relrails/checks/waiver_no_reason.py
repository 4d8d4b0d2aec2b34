"""A waiver without a reason.

Whoever meets it in a year has to know whether the reason still holds.

Flagged:
    SLO(
        ...,
        window=3 * days,  # relrails: allow slo/window-too-short until 2026-12-31
    )
Fine:
    SLO(
        ...,
        window=3 * days,  # relrails: allow slo/window-too-short until 2026-12-31, because it is a load test
    )
"""

from relrails.checks import elsewhere

elsewhere("waiver/no-reason", __doc__)
