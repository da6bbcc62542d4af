"""Keep endpoints that people enter away from this machine and its network (SSRF).

The address is checked when a socket is made for it, so that neither a name that points inside, nor
one that changes what it points to, nor an unusual way to write an address gets past; redirects are
never followed (openai_backend).
"""

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

FORBIDDEN = "this address is not open to endpoints"
# What clouds tell about a machine, at addresses that look public.
METADATA = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "100.100.100.200")))
SITE_LOCAL = ipaddress.ip_network("fec0::/10")  # given up, and still in use here and there
NAT64 = ipaddress.ip_network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# As asyncio gives it: family, type, protocol, canonical name, address.
AddressInfo = tuple[int, int, int, str, tuple[object, ...]]


class ForbiddenError(OSError):
    """An address that endpoints may not have."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address}: {FORBIDDEN}")


class MalformedError(ValueError):
    """Not an address of an endpoint at all."""


def is_open(address: str) -> bool:
    """Return whether an IP address belongs to the public internet.

    >>> is_open("93.184.216.34"), is_open("127.0.0.1"), is_open("::ffff:169.254.169.254")
    (True, False, False)
    """
    try:
        ip: Address | None = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    while ip is not None:
        if not ip.is_global or ip.is_multicast or ip.is_reserved:
            return False
        if ip in METADATA or ip in SITE_LOCAL:
            return False
        ip = _inside(ip)
    return True


def _inside(ip: Address) -> Address | None:
    """Return the IPv4 address that an IPv6 address carries, if it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def guarded_socket(info: AddressInfo) -> socket.socket:
    """Return a socket for an address, just before it is connected; raises ForbiddenError."""
    address = str(info[4][0])
    if not is_open(address):
        raise ForbiddenError(address)
    made = socket.socket(family=info[0], type=info[1], proto=info[2])
    made.setblocking(False)
    return made


def parts(url: str) -> SplitResult:
    """Return the parts of an endpoint's address; MalformedError where it is none."""
    try:
        found = urlsplit(url)
        _port = found.port
    except ValueError:
        raise MalformedError(url) from None
    plain = url.isascii() and url.isprintable() and not set(url) & set(" \\<>\"'`{}|^")
    if not plain or found.scheme not in PORTS or not found.hostname:
        raise MalformedError(url)
    if found.username is not None or found.password is not None or found.query or found.fragment:
        raise MalformedError(url)
    return found


def is_named(url: str, hosts: Collection[str]) -> bool:
    """Return whether `hosts` (each a host, or host:port) names where `url` leads.

    >>> is_named("http://localhost:11434/v1", ["localhost:11434"]), is_named("http://a.b", ["b"])
    (True, False)
    """
    found = parts(url)
    host = f"[{found.hostname}]" if ":" in (found.hostname or "") else found.hostname
    port = found.port or PORTS[found.scheme]
    return bool({host, found.hostname, f"{host}:{port}"} & {each.lower() for each in hosts})


def check(url: str, hosts: Collection[str] = ()) -> None:
    """Refuse what can be refused without asking the network: MalformedError, or ForbiddenError."""
    host = parts(url).hostname or ""
    if is_named(url, hosts):
        return
    bare = host.rstrip(".")
    try:
        # Also 2130706433, 0x7f.1 and 0177.0.0.1: all that systems take for an IPv4 address.
        written = socket.inet_ntoa(socket.inet_aton(bare))
    except OSError:
        written = bare if ":" in bare else ""
    if (written and not is_open(written)) or bare == "localhost" or bare.endswith(".localhost"):
        raise ForbiddenError(host)
