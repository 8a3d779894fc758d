"""One GET at a platform's API: to a checked address, bounded in time and size, never redirected."""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from app import clock
from app.addresses import InsideError, UnknownHostError, resolve
from app.intake import patience, strictjson
from app.intake.strictjson import JSONRefusedError

CONNECT_SECONDS = 5.0
SECONDS = 20.0
MOST_ADDRESSES = 3
MOST_BYTES = 5 * 1024 * 1024
# A survey with many questions has far more of them than an answer.
MOST_KEYS = 200_000


class RefusedError(Exception):
    """The API will never answer this: the token is wrong, or the answer is gone. One sentence."""


class LaterError(Exception):
    """The same may succeed later; one sentence. `after` are the seconds it asked for."""

    def __init__(self, sentence: str, after: float | None = None) -> None:
        super().__init__(sentence)
        self.after = after


class Client:
    """Asks any platform's API. Lives on one event loop; `close` it there."""

    def __init__(self, *, allow_local: bool, verify: ssl.SSLContext | bool = True) -> None:
        self._allow_local = allow_local
        # No proxy from the environment: it would look names up behind our back.
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(SECONDS, connect=CONNECT_SECONDS),
            # A connection is known by its address alone: none is used again for another name.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
            verify=verify,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, base: str, path: str, headers: Mapping[str, str]) -> Any:
        """The JSON document at this path. Raises RefusedError or LaterError."""
        if urlsplit(base).scheme != "https" and not self._allow_local:
            raise RefusedError(
                "api_base_url must begin with https://; http is only asked with "
                "CHEERBOARD_ALLOW_LOCAL_FETCH."
            )
        try:
            async with asyncio.timeout(SECONDS):
                return await self._ask(base, path, headers)
        except (httpx.TimeoutException, TimeoutError):
            raise LaterError(f"{_host(base)} did not answer within {SECONDS:g} s.") from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            kind = type(error).__name__
            raise LaterError(f"{_host(base)} could not be reached ({kind}).") from None
        except (InsideError, UnknownHostError) as error:
            raise LaterError(str(error)) from None
        except JSONRefusedError as error:
            sentence = str(error).replace("The body", "What it answered", 1)
            raise LaterError(f"{_host(base)} cannot be read: {sentence}") from None

    async def _ask(self, base: str, path: str, headers: Mapping[str, str]) -> Any:
        url = httpx.URL(base + path)
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = await resolve(url.host, port, allow_local=self._allow_local)
        for at, address in enumerate(addresses[:MOST_ADDRESSES], 1):
            try:
                body = await self._read(url, address, headers)
                break
            except httpx.ConnectError:
                if at == min(len(addresses), MOST_ADDRESSES):
                    raise
        return await asyncio.to_thread(strictjson.loads, body, MOST_KEYS)

    async def _read(self, url: httpx.URL, address: str, headers: Mapping[str, str]) -> bytes:
        host = url.netloc.decode("ascii")
        request = self._client.build_request(
            "GET",
            # Connected to the address that was checked; the name is for its certificate alone.
            url.copy_with(host=address),
            headers={
                **headers,
                "Host": host,
                "Accept": "application/json",
                # What is packed small may be endless when unpacked.
                "Accept-Encoding": "identity",
                "User-Agent": "Cheerboard",
            },
            extensions={"sni_hostname": url.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            _demand_good(host, response)
            return await _whole(host, response)
        finally:
            await response.aclose()


def _demand_good(host: str, response: httpx.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    if status in (401, 403):
        raise RefusedError(
            f"{host} refuses our token ({status}): it is wrong, has ended, or may not read answers."
        )
    if status in (404, 410):
        raise RefusedError(f"{host} knows no such answer ({status}): it is gone.")
    if 300 <= status < 400:
        raise LaterError(f"{host} answered with a redirect ({status}), which is not followed.")
    after = patience.asked_for(response.headers, clock.now())
    if status == 429:
        raise LaterError(f"{host} asks for fewer questions ({status}).", after)
    raise LaterError(f"{host} answered {status}.", after)


async def _whole(host: str, response: httpx.Response) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise LaterError(f"{host} sent a packed answer, which was not asked for.")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise LaterError(f"{host} sent more than {MOST_BYTES:,} bytes.")
    return bytes(body)


def _host(base: str) -> str:
    return urlsplit(base).netloc
