"""All kinds of checks that a policy may hold."""

from relrails.canary.alerts import Alerts
from relrails.canary.cost import Cost
from relrails.canary.errors import ErrorRate
from relrails.canary.latency import Latency
from relrails.canary.probes import Probes

Check = ErrorRate | Latency | Probes | Alerts | Cost
