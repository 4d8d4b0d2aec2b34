"""What the panels of a dashboard ask of Prometheus, many questions at once.

A gate needs numbers and nothing else; a chart also shows where there are none. So an answer with NaN in it, or with a
warning, is an answer here, and everything else that is not one stays what it was.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from relrails.live.prometheus import Client, Endpoint, Found, NoData, Query, Reply, Unusable
from relrails.live.prometheus.results import Ambiguous, NotFinite, Partial, WrongShape

AT_ONCE = 6
"""Questions on the way at the same time: as many as a browser has."""


@dataclass(frozen=True, slots=True)
class LabelValues:
    """The values of a label of some series, or of all where `of` is None, between two moments."""

    label: str
    of: str | None
    start: float
    end: float

    @property
    def path(self) -> str:
        """Give the part of the API."""
        return f"label/{self.label}/values"

    def form(self) -> dict[str, str]:
        """Give the parameters of the API."""
        among = {} if self.of is None else {"match[]": self.of}
        return {"start": f"{self.start:.3f}", "end": f"{self.end:.3f}", **among}


@dataclass(frozen=True, slots=True)
class Exemplars:
    """The exemplars of the series in an expression, between two moments."""

    promql: str
    start: float
    end: float

    path = "query_exemplars"

    def form(self) -> dict[str, str]:
        """Give the parameters of the API."""
        return {"query": self.promql, "start": f"{self.start:.3f}", "end": f"{self.end:.3f}"}


Question = Query | LabelValues | Exemplars


@dataclass(frozen=True, slots=True)
class Data:
    """The `data` of an answer, of whatever shape it is, and what the server remarked."""

    json: Any
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no answer, in one line."""

    why: str


def ask(endpoint: Endpoint, questions: Sequence[Question]) -> tuple[Data | Failed, ...]:
    """Ask all questions; answers are in the order of the questions."""

    async def all_of_them() -> tuple[Data | Failed, ...]:
        turns = asyncio.Semaphore(AT_ONCE)
        async with Client(endpoint) as client:

            async def one(question: Question) -> Data | Failed:
                async with turns:
                    # The client reads an answer to a question that it does not know as one of a wrong shape.
                    return _answer(await client.reply(cast("Query", question)))

            return tuple(await asyncio.gather(*(one(question) for question in questions)))

    return asyncio.run(all_of_them())


def _answer(reply: Reply) -> Data | Failed:
    result = reply.result
    if not isinstance(result, Found | NoData | NotFinite | Partial | WrongShape | Ambiguous):
        return Failed(result.text)
    try:
        said = json.loads(reply.exchange.body)
    except ValueError:
        said = None
    if reply.exchange.status != 200 or not isinstance(said, dict) or said.get("status") != "success":
        return Failed(result.text if isinstance(result, Unusable) else "there is no answer")
    remarks = [str(text) for key in ("warnings", "infos") for text in said.get(key) or ()]
    return Data(said.get("data"), tuple(remarks))
