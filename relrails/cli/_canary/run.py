"""`relrails canary run`: watches a canary until it is promoted or rolled back."""

from pathlib import Path
from typing import Any

import click

from relrails.cli import _endpoint, _options


@click.command("run", short_help="Watch a canary until it is promoted or rolled back.")
@click.argument("service", metavar="SERVICE")
@_options.artifact
@click.option("--stable", default="", metavar="DIGEST", help="What runs now, for the record.")
@click.option(
    "--class", "release", type=click.Choice(["feature", "fix", "security"]), default="feature", show_default=True
)
@click.option("--gate/--no-gate", default=True, show_default=True, help="Ask the gate first; or it was asked already.")
@click.option("--drill", is_flag=True, help="A fault is injected on purpose; the record says so.")
@_endpoint.options
@_options.services
@_options.state
@_options.evidence
@_options.sign
@click.option("--metrics-port", type=click.IntRange(0, 65535), help="Serve metrics on this port of the loopback.")
@click.option(
    "--metrics-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write metrics to FILE too, for node_exporter: they outlive the run.",
)
@_options.form
@click.pass_context
def command(ctx: click.Context, /, service: str, **given: Any) -> None:
    """Watch the canary of SERVICE by its policy, promote it or roll it back, and write the evidence.

    A process of its own watches the one that watches: if either dies, the canary is rolled back. If both die, the next
    start or `relrails canary recover` sees to it. SIGTERM and Ctrl-C roll back. Whatever is not 0 is not promoted.

    Exits 0 where the canary was promoted, 1 where it was rolled back or blocked, 2 where the gate could not tell, 3
    where the policy cannot be watched, 4 where an action failed or the service did not recover.

    \b
    Example:
      relrails canary run core-api --artifact sha256:4f1c… --prometheus http://prometheus:9090
      relrails canary run core-api --artifact sha256:4f1c… --no-gate --sign-with file:/run/secrets/release-key
    """
    from relrails.cli import _canarying
    from relrails.live.canary.running import start

    ctx.exit(_canarying.with_run(ctx, service, given, start))
