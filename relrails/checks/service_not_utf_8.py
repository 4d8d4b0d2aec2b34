"""A file that is not UTF-8.

Python reads its files as UTF-8. One that was saved in another encoding stops at the first character that is not
ASCII.
"""

from relrails.checks import elsewhere

elsewhere("service/not-utf-8", __doc__)
