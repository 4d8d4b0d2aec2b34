"""What is wrong with a description that loads: one file per fault, found by walking this package.

A check is a function over the values it names as its parameters: `service`, `slo`, `use` (a metric in an SLI),
`written` (a writer's PromQL), `journey`, `step` or `misfit` (a value of another type). It yields a Problem for each
fault; code and severity come from its registration, and the docstring of its file is its manual page and its test.
"""

from relrails.checks._registry import Check, UnknownCodeError, check, checks, elsewhere, explain, fleet_check
from relrails.checks._run import run

__all__ = ["Check", "UnknownCodeError", "check", "checks", "elsewhere", "explain", "fleet_check", "run"]
