"""Does one version of a subject for some seconds, for a profiler: `python -m bench.perf.profiled query before`."""

import sys
import time

from bench.perf.subjects import SUBJECTS

SECONDS = 8.0


def main(name: str, version: str) -> None:
    """Do it again and again."""
    with SUBJECTS[name].open() as ask:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            ask(version)


if __name__ == "__main__":
    main(*sys.argv[1:])
