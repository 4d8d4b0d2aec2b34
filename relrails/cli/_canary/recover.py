"""`relrails canary recover`: rolls back what was left behind."""

from typing import Any

import click

from relrails.cli import _endpoint, _options


@click.command("recover", short_help="Roll back a canary whose controller is gone.")
@click.argument("service", metavar="SERVICE")
@_endpoint.options
@_options.services
@_options.state
@_options.evidence
@_options.sign
@_options.form
@click.pass_context
def command(ctx: click.Context, /, service: str, **given: Any) -> None:
    """Roll back the canary of SERVICE if its controller is gone, and verify that the service recovers.

    For a timer or a unit that starts after a reboot. Does nothing where there is no such run, and where somebody
    watches it.

    \b
    Example:
      relrails canary recover core-api --prometheus http://prometheus:9090
    """
    from relrails.cli import _canarying
    from relrails.live.canary.running import recover

    given |= {"artifact": "", "stable": "", "release": "feature", "gate": False, "drill": False}
    given |= {"metrics_port": None, "metrics_file": None}
    ctx.exit(_canarying.with_run(ctx, service, given, recover))
