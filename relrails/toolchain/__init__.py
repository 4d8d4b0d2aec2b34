"""Prometheus' own programs: finds those on this machine, and fetches what is missing into .tools/.

`python -m relrails.toolchain` fetches, prints what there is, and exits 1 without a promtool of 2.x and one of 3.x.
"""

from relrails.toolchain.fetch import FetchError as FetchError
from relrails.toolchain.fetch import fetch as fetch
from relrails.toolchain.missing import missing as missing
from relrails.toolchain.tools import Tool as Tool
from relrails.toolchain.tools import directory as directory
from relrails.toolchain.tools import find as find
