"""A file that ends the program while it is imported.

An import has to come back, or no other service is read.

Flagged:
    import sys
    sys.exit(3)
Fine:
    SLO(...)
"""

from relrails.checks import elsewhere

elsewhere("service/exits", __doc__)
