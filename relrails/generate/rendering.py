"""Every file of a service, and every file of all of them together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from relrails.files import File
from relrails.generate.parallel import aside, processes, spread
from relrails.render import Target, targets
from relrails.service import Service

Result = TypeVar("Result")
Progress = Callable[[int, int], object]
"""Told after each service how many are done, of how many."""

Kinds = Callable[[str], bool]
"""Which kinds of files are meant, by the names of their targets; proofs are `proofs`."""


def of_service(service: Service, kinds: Kinds | None = None) -> Iterator[File]:
    """Render one service for every target, and its proofs."""
    for target in _targets(kinds):
        if target.of_service is not None:
            yield from target.of_service(service)


def of_fleet(services: Sequence[Service], kinds: Kinds | None = None) -> Iterator[File]:
    """Render what is about all services together."""
    for target in _targets(kinds):
        if target.of_fleet is not None:
            yield from target.of_fleet(services)


def each_service(
    services: Sequence[Service], work: Callable[[File], Result], progress: Progress | None = None
) -> Iterator[list[Result]]:
    """Give, for each service in order, what `work` makes of its files; with many services, in several processes."""

    def whole(service: Service) -> list[Result]:
        return [work(file) for file in of_service(service)]

    targets()  # imported once, not in every process
    for done, results in enumerate(spread(whole, services), start=1):
        if progress is not None:
            progress(done, len(services))
        yield results


Drawn = Callable[[], list[list[File]]]
"""Waits for dashboards: those of each service, in order, and last those of the whole fleet."""


def drawing(services: Sequence[Service], fleet: Sequence[Service] | None) -> AbstractContextManager[Drawn]:
    """Begin to draw dashboards beside us: with grafanalib, those of a few services take as long as everything else."""
    return aside(lambda: [list(files) for files in _files(services, fleet, _drawn)])


def each_and_all(
    changed: Sequence[Service],
    fleet: Sequence[Service] | None,
    work: Callable[[File], Result],
    progress: Progress | None = None,
    drawn: Drawn | None = None,
) -> Iterator[list[Result]]:
    """Give what `work` makes of the files of each changed service, in order, and last of those of the whole fleet.

    None is a fleet whose files are still good. `drawn` are the dashboards of all these, where they were begun already.
    """
    if processes(len(changed)) > 1:
        yield from each_service(changed, work, progress)
        if fleet is not None:
            yield [work(file) for file in of_fleet(fleet)]
        return
    with drawing(changed, fleet) if drawn is None else nullcontext(drawn) as dashboards:
        others: list[list[Result]] = []
        for files in _files(changed, fleet, lambda target: not _drawn(target)):
            others.append([work(file) for file in files])
            if progress is not None and len(others) <= len(changed):
                progress(len(others), len(changed))
        for found, pictures in zip(others, dashboards(), strict=True):
            yield found + [work(file) for file in pictures]


def _files(services: Sequence[Service], fleet: Sequence[Service] | None, kinds: Kinds) -> Iterator[Iterator[File]]:
    for service in services:
        yield of_service(service, kinds)
    if fleet is not None:
        yield of_fleet(fleet, kinds)


def _drawn(target: str) -> bool:
    return target == "grafana"


def _targets(kinds: Kinds | None) -> Iterator[Target]:
    for target in targets():
        if kinds is None or kinds(target.name):
            yield target
    if kinds is None or kinds("proofs"):
        from relrails import prove  # not in the process that draws dashboards: it takes as long as to render a service

        yield Target("proofs", prove.render_service, prove.render_fleet)
