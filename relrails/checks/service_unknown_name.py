"""A name that does not exist, or was not imported.

Some units are left out on purpose: a month has no fixed length, and `m` is a metre to some and a minute to others.

Flagged:
    SLO(..., window=1 * month)

    from relrails.units import month

    from relrails import slis
Fine:
    SLO(..., window=30 * days)
"""

from relrails.checks import elsewhere

elsewhere("service/unknown-name", __doc__)
