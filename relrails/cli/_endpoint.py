"""The options by which a Prometheus is found, the same for every command that asks one."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from relrails.live.prometheus import Endpoint
    from relrails.promql import Matcher

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--prometheus",
        "url",
        envvar="RELRAILS_PROMETHEUS",
        required=True,
        metavar="URL",
        help="Address of Prometheus, Thanos, Mimir or the like, with its prefix. Also from RELRAILS_PROMETHEUS.",
    ),
    click.option("--tenant", metavar="NAME", help="Sent as X-Scope-OrgID."),
    click.option(
        "--header",
        "headers",
        multiple=True,
        metavar="NAME=REF",
        help="A header whose value stands behind a reference: Authorization=env:PROM_AUTH, X-Key=file:/run/key.",
    ),
    click.option("--bearer", metavar="REF", help="Reference to a token for Authorization: env:NAME or file:/path."),
    click.option(
        "--match",
        "matches",
        multiple=True,
        metavar="LABEL=VALUE",
        help="Choose among several Prometheis behind one address: cluster=eu.",
    ),
    click.option(
        "--timeout", "timeout", type=click.FloatRange(0.1, 300), default=5, show_default=True, help="Seconds per query."
    ),
)


def options(command: F) -> F:
    """Add the options to a command; hand them to `endpoint` as they are."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def endpoint(given: Mapping[str, Any]) -> "tuple[Endpoint, tuple[Matcher, ...]]":
    """Make of the options an endpoint, and what every selector must match too; raises UsageError."""
    from relrails.live.prometheus import Endpoint, EndpointError
    from relrails.probe.secret import Secret
    from relrails.promql import Matcher
    from relrails.units import seconds

    bearer = given["bearer"]
    try:
        made = Endpoint(
            url=given["url"],
            tenant=given["tenant"],
            bearer=None if bearer is None else Secret(_reference(bearer, "--bearer")),
            headers={n: Secret(_reference(v, "--header")) for n, v in _pairs(given["headers"], "--header")},
            timeout=given["timeout"] * seconds,
        )
    except EndpointError as error:
        raise click.UsageError(str(error)) from error
    return made, tuple(Matcher(n, "=", v) for n, v in _pairs(given["matches"], "--match"))


def _pairs(given: Sequence[str], option: str) -> list[tuple[str, str]]:
    pairs = [text.partition("=") for text in given]
    if any(not name or not equals for name, equals, _ in pairs):
        raise click.UsageError(f"{option} takes NAME=VALUE")
    return [(name, value) for name, _, value in pairs]


def _reference(text: str, option: str) -> str:
    # What was given instead may well be the secret itself, so it is not repeated.
    if not text.startswith(("env:", "file:/")):
        raise click.UsageError(f"{option} takes a reference to a secret, env:NAME or file:/path, never the secret")
    return text
