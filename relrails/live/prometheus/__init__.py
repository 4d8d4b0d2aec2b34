"""A client of Prometheus' HTTP API, and of everything that speaks it: Thanos, Mimir, VictoriaMetrics.

An answer is either `Found`, with finite samples in order, or one of the classes of `results` that say why there is
nothing to go by. Only `Found` has samples: whoever forgets to look cannot take an error for a number.
"""

from relrails.live.prometheus.client import Client as Client
from relrails.live.prometheus.client import ask as ask
from relrails.live.prometheus.endpoint import Endpoint as Endpoint
from relrails.live.prometheus.endpoint import EndpointError as EndpointError
from relrails.live.prometheus.exchange import Exchange as Exchange
from relrails.live.prometheus.exchange import Reply as Reply
from relrails.live.prometheus.queries import Instant as Instant
from relrails.live.prometheus.queries import Query as Query
from relrails.live.prometheus.queries import Range as Range
from relrails.live.prometheus.results import Ambiguous as Ambiguous
from relrails.live.prometheus.results import Found as Found
from relrails.live.prometheus.results import NoData as NoData
from relrails.live.prometheus.results import Point as Point
from relrails.live.prometheus.results import Result as Result
from relrails.live.prometheus.results import Series as Series
from relrails.live.prometheus.results import Stale as Stale
from relrails.live.prometheus.results import Unusable as Unusable
from relrails.live.prometheus.results import fresh as fresh
from relrails.live.prometheus.results import only as only
