"""Budgets at their true times: an hour of normal load without a ticket, and beside it each budget passed for real."""

from staging.hours.running import hours as hours
