"""A folder of services that is not there.

Rendering nothing would remove every rule that was rendered before, so it is an error.
"""

from relrails.checks import elsewhere

elsewhere("service/no-folder", __doc__)
