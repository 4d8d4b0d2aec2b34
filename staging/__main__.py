"""`python -m staging up` keeps staging up until Ctrl-C; `python -m staging check` proves that it works."""

import argparse
import signal
import sys
from types import FrameType

from staging.environment import StagingError

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Exit 0 when all is well, 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m staging", description=__doc__)
    parser.add_argument("command", choices=("up", "check"))
    command = parser.parse_args().command
    for number in STOPS:
        signal.signal(number, _interrupt)
    try:
        if command == "up":
            from staging.up import up

            return up()
        from staging.check import check

        return check()
    except StagingError as error:
        sys.stderr.write(f"staging: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not stop us from tidying up
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main())
