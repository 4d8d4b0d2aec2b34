"""Fetches what is missing and prints which programs there are."""

import sys

from relrails.toolchain import haproxy
from relrails.toolchain.fetch import FetchError, fetch
from relrails.toolchain.missing import MAJORS
from relrails.toolchain.tools import FILES, find, say


def main() -> int:
    """Exit 0 when rules can be tested on both Prometheus 2.x and 3.x."""
    for wanted in (fetch, haproxy.fetch):
        try:
            wanted()
        except FetchError as problem:
            say(str(problem))
    for name in FILES:
        for tool in find(name):
            sys.stdout.write(f"{tool} ({tool.path})\n")
    majors = {tool.version[0] for tool in find("promtool")}
    return 0 if set(MAJORS) <= majors else 1


if __name__ == "__main__":
    raise SystemExit(main())
