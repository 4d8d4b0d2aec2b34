"""A check that failed while it looked at a service.

This is a fault of relrails. It is an error, because what the check would have found is not known; all other checks
have run.
"""

from relrails.checks import elsewhere

elsewhere("relrails/check-failed", __doc__)
