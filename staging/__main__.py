"""`python -m staging up` keeps staging up until Ctrl-C, `check` proves that it works, `drill` breaks it on purpose.

`evidence` does all of that and fills .evidence/sprint-29 with what it saw; `pictures` draws docs/pictures/ from that.
"""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from staging.environment import StagingError

EVIDENCE = Path(".evidence/sprint-29")
HOURS = Path(".evidence/budget-hours")
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Exit 0 when all is well, 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m staging", description=__doc__)
    parser.add_argument("command", choices=("up", "check", "drill", "evidence", "hours", "pictures"))
    parser.add_argument("names", nargs="*", metavar="DRILL", help="only these drills; all of them where none is given")
    parser.add_argument("--out", type=Path, help="where drills, all evidence, or pictures go")
    given = parser.parse_intermixed_args()
    command = given.command
    for number in STOPS:
        signal.signal(number, _interrupt)
    try:
        if command == "up":
            from staging.up import up

            return up()
        if command == "drill":
            from staging.drill import drill

            return drill((given.out or Path("build/drill")).absolute(), given.names)
        if command == "evidence":
            from staging.sprint import evidence

            return evidence((given.out or EVIDENCE).absolute())
        if command == "hours":
            from staging.hours import hours

            return hours((given.out or HOURS).absolute())
        if command == "pictures":
            from staging.pictures import pictures

            return pictures(EVIDENCE, given.out or Path("docs/pictures"))
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
