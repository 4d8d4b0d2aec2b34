"""Who is told: where Alertmanager sends what pages and what is only a ticket."""

from relrails.notify.receivers import PagerDuty as PagerDuty
from relrails.notify.receivers import Receiver as Receiver
from relrails.notify.receivers import Slack as Slack
from relrails.notify.receivers import Webhook as Webhook
