"""What a person has to do about releases, as long as nothing does it for them."""

from collections.abc import Iterator

from relrails.promql import Aggregate, call, pretty, selector
from relrails.render.runbook.markdown import code_block, link, words
from relrails.rules import names
from relrails.rules.annotations import percent_text
from relrails.service import Service
from relrails.units import exact


def release_sections(service: Service) -> Iterator[str]:
    """Write how a gate is overridden and how a release is rolled back: by hand, both."""
    freeze = percent_text(exact(service.error_budget.freeze_below, "ratio"))
    lowest = Aggregate("min", selector(names.BUDGET_REMAINING, service=service.name))
    yield "### Overriding the gate"
    yield (
        f"The rule: no release while any budget has less than {freeze} left; "
        f"[{names.BUDGET_SPENT}](#{names.BUDGET_SPENT.lower()}) fires then. relrails says so, but stops nothing by "
        f"itself: whoever releases has to look, with this query."
    )
    yield code_block(pretty(lowest), "promql")
    yield "\n".join(
        (
            f"1. {words(service.owner)} decides, and nobody else: a release below the limit spends what users were "
            f"promised.",
            "2. Before the release, write down in its ticket: who decided, why it cannot wait, what the query said, "
            "and until when the exception holds.",
            "3. Stay at the dashboard until the short windows are below 1 again, and be ready to roll back.",
            "4. A release that makes the service more reliable needs no exception, but the same ticket.",
        )
    )
    yield "### Rolling back"
    yield (
        f"The service file does not say how {words(service.name)} is deployed, so relrails cannot roll it back. "
        f"By hand:"
    )
    worst = call("sort_desc", selector(names.CURRENT_BURN_RATE, service=service.name))
    yield "\n".join(
        (
            f"1. Find the minute in which it began, on the {link('dashboard', names.dashboard_url(service))}, and the "
            f"last change before it.",
            "2. Take back that change with the tool that made it: the version before, the configuration before. Do not "
            "wait for the cause to be understood.",
            "3. Where data was changed in a way that the older version cannot read, do not roll back: call the owner.",
            "4. Watch this query until every SLO has been below 1 for ten minutes; the page then ends by itself.",
        )
    )
    yield code_block(pretty(worst), "promql")
    yield "5. Write into the ticket when it began, when it was rolled back, and how much budget it took."
