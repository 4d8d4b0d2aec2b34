"""The sections that the alerts of journeys link to: what has happened, what to look at first, and what to do."""

from collections.abc import Iterator

from relrails.probe import names as exported
from relrails.probe.host import hosts_of
from relrails.promql import (
    Aggregate,
    Expr,
    Matcher,
    compare,
    difference,
    duration_text,
    increase,
    number,
    pretty,
    selector,
    sum_by,
    time,
)
from relrails.render.runbook.markdown import code_block, indented, table
from relrails.render.runbook.meanings import Meaning
from relrails.rules import AlertingRule, names
from relrails.rules.journeys import fleet_groups, host_groups, journey_groups
from relrails.service import Service
from relrails.units import hours

_LOOK = 1 * hours

MEANINGS: dict[str, Meaning] = {
    names.JOURNEY_FAILING: Meaning(
        what="A synthetic customer does not get through, several times in a row. Real customers very likely do not "
        "either. The alert names the step, the reason, what was expected, whether the hosts can be reached, and the "
        "trace of the last failed run.",
        do=(
            "Open the run page of the alert: it shows the request, the answer and how long each phase took.",
            "Open the trace: the first span with an error names the service to look at.",
            "Did a release or a configuration change just before it began? If so, roll back first.",
        ),
        ends="The alert ends five minutes after enough of the last runs have succeeded again. A page that was "
        "delivered before that of a step it shares, and that ends while that one silences it, is never told as "
        "resolved by Alertmanager: look at the page of the shared step instead, and close this one by hand.",
    ),
    names.SHARED_STEP: Meaning(
        what="A step that several journeys share, such as logging in, fails. The pages of those journeys are silenced "
        "while this one stands: it is one fault.",
        do=(
            "Look at the service that answers the step; the description of the alert says which.",
            "Have the probe's credentials expired? A log-in that is answered with 401 says so.",
        ),
        ends="The alert ends ten minutes after the last of those journeys has recovered.",
    ),
    names.JOURNEY_STALE: Meaning(
        what="The journey is not run any more, or never was. While that is so nobody knows whether it works, and none "
        "of its other alerts can begin to fire.",
        do=(
            "Is the probe runner up? Then its log says why the journey is not run: its configuration may not have "
            "been loaded, or the runner may have been started without it.",
            "Try the journey by hand: `relrails probe once` runs it and says what happens.",
        ),
        ends="The alert ends with the next run.",
    ),
    names.RUNNER_DOWN: Meaning(
        what="Prometheus cannot scrape what runs the journeys, so no journey is watched. All other alerts about "
        "journeys are silenced.",
        do=(
            "Is the process running? What does its log end with?",
            "What does the scrape say in Prometheus (Status, Targets)?",
        ),
        ends="The alert ends as soon as a scrape is answered.",
    ),
    names.EGRESS_DOWN: Meaning(
        what="The probe runner reaches none of the hosts that it goes to. The failures of its journeys are its own "
        "network's, until somebody has seen that they are not; they are silenced meanwhile.",
        do=(
            "Try one of the hosts from the machine of the runner, and from another one.",
            "If the others reach it: a route, a proxy or a network policy of the runner has changed.",
        ),
        ends="The alert ends ten minutes after the runner reaches a host again.",
    ),
    names.HOST_UNREACHABLE: Meaning(
        what="Blackbox Exporter does not reach a host that journeys go to, most of the times that it tried of late. "
        "It stands beside the journeys and asks for no more than a connection and any answer of a live server, so it "
        "says where the way ends, and not whether customers get through: that is for the page of a journey, which "
        "silences this ticket and says the same of its hosts.",
        do=(
            "No connection, or no TLS handshake: look at the name, the route, the load balancer and the certificate.",
            "A connection without a live server: a proxy answers for a service that is not there. Look at its "
            "instances, and at the last release.",
            "No journey pages? Then the way from Blackbox Exporter is broken, or nobody needs what is: try the host "
            "from elsewhere.",
        ),
        ends="The alert ends five minutes after enough of the last probes have succeeded again.",
    ),
    names.HOST_UNSEEN: Meaning(
        what="Nobody checks a host any more, or nobody ever did: Blackbox Exporter is down, is not scraped, or is not "
        "told of the host. It is neither good news nor bad news of the host itself.",
        do=(
            "Is Blackbox Exporter running? What does the scrape say in Prometheus (Status, Targets)?",
            "Was blackbox.yml, or the file of targets, deployed together with the rules?",
        ),
        ends="The alert ends with the next result of both checks.",
    ),
    names.CERTIFICATE: Meaning(
        what="A certificate that a host shows runs out. The ticket reads the first that expires of all that are shown; "
        "the page reads the chain by which the host is trusted, after whose end every client that checks it is "
        "refused.",
        do=(
            "Why was it not renewed? Look at what renews it, and at its log.",
            "It was renewed, and the old one is still shown: has every server behind the name loaded the new one?",
            "The page is silent and the ticket is not: a certificate in between, or a second chain, runs out. Leave it "
            "out of what the host shows, or renew it.",
        ),
        ends="The alert ends an hour after the last server has shown a new certificate. Of a certificate that has "
        "expired nothing can be read any more; what was read last stands for a day, and the ticket for a host that is "
        "out of reach stands as long as it is.",
    ),
    names.JOURNEY_FLAKY: Meaning(
        what="The journey succeeds, but too often only at a second attempt: names are not found, or connections are "
        "refused, now and then.",
        do=("Look at the retries by hour: do they come with releases, or with one instance of the service?",),
        ends="The alert ends when the share is below its limit again.",
    ),
    names.JOURNEY_LATENCY: Meaning(
        what="The journey succeeds, but more runs than promised take longer than promised.",
        do=("Compare the durations of the steps on the dashboard: one of them has usually grown.",),
        ends="The alert ends when the share of slow runs is below its limit again.",
    ),
    names.RETRY_BUDGET: Meaning(
        what="So many runs needed a second attempt that further ones are not made: the budget keeps an outage from "
        "being answered with more load. From here on each such failure counts.",
        do=("Treat it as the beginning of an outage: look at what refuses connections.",),
        ends="The alert ends an hour after the last attempt that was not made.",
    ),
    names.PROBE_ERROR: Meaning(
        what="The runner itself fails, before or beside the service: a secret that cannot be read, a fault in its "
        "code. Nothing is known of the journey meanwhile.",
        do=("Read the runner's log; the reason is in the alert.",),
        ends="The alert ends when enough of the last runs were possible.",
    ),
}


