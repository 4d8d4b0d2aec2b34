"""A journey reaches its targets, and nothing else, however an address is written or a name resolves."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.plans import plan, step, target, walk
from live.service import said, service
from relrails.judge.address import METADATA, networks, refused, unwrapped
from relrails.live.probe.outcome import Run
from relrails.live.probe.targets import TargetError, replaced, replacements
from relrails.probe import Target, get

LOOPBACK_IN_DISGUISE = (
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "localhost",
)
NEVER = ("169.254.169.254", "[fe80::1]", "224.0.0.1", "[ff02::1]", "[fd00:ec2::254]", "168.63.129.16", "[::]")
NOT_UNLESS_LISTED = ("100.64.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "[fd00::1]", "240.0.0.1", "198.18.0.1")


def reason(url: str, *allowed: str) -> tuple[str | None, str]:
    at = Target(name="it", url=url, networks=allowed)
    failed = asyncio.run(walk(plan(step("only", get("/"), at, timeout=0.3)))).failed
    return (None, "") if failed is None else (failed.reason, failed.text)


@pytest.mark.parametrize("host", LOOPBACK_IN_DISGUISE)
def test_loopback_is_found_in_any_disguise(host: str) -> None:
    found, text = reason(f"http://{host}:1")
    assert found == "egress_blocked", text


@pytest.mark.parametrize("host", NEVER + NOT_UNLESS_LISTED)
def test_special_addresses_are_refused(host: str) -> None:
    assert reason(f"http://{host}:1")[0] == "egress_blocked"


@pytest.mark.parametrize("host", NEVER)
def test_some_addresses_are_refused_although_they_are_listed(host: str) -> None:
    found, text = reason(f"http://{host}:1", "0.0.0.0/0", "::/0")
    assert found == "egress_blocked"
    assert "never" in text


def test_a_listed_network_is_reached_and_no_other() -> None:
    async def visit(*allowed: str) -> Run:
        async with service() as it:
            it.on("/", said(200))
            return await walk(plan(step("only", get("/"), Target(name="it", url=it.url, networks=allowed))))

    assert asyncio.run(visit("127.0.0.0/8")).outcome == "success"
    failed = asyncio.run(visit("10.0.0.0/8", "2001:db8::/32")).failed
    assert failed is not None
    assert failed.reason == "egress_blocked"
    assert "10.0.0.0/8" in failed.text


def test_with_networks_a_public_address_outside_of_them_is_refused_too() -> None:
    assert refused(ip_address("8.8.8.8"), ()) is None
    assert refused(ip_address("8.8.8.8"), networks(["10.0.0.0/8"])) is not None


def test_a_name_is_resolved_once_and_every_address_of_it_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: whoever answers differently the second time gains nothing, for there is none."""
    asked: list[str] = []

    async def visit(*addresses: str) -> tuple[Run, int]:
        async def resolve(host: str, port: int, **_: Any) -> list[Any]:
            asked.append(host)
            # The first answer is what the test says; any further one would be loopback.
            found = addresses if len(asked) == 1 else ("127.0.0.1",)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        async with service() as it:
            it.on("/", said(200))
            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
            at = Target(name="it", url=f"http://rebound.example:{it.port}", networks=("127.0.0.2/32",))
            return await walk(plan(step("only", get("/"), at, timeout=1.0))), it.connections

    run, connections = asyncio.run(visit("127.0.0.2", "127.0.0.1"))  # one of two is not allowed
    assert run.failed is not None
    assert run.failed.reason == "egress_blocked"
    assert asked == ["rebound.example"]
    assert connections == 0

    asked.clear()
    run, connections = asyncio.run(visit("127.0.0.2"))  # nobody listens there: a second look-up would find who does
    assert run.failed is not None
    assert run.failed.reason == "connect"
    assert asked == ["rebound.example"]
    assert connections == 0


def test_the_port_is_part_of_what_is_allowed() -> None:
    async def visit() -> tuple[Run, int]:
        async with service() as it, service() as other:
            it.on("/", said(302, location=other.url + "/"))
            run = await walk(plan(step("only", get("/"), target(it.url))))
            return run, other.connections

    run, connections = asyncio.run(visit())
    assert run.failed is not None
    assert run.failed.reason == "redirect"
    assert connections == 0


def test_another_origin_may_take_the_place_of_a_target_and_only_its_address_is_allowed() -> None:
    before = plan(step("only", get("/"), Target(name="core", url="https://core.example.com", networks=("10.0.0.0/8",))))
    (after,) = replaced([before], replacements(["core=http://127.0.0.1:8001/"]))
    assert after.targets[0].url == "http://127.0.0.1:8001"
    assert after.targets[0].networks == ("127.0.0.1",)
    assert refused(ip_address("127.0.0.2"), networks(after.targets[0].networks)) is not None
    assert refused(ip_address("127.0.0.1"), networks(after.targets[0].networks)) is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("core", "NAME=URL"),
        ("core=", "NAME=URL"),
        ("core=ftp://x", "no http"),
        ("core=http://nobody.invalid", "not found"),
        ("other=http://127.0.0.1", "no journey has a target 'other'; there are core"),
    ],
)
def test_a_replacement_that_cannot_be_is_refused(written: str, said: str) -> None:
    plans = [plan(step("only", get("/"), Target(name="core", url="https://core.example.com")))]
    with pytest.raises(TargetError, match=said):
        replaced(plans, replacements([written]))


@given(st.ip_addresses(v=4))
def test_every_wrapping_of_an_address_is_refused_as_the_address_is(address: IPv4Address) -> None:
    plain = refused(address, ()) is not None
    for wrapped in wrappings(address):
        assert unwrapped(wrapped) == address
        assert (refused(wrapped, ()) is not None) == plain, wrapped


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_but_public_addresses_passes_by_itself(address: IPv4Address | IPv6Address) -> None:
    if refused(address, ()) is None:
        inner = unwrapped(address)
        assert inner.is_global
        assert not (inner.is_multicast or inner.is_loopback or inner.is_private or inner in METADATA)


def wrappings(address: IPv4Address) -> list[IPv6Address]:
    bits = int(address)
    return [
        IPv6Address((0xFFFF << 32) | bits),
        IPv6Address((0x0064FF9B << 96) | bits),
        IPv6Address((0x2002 << 112) | (bits << 80)),
        IPv6Address((0x20010000 << 96) | (bits ^ 0xFFFFFFFF)),
    ]
