"""`relrails canary plan`: what a canary can see, and how soon, before it runs."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relrails.cli import _options
from relrails.cli._exit import COULD_NOT, FOUND, USAGE

if TYPE_CHECKING:
    from relrails.judge.canary import ResolvedPolicy, ResolvedTest
    from relrails.service import Service

ROUNDING = 1e-6
RATIOS = (1.5, 2, 3, 5, 10)
MINUTE = 60


class Share(click.ParamType):  # type: ignore[type-arg] # generic from click 8.3 on, not before
    """A share of something: `10%`, or `0.1`."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it; it lies between 0 and 1, both excluded."""
        text = str(value).strip()
        try:
            found = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            found = 0
        if not 0 < found < 1:
            self.fail(f"{text!r} is no share; write, for example, 10% or 0.1", param, ctx)
        return found


class NamedShare(Share):
    """A share with the name of what it is a share of: `availability=0.05%`."""

    name = "check=share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read both."""
        check, equals, share = str(value).partition("=")
        if not equals:
            self.fail(f"{value!r} names no check; write, for example, availability=0.05%", param, ctx)
        return check, super().convert(share, param, ctx)


@click.command("plan", short_help="Say what a canary can see, and how soon.")
@click.argument("service")
@click.option(
    "--rps", type=click.FloatRange(min=0, min_open=True), required=True, help="Requests a second, of both tracks."
)
@click.option("--weight", type=Share(), help="The canary's share of them, such as 10%.  [default: the policy's]")
@click.option(
    "--dispersion",
    type=click.FloatRange(min=1),
    help="How bursty the counts are, 1 for independent requests.  [default: the policy's, or 1]",
)
@click.option(
    "--base",
    type=NamedShare(),
    multiple=True,
    metavar="CHECK=SHARE",
    help="Share that is bad today, by check.  [default: all that the SLO allows]",
)
@_options.services
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    service: str,
    rps: float,
    weight: float | None,
    dispersion: float | None,
    base: tuple[tuple[str, float], ...],
    services_dir: Path,
    form: str,
) -> None:
    """Say what the canary policy of SERVICE can see at this traffic, and how soon.

    Exits 1 where a check cannot tell its unacceptable ratio within `max_duration`, or cannot accept a healthy canary by
    then: such a canary ends undecided.

    \b
    Example:
      relrails canary plan core-api --rps 50 --weight 10%
      relrails canary plan core-api --rps 50 --weight 25% --base availability=0.05%
    """
    import sys

    from relrails.cli import _show
    from relrails.generate import lint
    from relrails.judge.canary import resolve
    from relrails.units import exact

    linted = lint(services_dir, today=_show.today())
    if linted.failed:
        _show.problems_text(linted.problems, linted.files, "", sys.stderr)
        ctx.exit(FOUND if linted.files else COULD_NOT)
    found = next((s for s in linted.services if s.name == service), None)
    if found is None or found.canary is None:
        known = ", ".join(s.name for s in linted.services if s.canary is not None) or "none"
        click.echo(f"relrails: {service!r} has no canary policy; services that have one: {known}", err=True)
        ctx.exit(USAGE)
    declared = None if found.canary.traffic_share is None else float(exact(found.canary.traffic_share, "ratio"))
    share = weight if weight is not None else declared
    if share is None:
        click.echo("relrails: the policy declares no `traffic_share`: give --weight", err=True)
        ctx.exit(USAGE)
    policy = resolve(found.canary)
    today = dict(base)
    unknown = sorted(set(today) - {test.check for test in policy.tests})
    if unknown:
        click.echo(f"relrails: {service} has no check {unknown[0]!r}", err=True)
        ctx.exit(USAGE)
    phi = _divisor(policy, dispersion)
    rows = [_row(test, policy, rps / phi, share, today.get(test.check)) for test in policy.tests if test.test in _SHOWN]
    if form == "json":
        _show.say_json(
            {"service": service, "rps": rps, "share": share, "evidence_divided_by": round(phi, 4), "checks": rows}
        )
    else:
        _say(found, policy, rps, share, rows)
        _advise(policy, phi, share, rows)
    if not all(row["enough"] for row in rows):
        ctx.exit(FOUND)


def _divisor(policy: "ResolvedPolicy", dispersion: float | None) -> float:
    """Give what the judge divides its evidence by: events in bursts say as much as so many times fewer ones.

    A dispersion that is given is taken for one that `run` measures on the past, which has its margin.
    """
    from relrails.judge.canary.dispersion import used

    if dispersion is None:
        return max(1.0, policy.dispersion or 1.0)
    return max(1.0, policy.dispersion) if policy.dispersion is not None else used(dispersion)


