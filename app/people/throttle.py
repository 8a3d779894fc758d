"""Slows down guessing of passwords, by account and by address, and locks nobody out for good."""

import ipaddress
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app import clock

# Wrong passwords without a wait; after them 2, 4, 8 … seconds up to a quarter of an hour: fewer
# than 30 tries in the first hour, four in each later one.
FREE_FOR_ACCOUNT, FREE_FOR_ADDRESS = 5, 15
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=12)
KEPT = 20_000


@dataclass(frozen=True, slots=True)
class _Count:
    failures: int
    last: datetime


class Throttle:
    """One for each server process, in memory.

    It survives nothing, on purpose: a guesser cannot restart the server, and a count in the
    database would let anybody on the network make it write. Several servers behind one balancer
    count each for itself. Who signed in from an address before is not held up there when
    somebody else guesses at the same account from elsewhere.
    """

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def claim(self, account: str, address: str) -> int:
        """Counts one try as failed beforehand, so that tries at once do not slip through.

        Returns 0 when it may be made, else the seconds to wait; then nothing was counted.
        """
        address = _network(address)
        with self._lock:
            limits = [("address", address, FREE_FOR_ADDRESS)]
            if (account, address) not in self._known:
                limits.append(("account", account, FREE_FOR_ACCOUNT))
            else:
                limits.append(("account there", f"{account} {address}", FREE_FOR_ACCOUNT))
            wait = max(self._wait(kind, name, free) for kind, name, free in limits)
            if wait == 0:
                for kind, name, _ in limits:
                    self._count(kind, name)
            return wait

    def forgive(self, account: str, address: str) -> None:
        """The password was right: the account starts anew, the address gets its one try back."""
        address = _network(address)
        with self._lock:
            self._counts.pop(("account", account), None)
            self._counts.pop(("account there", f"{account} {address}"), None)
            count = self._counts.get(("address", address))
            if count:
                kept = replace(count, failures=max(0, count.failures - 1))
                self._counts["address", address] = kept
            self._known[account, address] = None
            _shorten(self._known)

    def _wait(self, kind: str, name: str, free: int) -> int:
        count = self._counts.get((kind, name))
        if count is None or clock.now() - count.last > FORGOTTEN_AFTER or count.failures < free:
            return 0
        seconds = min(LONGEST_WAIT.total_seconds(), 2.0 ** min(30, count.failures - free + 1))
        left = count.last + timedelta(seconds=seconds) - clock.now()
        return max(0, -(-left // timedelta(seconds=1)))

    def _count(self, kind: str, name: str) -> None:
        before = self._counts.pop((kind, name), None)
        now = clock.now()
        if before is None or now - before.last > FORGOTTEN_AFTER:
            before = _Count(0, now)
        self._counts[kind, name] = _Count(before.failures + 1, now)
        _shorten(self._counts)


def _network(address: str) -> str:
    """One household or office has one IPv4 address, or one IPv6 network of 64 bits."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _shorten(
    kept: "OrderedDict[tuple[str, str], _Count] | OrderedDict[tuple[str, str], None]",
) -> None:
    while len(kept) > KEPT:
        kept.popitem(last=False)
