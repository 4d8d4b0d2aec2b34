"""A waiver for a fault that relrails does not know.

It allows nothing. Most often the code is misspelt.

Flagged:
    SLO(
        ...,
        window=30 * days,  # relrails: allow slo/window-to-short until 2026-12-31, because it is a load test
    )
Fine:
    SLO(...)
"""

from relrails.checks import elsewhere

elsewhere("waiver/unknown-code", __doc__)
