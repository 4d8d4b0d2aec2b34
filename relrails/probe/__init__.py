"""What a customer does, as data: journeys of steps, what each answer must be, and when a failure calls somebody."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from relrails.probe import expect as expect
from relrails.probe.backend import Backend as Backend
from relrails.probe.backend import backend as backend
from relrails.probe.extract import Extract as Extract
from relrails.probe.extract import extract as extract
from relrails.probe.request import Request as Request
from relrails.probe.request import delete as delete
from relrails.probe.request import get as get
from relrails.probe.request import head as head
from relrails.probe.request import post as post
from relrails.probe.request import put as put
from relrails.probe.secret import Secret as Secret
from relrails.probe.secret import secret as secret
from relrails.probe.target import Target as Target

if TYPE_CHECKING:
    from relrails.probe.journey import Journey as Journey
    from relrails.probe.policy import Flaky as Flaky
    from relrails.probe.policy import Page as Page
    from relrails.probe.policy import Retry as Retry
    from relrails.probe.step import Poll as Poll
    from relrails.probe.step import Step as Step

# Loaded when first named: these have units, and a runner that walks journeys all day has no memory to spare for pint.
_HOMES = {"Flaky": "policy", "Journey": "journey", "Page": "policy", "Poll": "step", "Retry": "policy", "Step": "step"}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module 'relrails.probe' has no attribute {name!r}"
        raise AttributeError(msg)
    globals()[name] = found = getattr(import_module(f"relrails.probe.{home}"), name)
    return found
