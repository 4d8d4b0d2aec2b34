"""`--target NAME=URL`: another origin in the place of a target, and exactly its addresses allowed."""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address

from relrails.live.probe.plan import Plan
from relrails.live.probe.template import origin
from relrails.probe.target import Target


class TargetError(ValueError):
    """A replacement that cannot be used; the message says which and why."""


def replacements(written: Sequence[str]) -> dict[str, Target]:
    """Read `NAME=URL`; each name is resolved once. Raises TargetError."""
    found = {}
    for text in written:
        name, sign, url = text.partition("=")
        if not (name and sign and url):
            raise TargetError(f"{text!r} is not NAME=URL, such as core-api=http://127.0.0.1:8001")
        target = Target(name=name, url=url.rstrip("/"))
        try:
            host = origin(target).host
        except ValueError as error:
            raise TargetError(str(error)) from None
        found[name] = replace(target, networks=_addresses(name, host))
    return found


def replaced(plans: Sequence[Plan], by: Mapping[str, Target]) -> tuple[Plan, ...]:
    """Put other origins in the place of targets. Raises TargetError where a name is no target of any journey."""
    known = {target.name for plan in plans for target in plan.targets}
    for name in by:
        if name not in known:
            raise TargetError(f"no journey has a target {name!r}; there are {', '.join(sorted(known)) or 'none'}")
    return tuple(
        replace(plan, steps=tuple(replace(step, target=by.get(step.target.name, step.target)) for step in plan.steps))
        for plan in plans
    )


def _addresses(name: str, host: str) -> tuple[str, ...]:
    try:
        return (str(ip_address(host)),)
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TargetError(f"target {name!r}: {host} is not found: {error.strerror}") from None
    return tuple(dict.fromkeys(str(item[4][0]).partition("%")[0] for item in found))
