"""What a person does about a release: asks the gate, overrides it, decides a canary, rolls back."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime

from relrails.canary import Action, Command, HAProxy, Policy
from relrails.promql import Aggregate, call, pretty, selector
from relrails.render.runbook.markdown import code, code_block, link, table, words
from relrails.rules import names
from relrails.rules.annotations import percent_text
from relrails.service import Service
from relrails.units import exact, text

DIGEST = "sha256:DIGEST"


def release_sections(service: Service) -> Iterator[str]:
    """Write how a release is gated, overridden, watched and rolled back, and what happens when nobody does anything."""
    yield from _gate(service)
    yield from _override(service)
    if service.canary is not None:
        yield from _canary(service, service.canary)
    yield from _rollback(service)
    yield from _defaults(service)


def _gate(service: Service) -> Iterator[str]:
    freeze = percent_text(exact(service.error_budget.freeze_below, "ratio"))
    yield "### Asking the gate"
    yield code_block(f"relrails gate {service.name} --artifact {DIGEST} --prometheus URL", "sh")
    yield (
        "It exits 0 where the release is allowed, 1 where it is blocked, 2 where it is blocked because nobody can "
        "tell, and says why, since when, and what must become true. It blocks while"
    )
    yield "\n".join(
        (
            f"- any budget has less than {freeze} left ([{names.BUDGET_SPENT}](#{names.BUDGET_SPENT.lower()})),",
            f"- any budget burns as fast as an alert allows ([{names.BURN}](#{names.BURN.lower()})),",
            "- a journey fails so often that it calls somebody, or an alert of this service that calls somebody fires,",
            "- a freeze holds,",
            "- or anything of this cannot be seen.",
        )
    )
    exempt = " and ".join(sorted(service.error_budget.exempt))
    if exempt:
        yield (
            f"Releases of class {exempt} (`--class`) pass all but a freeze that does not allow them and what cannot "
            f"be seen; that they did is recorded."
        )
    if service.freezes:
        rows = [
            (f.name, _moment(f.start), _moment(f.end), ", ".join(f.allows) or "nothing", f.reason)
            for f in sorted(service.freezes, key=lambda f: (f.start, f.name))
        ]
        yield table(("freeze", "from", "to before", "still passes", "why"), rows)


def _override(service: Service) -> Iterator[str]:
    freeze = percent_text(exact(service.error_budget.freeze_below, "ratio"))
    lowest = Aggregate("min", selector(names.BUDGET_REMAINING, service=service.name))
    yield "### Overriding the gate"
    yield (
        f"The rule: no release while any budget has less than {freeze} left. An override lets one artifact pass once, "
        f"by two people, within a day. The ledger keeps it, with what the gate itself said, and the next gate shows "
        f"those that are open."
    )
    yield code_block(
        f"relrails override create {service.name} --kind gate --artifact {DIGEST} \\\n"
        f"  --by YOU --approved-by SOMEBODY-ELSE --reason 'why it cannot wait' --ttl 2h\n"
        f"relrails gate {service.name} --artifact {DIGEST} --prometheus URL",
        "sh",
    )
    yield (
        "Nobody is asked who they are: relrails sees that the two names differ, not whose they are. Who may write to "
        "the evidence folder may decide, so let only a job write there that two people have to release."
    )
    yield "\n".join(
        (
            f"1. {words(service.owner)} decides, and nobody else: a release below the limit spends what users were "
            f"promised. Somebody else approves.",
            "2. Say in the reason why it cannot wait; in `--ticket`, where it is discussed.",
            "3. Stay at the dashboard until the short windows are below 1 again, and be ready to roll back.",
            "4. Where relrails itself cannot run, this is what it would have looked at first:",
        )
    )
    yield code_block(pretty(lowest), "promql")


def _canary(service: Service, policy: Policy) -> Iterator[str]:
    yield "### Deciding a canary by hand"
    yield (
        "The controller hears within seconds of what a person decides. Its own verdict is kept beside it, and after a "
        "rollback was decided nothing promotes any more."
    )
    lines = [
        f"relrails override create {service.name} --kind {kind} --artifact {DIGEST} \\\n"
        f"  --by YOU --approved-by SOMEBODY-ELSE --reason 'what you have seen'{more}"
        for kind, more in (("rollback", ""), ("extend", " --extend-by 30m"), ("promote", ""))
    ]
    yield code_block("\n".join(lines), "sh")
    yield (
        f"Without its controller the canary is rolled back; where the machine of the controller died too, say so: "
        f"{code(f'relrails canary recover {service.name} --prometheus URL')}. Or by hand, as below."
        + (" This policy is in shadow mode: it decides, and does nothing." if policy.mode == "shadow" else "")
    )


def _rollback(service: Service) -> Iterator[str]:
    yield "### Rolling back"
    policy = service.canary
    action = None if policy is None else policy.rollback
    if action is None:
        yield (
            f"The service file does not say how {words(service.name)} is deployed, so relrails cannot roll it back. "
            f"By hand:"
        )
    else:
        yield "This is what the controller does; by hand it is the same:"
        yield code_block(_by_hand(action, service), "sh")
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


def _by_hand(action: Action, service: Service) -> str:
    match action:
        case Command(argv=argv):
            filled = [a.replace("{service}", service.name).replace("{artifact}", DIGEST) for a in argv]
            return shlex.join(filled)
        case HAProxy(socket=where, backend=backend, server=server):
            kind = "unix-connect" if "/" in where else "tcp-connect"
            said = [f"set weight {backend}/{server} 0", f"get weight {backend}/{server}"]
            return "\n".join(f"echo {shlex.quote(one)} | socat stdio {shlex.quote(f'{kind}:{where}')}" for one in said)


def _defaults(service: Service) -> Iterator[str]:
    """Say what becomes of a release when something fails: always the safe thing."""
    yield "### When something fails"
    rows = [("the gate cannot see a budget, an alert or a journey", "it blocks, whatever the class")]
    policy = service.canary
    if policy is not None:
        silent = policy.silence
        looks = f"{silent.grace_looks} looks of {text(policy.step)}"
        alone = f"rolled back after {looks}" if silent.canary == "rollback" else "held"
        rows += [
            ("the canary is silent and the stable version is not", alone),
            ("both are silent, or Prometheus does not answer", f"held, then rolled back after {text(silent.hold_max)}"),
            ("a number is NaN, stale, ambiguous, partial or late", "the look does not count; it never promotes"),
            (
                f"there is no positive evidence of health after {text(policy.max_duration)}",
                "rolled back" if policy.on_inconclusive == "rollback" else "held for a person, then rolled back",
            ),
            ("the controller is killed, stopped or hangs", "rolled back by the process that watches it"),
            ("its machine dies", "rolled back by the next start, or resumed where that is soon enough"),
            ("the promotion fails", "rolled back"),
            ("the rollback fails, three times", "exit code 4, and a page"),
            (f"the service is not well {text(policy.recovery.within)} after it", "exit code 4, and a page"),
            ("the evidence cannot be written", "said; a rollback never waits for it"),
        ]
    yield table(("when", "then"), rows)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ") if at.tzinfo is not None else str(at)
