"""Where a service may send a download, and who is told the key: decided by origins and addresses alone."""

from __future__ import annotations

import ipaddress
from urllib.parse import urljoin, urlsplit

from sora_nb.errors import ServiceError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = {"http": 80, "https": 443}

ODD = "\\"
"""Read as a slash by some and as a letter by others, so that two readers see two hosts."""

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or PORTS.get(parts.scheme, 0)


def place(url: str) -> str:
    """An address without its query, which may be a signature and is another each time."""
    return urlsplit(url)._replace(query="", fragment="").geturl()


def path_under(base_url: str, told: str) -> str | None:
    """The path of *told*, an address or a path, counted from *base_url*; None where it leads elsewhere.

    One with a query is none: it may be signed, and is not to be kept.
    """
    try:
        there = urljoin(f"{base_url}/", told.strip())
        parts = urlsplit(there)
        strange = "@" in parts.netloc or any(letter in ODD or letter <= " " for letter in there)
        at_home = origin(there) == origin(base_url)
    except ValueError:
        return None
    home = urlsplit(base_url).path.rstrip("/")
    steps_up = ".." in parts.path.split("/") or "%2e" in parts.path.lower()
    rest = parts.path.removeprefix(f"{home}/")
    if strange or steps_up or not at_home or parts.query or parts.fragment or rest in ("", parts.path):
        return None
    return f"/{rest}"


class Reach:
    """How far a download may be sent by whoever answers at *home*: https and the open internet, or home itself.

    A service on this machine may send it to another port of this machine as well.
    """

    def __init__(self, home: str, *, at_home: bool = False) -> None:
        self.home = origin(home)
        self._local = at_home or _is_local(self.home[1])

    def is_home(self, url: str) -> bool:
        """May the key go there?"""
        return origin(url) == self.home

    def follow(self, url: str, told: str) -> str:
        """The address that *told* means when it was read at *url*; `ServiceError` where it leads astray."""
        try:
            there = urljoin(url, told.strip())
            scheme, host, _ = origin(there)
            odd = "@" in urlsplit(there).netloc or any(letter in ODD or letter <= " " for letter in there)
        except ValueError:
            raise _refused("that is not an address") from None
        if not host or odd or scheme not in PORTS:
            raise _refused("that is not a web address")
        if self.is_home(there):
            return there
        if scheme != "https" and not (self._local and _is_local(host)):
            raise _refused("that is not https")
        # A name is judged when it is connected to, by what it means then.
        if _ip(host) is not None:
            self.admit(host)
        return there

    def admit(self, address: str) -> None:
        """Raise `ServiceError` for the IP address of a machine that only insiders should reach."""
        ip = _ip(address)
        if ip is None or not ((ip.is_global and not ip.is_multicast) or (self._local and ip.is_loopback)):
            raise _refused("inside the network of this machine")


def _ip(host: str) -> Address | None:
    """The IP address that *host* is, as IPv4 where an IPv6 one only stands for that; None for a name."""
    try:
        ip: Address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return inner or ip
    return ip


def _is_local(host: str) -> bool:
    ip = _ip(host)
    return host == "localhost" if ip is None else ip.is_loopback


def _refused(why: str) -> ServiceError:
    return ServiceError(f"The service sent the download to an address {why}; refused.", code="refused_address")
