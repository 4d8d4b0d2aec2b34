"""The whole way from service files to generated/: load, check, render, prove, write."""

from relrails.generate.freshness import Checked, Diffed, check, diff
from relrails.generate.linting import Linted, lint
from relrails.generate.parallel import WorkFailed
from relrails.generate.run import Generated, generate

__all__ = ["Checked", "Diffed", "Generated", "Linted", "WorkFailed", "check", "diff", "generate", "lint"]
