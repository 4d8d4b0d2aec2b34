"""Every file of a service, and every file of all of them together."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from relrails import prove
from relrails.files import File
from relrails.generate.parallel import spread
from relrails.render import targets
from relrails.service import Service

Result = TypeVar("Result")
Progress = Callable[[int, int], object]
"""Told after each service how many are done, of how many."""


def of_service(service: Service) -> Iterator[File]:
    """Render one service for every target, and its proofs."""
    for target in targets():
        if target.of_service is not None:
            yield from target.of_service(service)
    yield from prove.render_service(service)


def of_fleet(services: Sequence[Service]) -> Iterator[File]:
    """Render what is about all services together."""
    for target in targets():
        if target.of_fleet is not None:
            yield from target.of_fleet(services)
    yield from prove.render_fleet(services)


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
