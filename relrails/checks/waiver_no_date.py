"""A waiver without a day on which it ends.

What is allowed for ever is forgotten; a day brings it back to somebody's eyes.

Flagged:
    SLO(
        ...,
        window=3 * days,  # relrails: allow slo/window-too-short, because it is a load test
    )

    SLO(
        ...,
        window=3 * days,  # relrails: allow slo/window-too-short until 2026-02-30, because it is a load test
    )
Fine:
    SLO(
        ...,
        window=3 * days,  # relrails: allow slo/window-too-short until 2026-02-28, because it is a load test
    )
"""

from relrails.checks import elsewhere

elsewhere("waiver/no-date", __doc__)