_SHOWN = {"error_rate_delta": "bad", "latency_share": "slow"}
"""The tests whose counts a traffic of so many requests determines, and what they count."""


def _row(
    test: "ResolvedTest", policy: "ResolvedPolicy", rps: float, share: float, base: float | None
) -> dict[str, Any]:
    from relrails.judge.canary import planning

    traffic = planning.Traffic(rps=rps, share=share, bad=test.allowance if base is None else base)
    accepted = planning.seconds_to_accept(test, policy, traffic)
    wanted = max(test.unacceptable_ratio, planning.smallest_that_matters(test, traffic))
    smallest = planning.smallest_ratio(policy.max_duration, test, policy, traffic)
    return {
        "check": test.check,
        "counts": _SHOWN[test.test],
        "base": traffic.bad,
        "minutes_to_see": {
            f"{ratio:g}": _finite(planning.seconds_to_see(ratio, test, policy, traffic) / MINUTE) for ratio in RATIOS
        },
        "too_small": [f"{ratio:g}" for ratio in RATIOS if planning.too_small(ratio, test, traffic)],
        "min_ratio": test.min_ratio,
        "min_delta": test.min_delta,
        "smallest_ratio": _finite(smallest),
        "minutes_to_accept": _finite(accepted / MINUTE),
        "unacceptable_ratio": test.unacceptable_ratio,
        "enough": smallest <= wanted * (1 + ROUNDING) and accepted <= policy.max_duration,
    }


def _finite(number: float) -> float | None:
    return None if number == float("inf") else round(number, 2)


def _seen(ratio: str, minutes: float | None, row: dict[str, Any], longest: float) -> str:
    if ratio in row["too_small"]:
        least = f"at least {row['min_ratio']:g} times as many, and {row['min_delta'] * 100:.3g} % more"
        return f"is too small a difference to roll back: the policy wants {least}"
    if minutes is None:
        return "is never seen"
    return f"is seen after {_minutes(minutes)}{' (too late)' if minutes > longest else ''}"


def _minutes(number: float) -> str:
    return "a minute or less" if number <= 1 else f"about {number:.0f} min"


def _say(service: "Service", policy: "ResolvedPolicy", rps: float, share: float, rows: list[dict[str, Any]]) -> None:
    longest = policy.max_duration / MINUTE
    click.echo(
        f"{service.name}: {rps:g} requests a second, {share * 100:.3g} % of them to the canary, {longest:g} min at most"
    )
    for row in rows:
        click.echo(f"\n{row['check']}, while {row['base']:.3%} are {row['counts']}:")
        for ratio, minutes in row["minutes_to_see"].items():
            click.echo(f"  x{ratio:<4} {_seen(ratio, minutes, row, longest)}")
        if row["smallest_ratio"] is None:
            click.echo(f"  nothing is surely seen within {longest:g} min")
        else:
            click.echo(f"  x{row['smallest_ratio']:.2g} is the least that is surely seen within {longest:g} min")
        accepted = row["minutes_to_accept"]
        if accepted is None:
            click.echo("  a healthy canary is never accepted")
        else:
            late = accepted > longest
            ends = f": it ends undecided, and the policy says {policy.on_inconclusive}" if late else ""
            click.echo(f"  a healthy canary is accepted after {_minutes(accepted)}{ends}")


def _advise(policy: "ResolvedPolicy", phi: float, share: float, rows: list[dict[str, Any]]) -> None:
    """Say what bursts are taken for, and what to change where a healthy canary is likely to end undecided."""
    if phi > 1:
        click.echo(f"\nthe counts are bursty: {phi:.3g} times as much evidence is asked for as of independent requests")
    elif policy.dispersion is None:
        click.echo("\nfor requests that are independent; bursts make it slower: --dispersion 3 says by how much")
    if all(row["enough"] for row in rows):
        return
    click.echo("\ntoo little to tell in time: give the canary more traffic, or more time (`max_duration`)")
    longest = policy.max_duration / MINUTE
    late = [row for row in rows if row["minutes_to_accept"] is None or row["minutes_to_accept"] > longest]
    if not late:
        return
    click.echo(f"a healthy canary is likely to end undecided, and the policy then says {policy.on_inconclusive}")
    if all(row["minutes_to_accept"] is not None for row in late):
        times = max(row["minutes_to_accept"] for row in late) / longest
        fits = f", or a weight of about {min(50, share * times * 100):.0f} %" if share * times <= 1 / 2 else ""
        click.echo(
            f"it takes {times:.1f} times the traffic{fits}, "
            f"or `max_duration` of {math.ceil(longest * times)} min, to accept about half of them"
        )
