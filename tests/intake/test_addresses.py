"""Where a request may go: no road inside, whatever a name or an address looks like."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import pytest

from app import addresses
from app.addresses import InsideError, UnknownHostError, resolve
from app.intake import patience
from app.intake.rest import Client, LaterError, RefusedError
from tests.intake import stub
from tests.intake.stub import Said, Stub

INSIDE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.254", "192.0.0.1", "192.0.2.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001::1",
    "192.88.99.1", "fe80::1%1",
]  # fmt: skip
OUTSIDE = ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
# Each of them is this machine, written by somebody who hoped that it would not be seen.
WRITTEN = ["127.1", "0x7f000001", "2130706433", "localhost", "017700000001", "[::1]", "[::]"]


@pytest.fixture
def api() -> Iterator[Stub]:
    with stub.running() as running:
        running.documents["/x"] = {"found": True}
        yield running


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_public_is_inside(address: str) -> None:
    assert not addresses.is_public(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_public_is_not(address: str) -> None:
    assert addresses.is_public(ip_address(address))


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Looks names up in a book that changes its mind; what was looked up."""
    asked: list[str] = []

    async def look_up(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    monkeypatch.setattr(addresses, "_look_up", look_up)
    return asked


def get(base: str, *, allow_local: bool = False, path: str = "/x", **how: Any) -> Any:
    async def once() -> Any:
        client = Client(allow_local=allow_local, **how)
        try:
            return await client.get(base, path, {"Authorization": "Bearer made-up"})
        finally:
            await client.close()

    return asyncio.run(once())


def test_one_bad_address_among_good_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["1.1.1.1", "127.0.0.1"])
    with pytest.raises(InsideError, match="leads to a private address"):
        asyncio.run(resolve("two-faced.example", 443, allow_local=False))


def test_a_name_that_nobody_knows_is_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    monkeypatch.setattr(addresses, "_look_up", unknown)
    with pytest.raises(UnknownHostError):
        asyncio.run(resolve("nowhere.invalid", 443, allow_local=False))
    with pytest.raises(LaterError, match="cannot be found"):
        get("https://nowhere.invalid")


@pytest.mark.parametrize("host", WRITTEN)
def test_this_machine_is_not_asked_however_it_is_written(api: Stub, host: str) -> None:
    port = api.base.rpartition(":")[2]
    with pytest.raises(LaterError, match=r"private address|cannot be found|has no address"):
        get(f"https://{host}:{port}")
    assert api.calls == []


def test_http_is_only_spoken_where_it_is_allowed(api: Stub) -> None:
    with pytest.raises(RefusedError, match="must begin with https://"):
        get(api.base)
    assert api.calls == []
    assert get(api.base, allow_local=True) == {"found": True}


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    monkeypatch: pytest.MonkeyPatch, api: Stub
) -> None:
    """A name that leads somewhere else the second time is not looked up a second time."""
    asked = names(monkeypatch, ["127.0.0.1"], ["192.0.2.1"])
    port = api.base.rpartition(":")[2]
    assert get(f"http://rebinding.example:{port}", allow_local=True) == {"found": True}
    assert asked == ["rebinding.example"]
    assert api.hosts == [f"rebinding.example:{port}"]


def test_the_certificate_is_checked_for_the_name(
    monkeypatch: pytest.MonkeyPatch, api: Stub
) -> None:
    """And a server without one, as here, is not told the token."""
    names(monkeypatch, ["127.0.0.1"])
    context = ssl.create_default_context()
    port = api.base.rpartition(":")[2]
    with pytest.raises(LaterError, match="could not be reached"):
        get(f"https://unsafe.example:{port}", allow_local=True, verify=context)
    assert api.tokens == set()


@pytest.mark.parametrize("to", ["http://169.254.169.254/latest", "http://localhost:1/", "//x/"])
def test_no_redirect_is_followed(api: Stub, to: str) -> None:
    api.mood = lambda _path: Said({}, 302, {"Location": to})
    with pytest.raises(LaterError, match="redirect"):
        get(api.base, allow_local=True)
    assert len(api.calls) == 1


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch, api: Stub) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert get(api.base, allow_local=True) == {"found": True}


def test_what_is_packed_is_refused_unread(api: Stub) -> None:
    api.mood = lambda _path: Said(b"\x1f\x8b", 200, {"Content-Encoding": "gzip"})
    with pytest.raises(LaterError, match="packed"):
        get(api.base, allow_local=True)


NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "Wed, 10 Jun 2026 09:05:00 GMT"}, 300.0),
        ({"retry-after": "Wed, 10 Jun 2026 08:00:00 GMT"}, 0.0),
        ({"retry-after": "99999999999"}, 86_400.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        (
            {
                "x-ratelimit-app-global-day-remaining": "0",
                "x-ratelimit-app-global-day-reset": "4000",
            },
            4000.0,
        ),
    ],
)
def test_how_long_an_api_asks_to_be_left_alone(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert patience.asked_for(headers, NOW) == seconds


def test_patience_grows_to_an_hour_and_no_further() -> None:
    tries = [patience.back_off(failures) for failures in range(1, 40)]
    assert 1.0 <= tries[0] <= 2.0
    assert 1800.0 <= min(tries[12:]) <= max(tries[12:]) <= 3600.0
    assert len(set(tries[12:])) > 20
