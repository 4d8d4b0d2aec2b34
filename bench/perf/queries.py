"""The same questions to the query of the Core API, before and after."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry

from bench.perf import before
from bench.perf.subject import Ask, Subject
from staging.core_api import query
from staging.core_api.seed import Size
from staging.core_api.store import DEPENDENCY, Store
from staging.serving.faults import FaultSwitch
from staging.traffic import TEXTS

Answering = Callable[[Store, str, str, int], query.Result]
VERSIONS: dict[str, Answering] = {"before": before.run, "after": query.run}
CASES = ("case-1", "case-4", "case-10")
LIMIT = 50


@contextmanager
def store() -> Iterator[Store]:
    """Investigations as staging has them."""
    with tempfile.TemporaryDirectory() as folder:
        made = Store(Path(folder), FaultSwitch((DEPENDENCY,), CollectorRegistry()))
        made.fill(7, Size())
        yield made


@contextmanager
def asking() -> Iterator[Ask]:
    """Ask everything once."""
    questions = [(case, text) for case in CASES for text in TEXTS]
    with store() as data:

        def ask(version: str) -> int:
            for case, text in questions:
                VERSIONS[version](data, case, text, LIMIT)
            return len(questions)

        yield ask


SUBJECT = Subject("query", asking)
