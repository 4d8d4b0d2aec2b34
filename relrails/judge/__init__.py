"""Decisions without I/O: numbers in, an answer out."""
