"""`relrails preview`: a generated dashboard, drawn."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relrails.cli._exit import COULD_NOT, USAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relrails.live.prometheus import Endpoint
    from relrails.preview.board import Board
    from relrails.preview.clock import Span
    from relrails.preview.sketch import Sketch

DASHBOARDS = Path("grafana/provisioning/dashboards/relrails")
DATASOURCE = Path("grafana/provisioning/datasources/relrails.yml")
SCRAPE = 15.0
"""Seconds between scrapes, where no provisioned data source says otherwise: Grafana's own guess."""


@click.command("preview", short_help="Draw a dashboard from live data, without Grafana.")
@click.argument("dashboards", nargs=-1, metavar="[DASHBOARD]...")
@click.option("--prometheus", "url", required=True, metavar="URL", help="Address of the Prometheus to ask.")
@click.option(
    "--generated",
    type=click.Path(path_type=Path),
    default=Path("generated"),
    show_default=True,
    metavar="DIR",
    help="Folder that `relrails generate` has written.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("preview"),
    show_default=True,
    metavar="DIR",
    help="Folder for the pages and drawings.",
)
@click.option(
    "--var", "chosen", multiple=True, metavar="NAME=VALUE", help="Choose a value of a variable; again for more."
)
@click.option(
    "--from", "since", metavar="DURATION", help="How far to look back, such as 1h. [default: the dashboard's]"
)
@click.option("--to", "until", metavar="TIME", help="Look back from here: unix seconds or ISO 8601. [default: now]")
@click.option("--tenant", metavar="ID", help="Tenant of a Mimir or Cortex (X-Scope-OrgID).")
@click.option("--bearer", metavar="REFERENCE", help="Token to send, by reference: env:NAME or file:/path.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    dashboards: tuple[str, ...],
    url: str,
    generated: Path,
    out: Path,
    chosen: tuple[str, ...],
    since: str | None,
    until: str | None,
    tenant: str | None,
    bearer: str | None,
) -> None:
    """Draw dashboards from the data of any Prometheus: a page and an SVG for each, which need nothing else.

    DASHBOARD is a name in GENERATED, such as core-api, or a file; without one all are drawn. What a query answers is
    shown, also when it is nothing or an error: a panel is never empty without a word. It is a sketch, not Grafana.
    Exits 2 where a query failed. Needs matplotlib: `pip install relrails[preview]`.

    \b
    Example:
      relrails preview core-api --prometheus http://localhost:9090
      relrails preview journeys --prometheus http://localhost:9090 --from 1h --var env=staging
    """
    from relrails.preview.board import NotADashboardError, read
    from relrails.preview.variables import UnknownVariableError

    endpoint = _endpoint(url, tenant, bearer)
    try:
        found = [(file.stem, read(file)) for file in _files(dashboards, generated)]
        failed = [
            _draw(
                name,
                board,
                endpoint=endpoint,
                out=out,
                span=_span(board, generated, since, until),
                chosen=chosen,
            )
            for name, board in found
        ]
    except (NotADashboardError, UnknownVariableError) as error:
        click.echo(f"relrails: {error}", err=True)
        ctx.exit(USAGE)
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        click.echo("relrails: preview draws with matplotlib; fix: pip install 'relrails[preview]'", err=True)
        ctx.exit(COULD_NOT)
    if any(failed):
        ctx.exit(COULD_NOT)


def _draw(name: str, board: "Board", *, endpoint: "Endpoint", out: Path, span: "Span", chosen: "Sequence[str]") -> bool:
    from relrails.live.panels import ask
    from relrails.preview.page import html, svg
    from relrails.preview.sketch import sketch
    from relrails.preview.variables import choose, variables

    drawn = sketch(board, span, choose(variables(board.json), _values(chosen)), lambda asked: ask(endpoint, asked))
    out.mkdir(parents=True, exist_ok=True)
    for ending, page in (("html", html), ("svg", svg)):
        file = out / f"{name}.{ending}"
        file.write_text(page(drawn, endpoint.url), encoding="utf-8")
        click.echo(file)
    return _say(name, drawn)


def _say(name: str, drawn: "Sketch") -> bool:
    """Count the panels, and name the trouble; gives whether a query failed."""
    states = [picture.state for picture in drawn.pictures]
    counts = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
    click.echo(f"{name}: {len(states)} panels: {', '.join(sorted(counts))}", err=True)
    troubles: dict[str, list[str]] = {}
    for picture in drawn.pictures:
        for trouble in picture.troubles:
            troubles.setdefault(trouble, []).append(picture.title)
    for trouble, titles in troubles.items():
        others = f" and {len(titles) - 1} other queries" if len(titles) > 1 else ""
        click.echo(f"{name}: {titles[0]}{others}: {trouble}", err=True)
    return bool(troubles)


def _endpoint(url: str, tenant: str | None, bearer: str | None) -> "Endpoint":
    from relrails.live.prometheus import Endpoint, EndpointError
    from relrails.probe import secret
    from relrails.units import seconds

    try:
        return Endpoint(url=url, tenant=tenant, bearer=secret(bearer) if bearer else None, timeout=30 * seconds)
    except EndpointError as error:
        raise click.UsageError(str(error)) from error


def _files(names: "Sequence[str]", generated: Path) -> list[Path]:
    folder = generated / DASHBOARDS
    there = sorted(folder.glob("*.json"))
    if not names:
        if not there:
            raise click.UsageError(f"{folder}/ has no dashboards; fix: run `relrails generate`")
        return there
    found = []
    for name in names:
        file = Path(name) if name.endswith(".json") else folder / f"{name}.json"
        if not file.is_file():
            known = ", ".join(f.stem for f in there) or "none"
            raise click.UsageError(f"there is no dashboard {name!r} in {folder}/, only {known}")
        found.append(file)
    return found


def _values(chosen: "Sequence[str]") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in chosen:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--var {pair!r} is not NAME=VALUE, such as env=staging")
        found.setdefault(name.removeprefix("var-"), []).append(value)
    return found


def _span(board: "Board", generated: Path, since: str | None, until: str | None) -> "Span":
    from relrails.preview.clock import Span, seconds

    end = _moment(until)
    try:
        length = seconds(since or board.since)
    except ValueError as error:
        raise click.UsageError(f"--from: {error}") from error
    return Span(start=end - length, end=end, scrape=_scrape(generated))


def _moment(until: str | None) -> float:
    if until is None:
        return datetime.now(UTC).timestamp()
    try:
        return float(until)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(until)
    except ValueError as error:
        raise click.UsageError(
            f"--to {until!r} is neither unix seconds nor a time such as 2026-11-23T14:05Z"
        ) from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _scrape(generated: Path) -> float:
    """Read how often Prometheus scrapes from the data source that was generated with the dashboards."""
    import yaml

    from relrails.preview.clock import seconds

    try:
        found = yaml.safe_load((generated / DATASOURCE).read_text(encoding="utf-8"))
        return seconds(found["datasources"][0]["jsonData"]["timeInterval"])
    except (OSError, yaml.YAMLError, KeyError, IndexError, TypeError, ValueError):
        return SCRAPE
