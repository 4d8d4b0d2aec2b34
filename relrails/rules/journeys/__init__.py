"""The alerts of customer journeys: pages when runs fail or are not made, tickets for what is less than that."""

from relrails.rules.journeys.fleet import fleet_groups
from relrails.rules.journeys.groups import host_groups, journey_groups

__all__ = ["fleet_groups", "host_groups", "journey_groups"]