def journey_sections(service: Service) -> Iterator[str]:
    """Write a section for each alert that the journeys of this service have; nothing where it has none."""
    rules = _alerts(service)
    if not rules:
        return
    yield "## Journeys"
    for number_, (question, expr) in enumerate(_first(service), start=1):
        yield f"{number_}. {question}\n\n{indented(code_block(pretty(expr), 'promql'))}"
    for alert in (a for a in MEANINGS if any(rule.alert == a for rule in rules)):
        meaning = MEANINGS[alert]
        # The heading is the name alone: GitHub makes the anchor that the alert links to of it.
        yield f"### {alert}"
        yield meaning.what
        yield table(("of", "calls", "fires"), [_row(rule) for rule in rules if rule.alert == alert])
        yield "\n".join(f"{number_}. {step}" for number_, step in enumerate(meaning.do, start=1))
        yield meaning.ends


def _alerts(service: Service) -> list[AlertingRule]:
    groups = [g for journey in service.journeys for g in journey_groups(service, journey)]
    groups += [*fleet_groups((service,)), *host_groups((service,))]
    rules = [r for g in groups for r in g.rules if isinstance(r, AlertingRule)]
    # Which steps are shared is a matter of all services, so each one says what the page means.
    shared = {name for journey in service.journeys for name in journey.shared}
    if shared and not any(r.alert == names.SHARED_STEP for r in rules):
        rules.append(
            AlertingRule(
                alert=names.SHARED_STEP,
                expr=number(0),
                labels={"severity": "page", "shared": ", ".join(sorted(shared))},
                annotations={},
            )
        )
    return rules


def _row(rule: AlertingRule) -> tuple[str, ...]:
    of = next(rule.labels[k] for k in ("shared", "journey", "target", "prober") if k in rule.labels)
    return (of, rule.labels["severity"], "at once" if rule.for_ is None else f"after {duration_text(rule.for_)}")


def _first(service: Service) -> Iterator[tuple[str, Expr]]:
    which = Matcher("journey", "=~", "|".join(sorted(journey.name for journey in service.journeys)))
    failing = selector(exported.FAILING, (which,))
    yield "Which step fails now, and why?", compare(failing, "==", number(1))
    runs = increase(selector(exported.RUNS, (which,)), _LOOK)
    yield "How did the runs of the last hour end?", sum_by(runs, "env", "journey", "outcome")
    yield "How many seconds ago was each run?", difference(time(), selector(exported.LAST_RUN, (which,)))
    hosts = sorted({host.name for host in hosts_of(service.journeys)})
    checked = selector(exported.SUCCESS, (Matcher("target", "=~", "|".join(hosts)),), job=exported.REACHABILITY_JOB)
    yield "Which hosts take connections, and answer?", Aggregate("min", checked, ("env", "target", "check"))
