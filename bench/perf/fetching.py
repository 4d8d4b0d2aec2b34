"""The runner's own way to HTTP: by httpx, as everybody would begin, and by httpcore beneath it, as it is."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from bench.answering import serving
from bench.perf.subject import Ask, Subject
from relrails.judge.answer import Answer
from relrails.live.probe.client import CONNECTIONS, Client, HttpClient, shared_context
from relrails.live.probe.fault import Fault
from relrails.live.probe.guard import Phases
from relrails.live.probe.template import Message, origin
from relrails.probe import Target

LARGEST = 1_000_000
REQUESTS = 200
PATH = "/v1/query?case=case-7&text=login"
HEADERS = (
    ("authorization", "Bearer a-token-of-the-benchmark"),
    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
)


class HttpxClient:
    """What a careful engineer writes first: one client for a journey, nothing from the environment, bodies by pieces.

    It has no guard against addresses that nobody allowed, which the runner's client has.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS)
        # No timeouts, as in the runner's client: who sends sets a deadline for the whole.
        self._client = httpx.AsyncClient(verify=context, limits=limits, trust_env=False, timeout=None)  # noqa: S113 - see above

    async def send(self, message: Message, largest: int, phases: Phases) -> Answer:
        """Send a request. Raises Fault."""
        del phases  # a hook of httpx would note them, and cost a little more
        headers = {"accept-encoding": "identity", **dict(message.headers)}
        url = f"{message.origin}{message.path}"
        async with self._client.stream(message.method, url, headers=headers, content=message.body) as response:
            chunks, size = [], 0
            async for chunk in response.aiter_raw():
                chunks.append(chunk)
                size += len(chunk)
                if size > largest:
                    raise Fault("body_too_large", f"{message.origin} sends more than {largest} bytes")
        return Answer(response.status_code, tuple(response.headers.multi_items()), b"".join(chunks))

    async def hang_up(self) -> None:
        """Close all connections."""
        await self._client.aclose()


@contextmanager
def fetching() -> Iterator[Ask]:
    """Send requests one after the other on a connection that is kept, and read their answers."""
    with serving() as url, asyncio.Runner() as runner:
        target, context = Target(name="core-api", url=url, networks=("127.0.0.0/8",)), shared_context()
        message = Message("GET", origin(target), PATH, HEADERS, b"")
        clients: dict[str, Client] = {"before": HttpxClient(context), "after": HttpClient((target,), context)}

        def ask(version: str) -> int:
            runner.run(_send(clients[version], message))
            return REQUESTS

        yield ask
        for client in clients.values():
            runner.run(client.hang_up())


async def _send(client: Client, message: Message) -> None:
    for _ in range(REQUESTS):
        answer = await client.send(message, LARGEST, Phases())
        if answer.status != httpx.codes.OK or not answer.body:
            raise SystemExit(f"the server of the benchmark answered {answer.status}")


SUBJECT = Subject("runner", fetching)
