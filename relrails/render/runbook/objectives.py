"""What each SLO promises, and how to look at it."""

from collections.abc import Iterator

from relrails.promql import text
from relrails.render.runbook.markdown import code, code_block, sentence, words
from relrails.render.runbook.numbers import promise
from relrails.render.runbook.queries import Query, bad_instances, events_left
from relrails.rules import tiers
from relrails.service import Service
from relrails.slo import SLO


def objective_sections(service: Service) -> Iterator[str]:
    """Write a section for each SLO, sorted by name."""
    for slo in sorted(service.promises, key=lambda s: s.name):
        yield from _section(service, slo)


def _section(service: Service, slo: SLO) -> Iterator[str]:
    numbers = promise(slo)
    # A heading of its own form: no name of an SLO can take the anchor of an alert.
    yield f"### Objective: {words(slo.name)}"
    if slo.description.strip():
        yield words(slo.description)
    said = [
        f"- **{numbers.objective}** of {slo.sli.events} are good over {numbers.window}. {sentence(slo.sli.sentence())}",
        f"- The error budget is **{numbers.outage}** of full outage in {numbers.window}, or {numbers.events}.",
        f"- No burn-rate alert fires for fewer than {slo.minimum_bad_events} bad {slo.sli.events} in its long window.",
    ]
    if slo.by:
        groups = ", ".join(code(label) for label in slo.by)
        said.append(f"- Each {groups} has a budget and alerts of its own.")
    said.append(f"- It reads {', '.join(code(text(selector)) for selector in slo.sli.reads())}.")
    said += [f"- Note: {words(tier.note)}." for tier in tiers(slo) if tier.note]
    yield "\n".join(said)
    yield _asked(bad_instances(slo))
    yield _asked(events_left(service, slo))


def _asked(query: Query) -> str:
    return f"{query.question}\n\n{code_block(query.promql, 'promql')}"
