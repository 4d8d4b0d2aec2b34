"""`relrails perf`: whether a change made something faster."""

from pathlib import Path

import click

from relrails.cli._exit import COULD_NOT, FOUND, USAGE


@click.group("perf", short_help="Say whether a change made something faster.")
def command() -> None:
    """Measure two programs, and say what may be believed of the difference.

    \b
    Example:
      relrails perf compare --command "python old.py" "python new.py"
    """


@command.command("compare", short_help="Compare two series of measurements, or two programs.")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@click.option(
    "--command", "commands", is_flag=True, help="BEFORE and AFTER are programs, each in quotes; they take turns."
)
@click.option("--runs", type=click.IntRange(min=10), default=20, show_default=True, help="Runs of each program.")
@click.option("--warmups", type=click.IntRange(min=0), default=2, show_default=True, help="Rounds that are not kept.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=600, show_default=True, metavar="SECONDS"
)
@click.option(
    "--metric", "metrics", multiple=True, metavar="NAME", help="Only this metric; may be given several times."
)
@click.option(
    "--floor", type=click.FloatRange(0, 1), default=0.02, show_default=True, help="Least change that matters."
)
@click.option("--alpha", type=click.FloatRange(0, 0.5, min_open=True), default=0.05, show_default=True)
@click.option(
    "--save", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Keep samples and report."
)
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.pass_context
def compare_command(
    ctx: click.Context,
    *,
    before: str,
    after: str,
    commands: bool,
    runs: int,
    warmups: int,
    timeout: float,
    metrics: tuple[str, ...],
    floor: float,
    alpha: float,
    save: Path | None,
    form: str,
) -> None:
    """Compare two samples files, or run two programs in turns and compare those.

    Every metric is a cost: less is faster. The program before is measured a second time as a control, and a change is
    claimed only where it is beyond what the control shows. Exits 1 where the program after is slower, 2 where nothing
    can be said: too much noise, runs that did not take turns, different machines, a program that fails.

    \b
    Example:
      relrails perf compare --command "python old.py" "python new.py" --save perf/
      relrails perf compare perf/before.json perf/after.json --format html > report.html
    """
    from relrails.cli import _show
    from relrails.cli._progress import progress
    from relrails.judge.perf import Limits, Refused, Verdict
    from relrails.perf import page, report, running, samples

    try:
        if commands:
            plan = running.Plan(runs=runs, warmups=warmups, timeout_seconds=timeout)
            with progress("measuring") as told:
                one, other = running.measure(running.argv(before), running.argv(after), plan, progress=told)
        else:
            one, other = samples.read(Path(before)), samples.read(Path(after))
        found = report.reported(one, other, Limits(alpha=alpha, floor=floor), metrics)
    except Refused as error:
        click.echo(f"relrails: {error}", err=True)
        ctx.exit(COULD_NOT if commands else USAGE)
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        for name, text in (
            ("before.json", samples.printed(one)),
            ("after.json", samples.printed(other)),
            ("report.html", page.page(found)),
            ("report.txt", report.as_text(found) + "\n"),
        ):
            (save / name).write_text(text, encoding="utf-8")
    match form:
        case "json":
            _show.say_json(report.as_json(found))
        case "html":
            click.echo(page.page(found), nl=False)
        case _:
            click.echo(report.as_text(found))
    if found.verdict is Verdict.SLOWER:
        ctx.exit(FOUND)
    if found.verdict is Verdict.NOISY:
        ctx.exit(COULD_NOT)
