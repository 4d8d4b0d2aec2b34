"""A field that its class does not have, most often a misspelt one.

Python refuses the call, so nothing of the file is known. All unknown and missing fields of the call are told at once.

Flagged:
    SLO(..., objectve=99.9 * percent)
Fine:
    SLO(..., objective=99.9 * percent)
"""

from relrails.checks import elsewhere

elsewhere("service/unknown-field", __doc__)
