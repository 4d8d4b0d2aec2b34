"""The texts of a journey's requests, and what stands in them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from relrails.checks._place import at
from relrails.checks._sound import Unsound
from relrails.probe import Journey, Request, Target
from relrails.service import Service
from relrails.source import Span

RUN_ID = "run_id"
"""What every request may name without a step that keeps it."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
"""What is safe in PromQL, in templates, in a metric's label and in a `{placeholder}`."""
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_POSITIONAL = {"path": 0}


@dataclass(frozen=True, slots=True)
class Piece:
    """A text in a request: the field that it is in, and the key before it where there is one."""

    request: Request
    field: str
    key: str
    text: str

    @property
    def place(self) -> Span:
        """The field, as it was written."""
        return at(self.request, self.field, _POSITIONAL.get(self.field))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names that are replaced in it."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.text)))


def pieces(request: Request) -> Iterator[Piece]:
    """Give every text that is sent, but secrets."""
    yield Piece(request, "path", "", request.path)
    for field in ("headers", "query", "form"):
        for key, value in (getattr(request, field) or {}).items():
            if isinstance(value, str):
                yield Piece(request, field, key, value)
    yield from (Piece(request, "json", key, text) for key, text in _texts("", request.json))
    if request.body is not None:
        yield Piece(request, "body", "", request.body)


def journeys_of(services: Iterable[Service]) -> Iterator[tuple[Service, Journey]]:
    """Give the journeys of all services that can be looked at."""
    for service in services:
        with suppress(Unsound):
            yield from ((service, journey) for journey in service.journeys)


def targets_of(services: Iterable[Service]) -> Iterator[Target]:
    """Give every target of their journeys once."""
    seen: set[int] = set()
    for _, journey in journeys_of(services):
        with suppress(Unsound):
            for target in journey.targets:
                if id(target) not in seen:
                    seen.add(id(target))
                    yield target


def sensitive(journey: Journey) -> set[str]:
    """Give the names of what is kept and must not be seen."""
    return {e.name for step in journey.steps for e in step.extract if e.sensitive}


def _texts(key: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield key, value
        case Mapping():
            for name, inner in value.items():
                yield from _texts(str(name), inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(key, inner)
