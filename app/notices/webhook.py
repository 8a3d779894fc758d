"""Webhook: one event posted to the company's own address, signed as Standard Webhooks.

The way out is as narrow as that of fetching: the name is looked up once and its addresses are
checked, no redirect is followed, no proxy of the environment asked, no answer read.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import httpx

from app import clock
from app.addresses import InsideError, UnknownHostError, resolve
from app.errors import UnavailableError
from app.settings import Settings

SECONDS = 10.0
MOST_ADDRESSES = 3
PREFIX = "whsec_"


def is_set_up(settings: Settings) -> bool:
    """Whether there is an address and a secret; without a secret nothing is sent."""
    return bool(settings.notice_url and settings.notice_secret.get_secret_value())


def post(settings: Settings, name: str, event: Mapping[str, Any]) -> None:
    """Posts one event; blocks up to 10 s. `name` is the same whenever the same event is sent.

    Raises UnavailableError, one sentence, unless the receiver took it with a 2xx.
    """
    if not is_set_up(settings):
        raise UnavailableError("No webhook is set up: CHEERBOARD_NOTICE_URL is empty.")
    url = _url(settings)
    body = json.dumps(event, separators=(",", ":")).encode()
    headers = signed(settings.notice_secret.get_secret_value(), name, body)
    try:
        status = asyncio.run(_post(url, body, headers, allow_local=settings.allow_local_fetch))
    except (InsideError, UnknownHostError) as error:
        raise UnavailableError(str(error)) from None
    except (httpx.HTTPError, TimeoutError, OSError) as error:
        sentence = f"{url.host} could not be reached ({type(error).__name__})."
        raise UnavailableError(sentence) from None
    if not 200 <= status < 300:
        raise UnavailableError(f"{url.host} answered {status}.")


def signed(secret: str, name: str, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks. Raises UnavailableError for an unusable secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key or not secret.startswith(PREFIX):
        raise UnavailableError("CHEERBOARD_NOTICE_SECRET is `whsec_` followed by base64.")
    stamp = str(int(clock.now().timestamp()))
    digest = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _url(settings: Settings) -> httpx.URL:
    try:
        url = httpx.URL(settings.notice_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    schemes = {"https", "http"} if settings.allow_local_fetch else {"https"}
    if not url.host or url.scheme not in schemes or url.userinfo:
        raise UnavailableError(
            "CHEERBOARD_NOTICE_URL must begin with https:// and name a host; http is only used "
            "with CHEERBOARD_ALLOW_LOCAL_FETCH."
        )
    return url


async def _post(
    url: httpx.URL, body: bytes, headers: Mapping[str, str], *, allow_local: bool
) -> int:
    async with asyncio.timeout(SECONDS):
        port = url.port or (443 if url.scheme == "https" else 80)
        found = (await resolve(url.host, port, allow_local=allow_local))[:MOST_ADDRESSES]
        async with httpx.AsyncClient(
            timeout=SECONDS, follow_redirects=False, trust_env=False
        ) as client:
            for address in found[:-1]:
                try:
                    return await _ask(client, url, address, body, headers)
                except httpx.ConnectError:
                    continue
            return await _ask(client, url, found[-1], body, headers)


async def _ask(
    client: httpx.AsyncClient, url: httpx.URL, address: str, body: bytes, headers: Mapping[str, str]
) -> int:
    request = client.build_request(
        "POST",
        # Connected to the address that was checked; the name is for its certificate alone.
        url.copy_with(host=address),
        content=body,
        headers={
            **headers,
            "Host": url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "User-Agent": "Cheerboard",
        },
        extensions={"sni_hostname": url.host},
    )
    response = await client.send(request, stream=True)
    await response.aclose()
    return response.status_code
