"""What is measured: the share of events that were bad, one file per kind."""

from relrails.sli.availability import Availability as Availability
from relrails.sli.base import SLI as SLI
from relrails.sli.correctness import Correctness as Correctness
from relrails.sli.freshness import Freshness as Freshness
from relrails.sli.latency import Latency as Latency
from relrails.sli.probe_success import ProbeSuccess as ProbeSuccess
from relrails.sli.ratio import Ratio as Ratio
