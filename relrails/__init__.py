"""Service descriptions in; proved Prometheus rules, dashboards and runbooks out."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relrails import budget as budget
    from relrails import canary as canary
    from relrails import metric as metric
    from relrails import notify as notify
    from relrails import probe as probe
    from relrails import sli as sli
    from relrails.release import Freeze as Freeze
    from relrails.scrape import Scrape as Scrape
    from relrails.service import Service as Service
    from relrails.slo import SLO as SLO
    from relrails.slo import BurnTier as BurnTier
    from relrails.slo import ErrorBudgetPolicy as ErrorBudgetPolicy
    from relrails.traffic import Traffic as Traffic

# Loaded when first named: the command line needs no units until it reads a service, and pint takes its time to load.
_HOMES = {
    "BurnTier": "relrails.slo",
    "ErrorBudgetPolicy": "relrails.slo",
    "Freeze": "relrails.release",
    "SLO": "relrails.slo",
    "Scrape": "relrails.scrape",
    "Service": "relrails.service",
    "Traffic": "relrails.traffic",
    "budget": "relrails",
    "canary": "relrails",
    "metric": "relrails",
    "notify": "relrails",
    "probe": "relrails",
    "sli": "relrails",
}
__all__ = [
    "SLO",
    "BurnTier",
    "ErrorBudgetPolicy",
    "Freeze",
    "Scrape",
    "Service",
    "Traffic",
    "budget",
    "canary",
    "metric",
    "notify",
    "probe",
    "sli",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module 'relrails' has no attribute {name!r}"
        raise AttributeError(msg)
    found = import_module(f"relrails.{name}") if home == "relrails" else getattr(import_module(home), name)
    globals()[name] = found
    return found
