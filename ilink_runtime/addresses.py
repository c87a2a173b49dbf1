"""Where the server may call: hosts that the administrator named, at addresses that are theirs.

A name is looked up for each call, and the call goes to the very address that was looked at: a name that
leads into one's own network, or does so the second time, leads nowhere.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL = 1000
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?|\[[0-9a-f:.]+\]")
_PATH = re.compile(r"[!-\"$-~]*")  # visible ASCII without a fragment
_NAT64 = IPv6Network("64:ff9b::/96")


class Forbidden(ValueError):
    """An address that may not be called, in one sentence."""


@dataclass(frozen=True, slots=True)
class Host:
    """A host and port that may be called; with networks, only at addresses in them, public or not."""

    name: str
    port: int
    networks: tuple[Network, ...] = ()

    def admits(self, address: Address) -> bool:
        """Whether it may be called at an address."""
        return any(address in network for network in self.networks) or (
            not self.networks and is_public(address)
        )


@dataclass(frozen=True, slots=True)
class Target:
    """What is called: a host that is allowed, and the path there."""

    host: Host
    path: str
    tls: bool

    @property
    def authority(self) -> str:
        """Host and port as the header `Host` has them."""
        usual = 443 if self.tls else 80
        return self.host.name if self.host.port == usual else f"{self.host.name}:{self.host.port}"


def hosts(text: str) -> tuple[Host, ...]:
    """Reads `cases.example:443 gate.example:8443=10.20.0.0/16,fd00::/8`. ValueError names what is none."""
    return tuple(_host(entry) for entry in text.split())


def target(url: str, allowed: Iterable[Host]) -> Target:
    """What a URL leads to. Forbidden when it is none that may be called."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable():
        raise Forbidden("This is no address.")
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        raise Forbidden("This is no address.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Forbidden("An address begins with https://.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Forbidden("An address has no user name, password or fragment.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _PATH.fullmatch(path):
        raise Forbidden("This is no address.")
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    found = next((one for one in allowed if (one.name, one.port) == (name, port)), None)
    if found is None:
        raise Forbidden(f"{name}:{port} is not among the hosts in ILINK_WEBHOOK_HOSTS.")
    if parts.scheme == "http" and not (found.networks and all(one.is_loopback for one in found.networks)):
        raise Forbidden("Only https is called, but for a host whose network is loopback.")
    return Target(found, path, parts.scheme == "https")


async def resolve(host: Host) -> str:
    """The address at which a host is called. Forbidden when it has one at which it may not be; OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host.name.strip("[]"), host.port, type=socket.SOCK_STREAM
    )
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not all(map(host.admits, addresses)):
        raise Forbidden(f"{host.name} has an address at which it may not be called.")
    return str(addresses[0])


def is_public(address: Address) -> bool:
    """Whether an address is anybody's on the internet, also the one inside of another."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _host(entry: str) -> Host:
    place, _equals, networks = entry.partition("=")
    name, _colon, port = place.rpartition(":")
    name = name.lower()
    if not _HOST.fullmatch(name) or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{entry!r} is no host; one is cases.example:443 or gate.example:8443=10.20.0.0/16.")
    return Host(name, int(port), tuple(ip_network(one) for one in networks.split(",") if one))
