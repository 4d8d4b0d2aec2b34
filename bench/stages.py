"""`python -m bench.stages SERVICES OUT` prints the CPU seconds of each stage of generating, as JSON.

One process does all the work here, stage after stage: a run of `relrails generate` mixes them, on every core.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

from relrails import checks, loader, output, prove
from relrails.files import File
from relrails.render import targets
from relrails.service import Service


def main(services_dir: Path, out: Path) -> dict[str, float]:
    """Generate everything once and say where the time went."""
    targets()
    spent = Spent()
    with spent("load"):
        services = loader.load(services_dir).services
    with spent("checks"):
        checks.run(services, date(2026, 1, 1))
    with output.Writing(out) as writing:
        entries: list[output.Entry] = []
        for stage, render in _renderers(services):
            with spent(stage):
                files = list(render())
            with spent("write"):
                entries += [writing.add(file) for file in files]
        with spent("write"):
            writing.commit(entries)
    return spent.seconds


def _renderers(services: Sequence[Service]) -> Iterator[tuple[str, Callable[[], Iterable[File]]]]:
    for service in services:
        for target in targets():
            if target.of_service is not None:
                yield target.name, partial(target.of_service, service)
        yield "proofs", partial(prove.render_service, service)
    for target in targets():
        if target.of_fleet is not None:
            yield target.name, partial(target.of_fleet, services)


class Spent:
    """CPU seconds by stage; what Python and the imports took is the first."""

    def __init__(self) -> None:
        self.seconds = {"start": time.process_time()}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Add what the block takes."""
        begin = time.process_time()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - begin


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
