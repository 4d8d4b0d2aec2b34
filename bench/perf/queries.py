"""The same questions to the query, before and after; `python -m bench.perf.queries before` is for a profiler."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry

from bench.perf import before
from staging.core_api import query
from staging.core_api.seed import Size
from staging.core_api.store import DEPENDENCY, Store
from staging.serving.faults import FaultSwitch
from staging.traffic import TEXTS

Ask = Callable[[Store, str, str, int], query.Result]
VERSIONS: dict[str, Ask] = {"before": before.run, "after": query.run}
CASES = ("case-1", "case-4", "case-10")
LIMIT = 50
PROFILED_SECONDS = 8.0


@contextmanager
def store() -> Iterator[Store]:
    """Investigations as staging has them."""
    with tempfile.TemporaryDirectory() as folder:
        made = Store(Path(folder), FaultSwitch((DEPENDENCY,), CollectorRegistry()))
        made.fill(7, Size())
        yield made


def ask(version: str, data: Store) -> int:
    """Ask everything once; gives how many questions that were."""
    questions = [(case, text) for case in CASES for text in TEXTS]
    for case, text in questions:
        VERSIONS[version](data, case, text, LIMIT)
    return len(questions)


def main(version: str) -> None:
    """Ask for some seconds, for a profiler to look on."""
    with store() as data:
        end = time.monotonic() + PROFILED_SECONDS
        while time.monotonic() < end:
            ask(version, data)


if __name__ == "__main__":
    main(sys.argv[1])
