"""The runner's way to HTTP reads what the one that it is measured against reads."""

import asyncio

from bench.answering import serving
from bench.perf.fetching import HEADERS, LARGEST, PATH, HttpxClient
from relrails.judge.answer import Answer
from relrails.live.probe.client import Client, HttpClient, shared_context
from relrails.live.probe.guard import Phases
from relrails.live.probe.template import Message, origin
from relrails.probe import Target


async def answers(url: str) -> list[Answer]:
    target, context = Target(name="core-api", url=url, networks=("127.0.0.0/8",)), shared_context()
    clients: list[Client] = [HttpxClient(context), HttpClient((target,), context)]
    found = []
    for client in clients:
        for method, path, body in (("GET", PATH, b""), ("POST", "/exports", b"{}"), ("GET", "/nowhere", b"")):
            found.append(await client.send(Message(method, origin(target), path, HEADERS, body), LARGEST, Phases()))
        await client.hang_up()
    return found


def test_both_clients_read_the_same_answers() -> None:
    with serving() as url:
        found = asyncio.run(answers(url))

    assert [answer.status for answer in found] == [200, 202, 404] * 2
    assert found[:3] == found[3:]
