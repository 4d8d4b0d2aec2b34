"""What is known of a host while something that needs it fails: whether it takes connections, and answers."""

from collections.abc import Iterable

from relrails.probe import names as exported
from relrails.probe.host import Check, Host
from relrails.promql import Aggregate, Expr, Matcher, Selector, compare, number
from relrails.rules.journeys.template import asked


def series(host: Host, metric: str, **labels: str) -> Selector:
    """Select a series of the checks of a host."""
    labels = {"job": exported.REACHABILITY_JOB, "env": host.env, "target": host.name, **labels}
    return Selector(metric, tuple(Matcher(k, "=", v) for k, v in labels.items()))


def result(host: Host, check: Check) -> Aggregate:
    """Give the result of the last probe of a check, the worse one where there are two probers."""
    return Aggregate("min", series(host, exported.SUCCESS, check=check))


def fails(host: Host, check: Check) -> Expr:
    """Say whether the last probe of a check failed."""
    return compare(result(host, check), "==", number(0))


def states(host: Host) -> dict[str, str]:
    """Give the words for a host, by what is so."""
    closed = "no TLS handshake succeeds" if host.secure else "it takes no connection"
    opened = "TLS works" if host.secure else "it takes connections"
    return {
        "closed": f"{host.name}: {closed}",
        "silent": f"{host.name}: {opened}, but no live server answers",
        "answers": f"{host.name} answers",
        "unknown": f"{host.name}: nothing is known of the way there",
    }


def state(host: Host) -> str:
    """Write what is known of a host when the alert fires."""
    said = states(host)
    known = compare(result(host, "answers"), "==", number(1))
    otherwise = asked(known, said["answers"], said["unknown"])
    return asked(fails(host, "connects"), said["closed"], asked(fails(host, "answers"), said["silent"], otherwise))


def all_states(hosts: Iterable[Host]) -> str:
    """Write what is known of several hosts."""
    return "; ".join(state(host) for host in hosts)
