"""A waiver for a fault that cannot be allowed.

After some faults Prometheus, Grafana or the file system would refuse the output, or it would land where it must not.

Flagged:
    Service(
        ...,
        name="Core API",  # relrails: allow service/name-refused until 2026-12-31, because we like it
    )
Fine:
    Service(..., name="core-api")
"""

from relrails.checks import elsewhere

elsewhere("waiver/not-waivable", __doc__)
