"""A folder without any service file.

Rendering nothing would remove every rule that was rendered before, so it is an error.
"""

from relrails.checks import elsewhere

elsewhere("service/none-found", __doc__)
