"""One step of the judge: what is known, and what happened, to what is known now."""

from relrails.judge.canary.events import Event
from relrails.judge.canary.resolved import ResolvedPolicy
from relrails.judge.canary.state import State


def step(state: State, event: Event, policy: ResolvedPolicy) -> State:
    """Judge one event. No clock, no network, no chance: the same events give the same state, on any machine.

    A state whose phase is final stays as it is, whatever comes.
    """
    raise NotImplementedError
