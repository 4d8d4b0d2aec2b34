"""A waiver whose day has passed, while the fault is still there.

A waiver is a comment on the line of the fault, or right above it:
`# relrails: allow CODE until 2026-12-01, because REASON`. On the day itself it still holds.

Flagged:
    SLO(
        ...,
        window=3 * days,  # relrails: allow slo/window-too-short until 2025-12-31, because it is a load test
    )
Fine:
    SLO(
        ...,
        window=3 * days,  # relrails: allow slo/window-too-short until 2026-12-31, because it is a load test
    )

    SLO(
        ...,
        # relrails: allow slo/window-too-short until 2026-12-31, because it is a load test
        window=3 * days,
    )
"""

from relrails.checks import elsewhere

elsewhere("waiver/expired", __doc__)
