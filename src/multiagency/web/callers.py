"""Who asks, as far as the connection tells: headers never decide, but their presence may forbid."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address

from fastapi import Request

Network = IPv4Network | IPv6Network
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


def was_forwarded(request: Request) -> bool:
    """Tell whether a proxy passed the request on: then the caller's address is the proxy's."""
    return any(name in request.headers for name in _FORWARDED)


def comes_from(request: Request, networks: Iterable[Network]) -> bool:
    """Tell whether the caller itself, and no proxy for it, stands in one of these networks."""
    if request.client is None or was_forwarded(request):
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    return any(address in network for network in networks)
