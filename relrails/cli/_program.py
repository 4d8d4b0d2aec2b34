"""The program itself: finds its commands, and turns whatever happens into an exit code."""

import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import click

from relrails.cli._exit import COULD_NOT, INTERRUPTED, USAGE


class Program(click.Group):
    """Commands are the modules beside this one; each is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the modules that are commands."""
        del ctx
        package = sys.modules["relrails.cli"]
        return sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found = importlib.import_module(f"relrails.cli.{cmd_name}").command
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the one that was probably meant."""
        from difflib import get_close_matches

        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            near = get_close_matches(name, self.list_commands(ctx), n=1)
            meant = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"there is no command '{name}'.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a reader that has gone away (`| head`) is no fault of anybody."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _give_up_stdout()
            raise click.exceptions.Exit(COULD_NOT) from None
        return result


def _give_up_stdout() -> None:
    """Send what is left of the output nowhere, or Python would try again when it exits, and end with its own code."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            said = version("relrails")
        except PackageNotFoundError:
            said = "(not installed: running from its source)"
        click.echo(f"relrails {said}")
        ctx.exit()


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 fine, 1 found something to mend, 2 could not, 3 usage.",
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Say the version.")
def program() -> None:
    """Turn Python descriptions of services into proved Prometheus rules, dashboards and runbooks.

    \b
    Example:
      relrails new service checkout    write a service file to start from
      relrails lint                    find what is wrong with it
      relrails generate                write rules, proofs, dashboards and runbooks
      relrails verify                  run the proofs
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run relrails; gives the exit code."""
    sys.stdout = _usable(sys.stdout)
    sys.stderr = _usable(sys.stderr)
    try:
        code = program.main(arguments, prog_name="relrails", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("relrails: interrupted", err=True)
        return INTERRUPTED
    except OSError as error:
        click.echo(f"relrails: could not go on: {error}", err=True)
        try:
            sys.stdout.flush()
        except OSError:
            _give_up_stdout()
        return COULD_NOT
    except Exception:
        import traceback

        traceback.print_exc()
        click.echo("relrails: this is a fault of relrails, please report it with the lines above", err=True)
        return COULD_NOT
    return code if isinstance(code, int) else 0


def _usable(stream: TextIO | None) -> TextIO:
    """Escape what the terminal's encoding has no sign for; where the stream was closed, let nobody stumble over it."""
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    with suppress(AttributeError, ValueError):  # a stream that a test has put there
        stream.reconfigure(errors="backslashreplace")  # type: ignore[attr-defined] # TextIO is wider than what Python opens
    return stream
