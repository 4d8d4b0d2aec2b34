"""Which addresses a journey may talk to: an address is what it leads to, however it is wrapped."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

METADATA = frozenset(
    map(IPv4Address, ("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192"))  # AWS and GCP, Azure, …
) | {IPv6Address("fd00:ec2::254")}
"""Where clouds hand out credentials to whoever asks; Azure's is a public address."""
CGNAT = IPv4Network("100.64.0.0/10")
NAT64 = IPv6Network("64:ff9b::/96")
NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
COMPATIBLE = IPv6Network("::/96")
_LAST_32_BITS = 0xFFFFFFFF


def networks(written: Sequence[str]) -> tuple[Network, ...]:
    """Read CIDRs. Raises ValueError."""
    return tuple(ip_network(text) for text in written)


def refused(address: Address, allowed: Sequence[Network]) -> str | None:
    """Say why an address may not be talked to; None where it may.

    `is_global` of Python is true for addresses that a gateway turns into loopback, and for multicast: so what is
    wrapped is taken out first, and every layer must pass.
    """
    inner = unwrapped(address)
    if any(address in network for network in allowed if network.version == address.version) and not _never(inner):
        return None
    why = _never(inner)
    if why is not None:
        return f"{_shown(address, inner)} is {why}, which is never allowed"
    if allowed:
        if any(inner in network for network in allowed if network.version == inner.version):
            return None
        return f"{_shown(address, inner)} is in none of {', '.join(map(str, allowed))}"
    why = _not_public(inner)
    return None if why is None else f"{_shown(address, inner)} is {why}, and no network that is allowed has it"


def unwrapped(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address leads to: mapped, compatible, NAT64, 6to4 or Teredo."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in NAT64 or address in NAT64_LOCAL or (address in COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & _LAST_32_BITS)
    return address


def _never(address: Address) -> str | None:
    if address in METADATA:
        return "a metadata service"
    if address.is_multicast:
        return "multicast"
    if address.is_link_local:
        return "link-local"
    return "no address of anybody" if address.is_unspecified else None


def _not_public(address: Address) -> str | None:
    if address.is_loopback:
        return "loopback"
    if isinstance(address, IPv4Address) and address in CGNAT:
        return "shared by the customers of a provider"
    if address.is_private:
        return "private"
    return None if address.is_global and not address.is_reserved else "reserved"


def _shown(address: Address, inner: Address) -> str:
    return str(address) if address == inner else f"{address} (which leads to {inner})"
