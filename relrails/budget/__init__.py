"""What a service may cost: how much may wait, how long a job may run, how much may be stored, what may be spent."""

from relrails.budget.export_runtime import ExportRuntime as ExportRuntime
from relrails.budget.queue_depth import QueueDepth as QueueDepth
from relrails.budget.spend import Spend as Spend
from relrails.budget.storage_growth import StorageGrowth as StorageGrowth

Budget = QueueDepth | ExportRuntime | StorageGrowth | Spend
