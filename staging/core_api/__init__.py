"""Core API: logs programs in, and answers the queries, graphs and timelines of an investigation."""
