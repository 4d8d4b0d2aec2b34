"""A comparison as one page that needs nothing else: no script, no font and no picture from anywhere."""

from collections.abc import Iterator
from html import escape

from relrails.judge.perf import Comparison, Verdict
from relrails.perf.plot import Lane, strips, turns
from relrails.perf.report import Report, between, chance, quantity, sentence

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2330; --soft: #5d6675; --line: #dfe3ea; --back: #ffffff; --card: #f6f7f9;
  --before: #c2571a; --after: #1766b5; --control: #8b93a1; --good: #1a7f45; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa4b5; --line: #333a47; --back: #14171d;
  --card: #1c212a; --before: #f08a4b; --after: #5aa9f5; --control: #7c8596; --good: #4cc27f; --bad: #ff7a70; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 56rem; color: var(--ink); background: var(--back);
  font: 15px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
p { margin: .4rem 0; } .soft { color: var(--soft); }
.verdict { display: inline-block; padding: .1rem .6rem; border-radius: .4rem; color: var(--back);
  background: var(--soft); }
.faster { background: var(--good); } .slower { background: var(--bad); }
.doubt { border-left: .25rem solid var(--bad); padding-left: .75rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin: .75rem 0; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); } code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }
figure { margin: 1rem 0; padding: .75rem; background: var(--card); border-radius: .5rem; }
figcaption { color: var(--soft); font-size: .85rem; } svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; } svg .lane { fill: var(--ink); font-size: 13px; }
svg .grid { stroke: var(--line); } svg .median { stroke: var(--ink); stroke-width: 2.5; }
svg circle { fill-opacity: .75; stroke: var(--card); stroke-width: .6; } svg .interval { fill-opacity: .18; }
svg .before { fill: var(--before); } svg .after { fill: var(--after); } svg .control { fill: var(--control); }
"""


def page(report: Report) -> str:
    """Write the page."""
    return "\n".join(_parts(report)) + "\n"


def _parts(report: Report) -> Iterator[str]:
    names = f"{report.before.name} and {report.after.name}"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(names)}: {escape(report.verdict.value)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{_badge(report.verdict)} {escape(names)}</h1>"
    yield from (f'<p class="doubt">{escape(doubt[0].upper() + doubt[1:])}.</p>' for doubt in report.doubts)
    yield _table(report)
    for one in report.found:
        yield from _metric(one, report)
    yield from _method(report)
    yield "</body>\n</html>"


def _badge(verdict: Verdict) -> str:
    return f'<span class="verdict {escape(verdict.value.split()[0])}">{escape(verdict.value)}</span>'


def _table(report: Report) -> str:
    rows = []
    for one in report.found:
        unit = report.before.units[one.metric]
        cells = (
            escape(one.metric),
            f'{quantity(one.before.median, unit)}<br><span class="soft">{between(one.before, unit)}</span>',
            f'{quantity(one.after.median, unit)}<br><span class="soft">{between(one.after, unit)}</span>',
            f'{one.effect.change:+.1%}<br><span class="soft">{one.effect.low:+.1%} to {one.effect.high:+.1%}</span>',
            escape(chance(one.corrected_p)),
            f'{one.control.change:+.1%}<br><span class="soft">p {escape(chance(one.control.p))}</span>',
            _badge(one.verdict),
        )
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    head = ("metric", escape(report.before.name), escape(report.after.name), "change", "p", "control", "verdict")
    return f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>{''.join(rows)}</table>"


def _metric(one: Comparison, report: Report) -> Iterator[str]:
    unit = report.before.units[one.metric]
    lanes = (
        Lane(report.before.name, "before", report.before.runs),
        Lane("control", "control", report.before.control),
        Lane(report.after.name, "after", report.after.runs),
    )
    why = sentence(one)
    yield f"<h2>{escape(one.metric)}</h2>\n<p>{escape(one.verdict.value.capitalize())}: {escape(why)}.</p>"
    label = f"{one.metric} of every run: {one.verdict.value}"
    yield (
        f"<figure>{strips(lanes, one.metric, unit, label)}<figcaption>A dot is a run, the line is the median, and the "
        f"shade holds the true median with {one.before.confidence:.1%} confidence. The axis need not begin at zero."
        "</figcaption></figure>"
    )
    if report.before.session is not None and report.before.session == report.after.session:
        yield (
            f"<figure>{turns(lanes, one.metric, unit, f'{one.metric} in the order of the runs')}<figcaption>The same "
            "runs in the order in which they took turns: a drift of the machine falls on all alike.</figcaption>"
            "</figure>"
        )


def _method(report: Report) -> Iterator[str]:
    limits = report.limits
    yield (
        "<h2>How this was judged</h2>\n<p>Exact Mann–Whitney U test with ties, two-sided, at "
        f"{limits.alpha:g} over all metrics (Holm). A change below {limits.floor:.1%} does not matter, nor one below "
        f"twice what the control shows: {escape(report.before.name)}, measured against itself in the same turns.</p>"
    )
    rows = [(name, "-" if value is None else str(value)) for name, value in report.before.machine.items()]
    rows += [(s.name, " ".join(s.command)) for s in (report.before, report.after) if s.command is not None]
    rows.append(("runs", f"{len(report.before.runs)} each, after {report.before.warmups} warm-ups"))
    cells = "".join(
        f"<tr><th>{escape(n.replace('_', ' '))}</th><td><code>{escape(v)}</code></td></tr>" for n, v in rows
    )
    yield f"<table>{cells}</table>"
