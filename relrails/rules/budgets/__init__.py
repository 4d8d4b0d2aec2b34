"""Budgets as rules: what is used is recorded cheaply, and a ticket says when it is more than was allowed."""

from relrails.rules.budgets.groups import budget_groups

__all__ = ["budget_groups"]
