"""How a release is watched: canary against stable, by counts, until it is promoted or rolled back."""

from relrails.canary.action import Action as Action
from relrails.canary.action import Command as Command
from relrails.canary.action import HAProxy as HAProxy
from relrails.canary.alerts import Alerts as Alerts
from relrails.canary.check import Check as Check
from relrails.canary.cost import Cost as Cost
from relrails.canary.errors import ErrorRate as ErrorRate
from relrails.canary.identity import Identity as Identity
from relrails.canary.latency import Latency as Latency
from relrails.canary.policy import Policy as Policy
from relrails.canary.probes import Probes as Probes
from relrails.canary.silence import Recovery as Recovery
from relrails.canary.silence import Silence as Silence
