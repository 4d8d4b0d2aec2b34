"""Where a journey goes: the only origins that its runner may talk to."""

from dataclasses import dataclass, field

from relrails.source import Source, here


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An origin, and the networks in which its addresses must lie.

    `url` is scheme, host and port. Without `networks` (CIDR) any public address will do; loopback and private
    addresses are refused unless they are listed, link-local, multicast and metadata addresses always. `relrails probe
    run --target NAME=URL` puts another origin in its place.
    """

    name: str
    url: str
    networks: tuple[str, ...] = ()
    source: Source = field(default_factory=here, compare=False, repr=False)
