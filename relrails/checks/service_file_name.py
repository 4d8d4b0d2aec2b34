"""A file whose name Python cannot import.

A dot in front of `.py` makes the first part of the name a package. Any other character will do, as the service has a
name of its own.
"""

from relrails.checks import elsewhere

elsewhere("service/file-name", __doc__)
