"""A file that Python cannot read.

The place is the one that Python gives: where it stopped, which may be a line after the mistake.

Flagged:
    from relrails import SLO
    availability = SLO(
        name="availability"
Fine:
    SLO(...)
"""

from relrails.checks import elsewhere

elsewhere("service/syntax", __doc__)
