"""Names under which the endpoint is reached besides the addresses it listens on."""

import re
from collections.abc import Sequence
from ipaddress import ip_address

MOST_HOSTS = 16
_LONGEST = 253
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The last label of a name is no number: 1.2.3 and 0x7f.1 are ways to write an address.
_NAME = re.compile(rf"({_LABEL}\.)*(?!\d+$|0[xX][0-9A-Fa-f]*$){_LABEL}")
HOSTS_HINT = "write names like monitor.example.org, or addresses, without scheme and port"


def hosts_fault(hosts: Sequence[str]) -> str:
    """What is wrong with a list of names; "" for nothing."""
    if len(hosts) > MOST_HOSTS:
        return f"has {len(hosts)} names, {MOST_HOSTS} are the most"
    return next((f"has {host!r}" for host in hosts if not _is_host(host)), "")


def normal_host(host: str) -> str:
    """As a browser writes it: lower case, an IPv6 address at its shortest, without brackets."""
    try:
        return ip_address(host).compressed.lower()
    except ValueError:
        return host.lower()


def _is_host(host: str) -> bool:
    try:
        return not ip_address(host).is_unspecified and "%" not in host
    except ValueError:
        return len(host) <= _LONGEST and _NAME.fullmatch(host) is not None
