"""`relrails canary`: what can be done with a canary. Its commands are the files of the folder `_canary`."""

import importlib
import pkgutil

import click

from relrails.cli import _canary


class Commands(click.Group):
    """Commands are the modules of a package; each is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the modules."""
        del ctx
        return sorted(m.name for m in pkgutil.iter_modules(_canary.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found = importlib.import_module(f"{_canary.__name__}.{cmd_name}").command
        return found if isinstance(found, click.Command) else None


@click.group("canary", cls=Commands, short_help="Plan a canary, and watch one.")
def command() -> None:
    """Plan what a canary can see, and watch one until it is promoted or rolled back.

    \b
    Example:
      relrails canary plan core-api --rps 50 --weight 10%
      relrails canary run core-api --artifact sha256:4f1c… --prometheus http://prometheus:9090
    """
