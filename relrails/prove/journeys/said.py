"""What the alerts of a journey must say, with the templates filled in by hand."""

from collections.abc import Sequence
from functools import partial

from relrails.probe.host import Host, hosts_of
from relrails.prove.expected import Fields
from relrails.prove.journeys.play import REASON, TRACE
from relrails.rules import AlertingRule, RuleGroup
from relrails.rules.journeys import reach, story
from relrails.rules.journeys.fleet import Shared, by_journey, expected, failing_now, linked
from relrails.rules.journeys.template import label, literal
from relrails.rules.journeys.watch import Watch


def rule_of(groups: tuple[RuleGroup, ...], alert: str, **labels: str) -> AlertingRule:
    """Find the rule of an alert."""
    rules = (r for g in groups for r in g.rules if isinstance(r, AlertingRule))
    return next(r for r in rules if r.alert == alert and labels.items() <= r.labels.items())


def failing(watch: Watch, rule: AlertingRule, step: str, reached: str = "unknown") -> Fields:
    """Give the page of a journey whose last run failed at a step, and what it says of all its hosts."""
    expected = next("; ".join(story.expectations(s)) for s in watch.journey.steps if s.name == step)
    replaced = {
        story.failing_step(watch): step,
        story.failing_reason(watch): REASON if watch.by_runner else "status 503",
        story.expected(watch): expected,
        **_reached(hosts_of((watch.journey,)), reached),
    }
    labels, filled = plainly(rule, **replaced)
    traced = {name for name in filled if name in {"trace_id", "trace_url", "logs_url"}}
    return labels, {**filled, **{name: _traced(watch, name) for name in traced}}


def _link(watch: Watch, name: str, text: str) -> str:
    return text if name == "run_url" else _traced(watch, name)


def _traced(watch: Watch, name: str) -> str:
    texts = {"trace_id": "{trace_id}", "trace_url": watch.service.traces, "logs_url": watch.service.logs}
    return texts[name].replace("{journey}", watch.journey.name).replace("{trace_id}", TRACE)


def shared(shared: Shared, rule: AlertingRule, watch: Watch, step: str, **words: str) -> Fields:
    """Give the page of a step that journeys share, as it is when this journey is the first that fails at it."""
    links = {linked(shared, name): _link(watch, name, text) for name, text in story.links(watch).items()}
    replaced = {
        failing_now(shared, label("step"), story.UNKNOWN): step,
        failing_now(shared, label("reason"), story.UNKNOWN): REASON,
        failing_now(shared, by_journey(shared, partial(expected, shared)), story.UNKNOWN): expected(shared, watch),
    }
    return plainly(rule, **replaced, **_reached(shared.hosts, "unknown"), **links, **words)


def _reached(hosts: Sequence[Host], how: str) -> dict[str, str]:
    return {reach.state(host): reach.states(host)[how] for host in hosts}


def stale(watch: Watch, rule: AlertingRule, age: int | None) -> Fields:
    """Give the page of a journey whose last run was so many seconds ago; None where no run is known."""
    known = "No run is known" if age is None else f"The last run was {duration(age)} ago"
    said = story.last_seen(watch)
    return dict(rule.labels), {k: v.replace(said, known) if watch.by_runner else v for k, v in rule.annotations.items()}


def duration(seconds: int) -> str:
    """Write seconds as Prometheus' humanizeDuration does."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours}h"] if hours else []
    parts += [f"{minutes}m"] if hours or minutes else []
    return " ".join([*parts, f"{left}s"])


def plainly(rule: AlertingRule, **words: str) -> Fields:
    """Give an alert whose templates, each known by its text, say these words."""
    filled = {}
    for name, text in rule.annotations.items():
        done = text
        for template, said in words.items():
            done = done.replace(template, said)
        filled[name] = done.replace(literal("{{"), "{{")
    return dict(rule.labels), filled
