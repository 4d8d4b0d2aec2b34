"""The process that reads service files for the probe runner: `python -m relrails.cli._planning DIR`."""

import pickle
import sys
from pathlib import Path


def main(folder: Path) -> int:
    """Print the plans of a folder, pickled; or say what is wrong with it, and give 1."""
    from relrails.cli import _show
    from relrails.cli._exit import FOUND
    from relrails.generate import lint
    from relrails.live.probe.planning import plans

    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # a service file that prints must not stand in the way
    linted = lint(folder, today=_show.today())
    if linted.failed:
        _show.problems_text(linted.problems, linted.files, "the plan", sys.stderr)
        return FOUND
    out.write(pickle.dumps(plans(linted.services)))
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
