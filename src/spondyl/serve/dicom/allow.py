"""Who may call: AE titles and addresses."""

import ipaddress
from collections.abc import Sequence

from spondyl.serve.dicom.settings import Caller


class AllowList:
    """Answers whether somebody may come in.

    Examples
    --------
    >>> allowed = AllowList([Caller(ae_title="CT1", address="10.0.0.0/24")])
    >>> allowed.address("10.0.0.7"), allowed.address("10.0.1.7")
    (True, False)
    >>> allowed.caller("CT1", "10.0.0.7"), allowed.caller("CT2", "10.0.0.7")
    (True, False)
    """

    def __init__(self, callers: Sequence[Caller]) -> None:
        self._callers = [
            (
                each.ae_title,
                None if each.address is None else ipaddress.ip_network(each.address, strict=False),
            )
            for each in callers
        ]

    def address(self, address: str) -> bool:
        """Whether somebody at this address may call, under the right name."""
        return any(network is None or _inside(address, network) for _, network in self._callers)

    def caller(self, ae_title: str, address: str) -> bool:
        """Whether this AE title may call from this address."""
        return any(
            (title is None or title.strip() == ae_title.strip())
            and (network is None or _inside(address, network))
            for title, network in self._callers
        )


def _inside(address: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    # A socket that takes both families shows IPv4 callers as ::ffff:a.b.c.d.
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found in network
