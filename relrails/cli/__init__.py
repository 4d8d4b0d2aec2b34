"""The command line: arguments in, exit code out. Each file of this package that has no underscore is a command."""

from relrails.cli._program import main

__all__ = ["main"]
