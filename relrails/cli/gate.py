"""`relrails gate`: may this service be released now?"""

from typing import Any

import click

from relrails.cli import _endpoint, _finding, _options
from relrails.cli._exit import COULD_NOT, FOUND


@click.command("gate", short_help="Say whether a service may be released now.")
@click.argument("service", metavar="SERVICE")
@_options.artifact
@click.option(
    "--class",
    "release",
    type=click.Choice(["feature", "fix", "security"]),
    default="feature",
    show_default=True,
    help="A fix makes the service more reliable, a security release closes a hole.",
)
@_endpoint.options
@_options.services
@_options.form
@click.pass_context
def command(ctx: click.Context, /, service: str, **given: Any) -> None:
    """Allow or block a release by the state of its error budgets, its journeys and its alerts, with the reasons.

    Reads what the generated rules record. Exits 0 where the release is allowed, 1 where it is blocked, 2 where it is
    blocked because nobody can tell, 3 where the service cannot be judged at all. Data that is missing never allows.

    \b
    Example:
      relrails gate core-api --prometheus http://prometheus:9090
      relrails gate core-api --artifact sha256:4f1c… --class fix --format github
    """
    import time
    from functools import partial

    from relrails.cli import _gating, _show
    from relrails.live.gate import examine
    from relrails.live.prometheus import ask

    endpoint, where = _endpoint.endpoint(given)
    described = _finding.chosen(ctx, service, given["services_dir"])
    release, artifact, at = given["release"], given["artifact"], time.time()
    verdict = examine(described, release, partial(ask, endpoint), at, where).verdict
    text = _gating.gate_text(described, release, artifact, verdict)
    match given["form"]:
        case "json":
            _show.say_json(_gating.verdict_json(described, release, artifact, at, verdict))
        case "github":
            _gating.say_github(described, verdict, text)
        case _:
            click.echo(text)
    if not verdict.allowed:
        ctx.exit(COULD_NOT if verdict.blind else FOUND)
