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
@_options.evidence
@_options.sign
@click.option("--record", is_flag=True, help="Write evidence; an exemption or an override that was used always does.")
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

    from relrails.cli import _evidence, _gating, _show
    from relrails.live.gate import examine

    endpoint, where = _endpoint.endpoint(given)
    asking = _evidence.Asking(endpoint)
    paper = _evidence.Paper(given["evidence_dir"], _evidence.signer(given["sign_with"]), asking)
    described = _finding.chosen(ctx, service, given["services_dir"])
    at = time.time()
    found = examine(described, given["release"], asking, at, where)
    passed = _gating.overridden(described, given["artifact"], found, given["evidence_dir"])
    gated = _gating.Gated(described, given["release"], given["artifact"], at, found, passed)
    text = _gating.gate_text(gated)
    match given["form"]:
        case "json":
            _show.say_json(_gating.verdict_json(gated))
        case "github":
            _gating.say_github(gated, text)
        case _:
            click.echo(text)
    if given["record"] or found.verdict.exempted or passed.override is not None:
        _gating.record(gated, paper)
    if not gated.allowed:
        ctx.exit(COULD_NOT if found.verdict.blind else FOUND)
