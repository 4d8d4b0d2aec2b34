"""A run judged again from what was stored."""

from collections.abc import Iterable, Mapping
from typing import Any

from relrails.canary.resolved import ResolvedPolicy
from relrails.judge.canary.events import Event
from relrails.judge.canary.json import from_json
from relrails.judge.canary.state import State
from relrails.judge.canary.step import step


def replay(policy: Mapping[str, Any], events: Iterable[Mapping[str, Any]]) -> State:
    """Give the state that a run must have ended in: verdict, reasons and numbers.

    `policy` is a stored ResolvedPolicy, `events` are all that happened, in order. Raises ValueError for what is not
    what `as_json` wrote.
    """
    resolved = from_json(ResolvedPolicy, policy)
    state = State()
    for event in events:
        state = step(state, from_json(Event, event), resolved)
    return state
