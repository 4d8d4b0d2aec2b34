"""One look at a service: ask, put the facts together, judge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from relrails.judge.gate import Facts, Verdict, judge
from relrails.live.gate.asking import questions
from relrails.live.gate.facts import facts
from relrails.live.prometheus import Query, Reply
from relrails.promql import Matcher
from relrails.release import ReleaseClass
from relrails.service import Service

Ask = Callable[[Sequence[Query]], Sequence[Reply]]
"""Asks all queries in one round."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """What was asked and answered, what it came to, and the verdict."""

    replies: tuple[Reply, ...]
    facts: Facts
    verdict: Verdict


def examine(service: Service, release: ReleaseClass, ask: Ask, at: float, where: Sequence[Matcher] = ()) -> Examined:
    """Examine whether a service may be released at a moment, in unix seconds."""
    asked = questions(service, at, where)
    replies = tuple(ask(tuple(asked)))
    found = facts(service, release, asked, replies, at)
    return Examined(replies=replies, facts=found, verdict=judge(found))
