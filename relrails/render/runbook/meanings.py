"""What each recorded series and each alert means, in the words of the person who has to act on it."""

from dataclasses import dataclass

from relrails.rules import names

_SERIES: dict[str, str] = {
    names.TOTAL: "events per second, over about four scrapes",
    names.BAD: "bad events per second, over about four scrapes",
    names.TOTAL_5M: "events in 5 minutes",
    names.BAD_5M: "bad events in 5 minutes",
    names.OBJECTIVE: "the objective",
    names.ERROR_BUDGET: "the error budget: 1 - objective",
    names.TIME_PERIOD: "the SLO window in days",
    names.CURRENT_BURN_RATE: "how many times too fast the budget burns now; at 1 it lasts exactly the window",
    names.PERIOD_BURN_RATE: "how many times too fast it burned, over the whole window",
    names.BUDGET_REMAINING: "the error budget left: 1 untouched, 0 spent, below 0 overspent",
    names.COVERAGE: "how much of the window there is data for; below 1 the budget is of less than the window",
    names.INFO: "the description of the SLO, as labels; always 1",
}
_PREFIXES: tuple[tuple[str, str], ...] = (
    ("slo:sli_error:ratio_rate", "the share of bad events over {window}"),
    ("slo:sli_total:increase", "events in {window}"),
    ("slo:sli_bad:increase", "bad events in {window}"),
)


def series_meaning(name: str) -> str:
    """Say what a recorded series is; raises KeyError for one that nobody has described."""
    if name in _SERIES:
        return _SERIES[name]
    for prefix, meaning in _PREFIXES:
        if name.startswith(prefix):
            return meaning.format(window=name.removeprefix(prefix))
    raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Meaning:
    """An alert: what has happened, what to do, and when it ends."""

    what: str
    do: tuple[str, ...]
    ends: str


ALERTS: dict[str, Meaning] = {
    names.BURN: Meaning(
        what="Users are being failed faster than the error budget allows. A page burns fast enough to need somebody "
        "now; a ticket means that the budget will not last the window.",
        do=(
            "Find out what is bad: run the query of the SLO below, which shows the bad events of each instance.",
            "Did a release, a configuration or a dependency change just before it began? If so, roll back first and "
            "look for the cause afterwards.",
            "If one instance is bad, take it out of service; if all are, look at what they share.",
        ),
        ends="The alert ends by itself when the short window is below the limit again. If the exporter dies meanwhile, "
        "it stays: nobody can know that it is over.",
    ),
    names.BUDGET_LOW: Meaning(
        what="Most of the error budget of the window is gone. Nothing needs to be broken right now: it may have been "
        "spent days ago.",
        do=(
            "Look at the dashboard for when it was spent, and on what.",
            "Slow down: postpone risky releases, and put reliability work first until it recovers.",
        ),
        ends="The alert ends when older errors have left the window.",
    ),
    names.BUDGET_SPENT: Meaning(
        what="So little of the error budget is left that releases freeze. Below 0 % the objective is missed: users "
        "have had more bad events than they were promised.",
        do=(
            "Stop releases of this service, except those that make it more reliable.",
            "Agree with the owner on what is done about it, and write it down.",
        ),
        ends="The alert ends when older errors have left the window, or the objective is changed on purpose.",
    ),
    names.EXPORTER_DOWN: Meaning(
        what="Prometheus reaches no target of the job, so nobody knows whether the service works. Treat it as an "
        "outage until somebody has seen that it is none.",
        do=(
            "Try the service as a user would. If it fails, this is an outage.",
            "If it works: are its targets in Prometheus (Status, Targets)? What does the scrape say there?",
            "Was the job renamed, or a network policy or certificate changed?",
        ),
        ends="The alert ends as soon as one target answers. What happened in between is not in the budget.",
    ),
    names.METRIC_MISSING: Meaning(
        what="The series that the SLO is computed from are not there. Where it names a job, a target of that job does "
        "answer. While that is so, no other alert of this SLO can begin to fire.",
        do=(
            "Compare the selectors below with what the service exports: a release may have renamed a metric, a label "
            "or a bucket.",
            "Right after a first deployment there may simply have been no traffic yet.",
        ),
        ends="The alert ends when the series are back.",
    ),
}
