"""Service descriptions in; proved Prometheus rules, dashboards and runbooks out."""

from relrails import metric as metric
from relrails import sli as sli
from relrails.promql import promql as promql
from relrails.service import Service as Service
from relrails.slo import SLO as SLO
from relrails.slo import BurnTier as BurnTier
from relrails.slo import ErrorBudgetPolicy as ErrorBudgetPolicy
