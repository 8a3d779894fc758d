"""Is this request genuine? Pure: bytes, secrets and a clock's reading in, an error or none out."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from app.errors import UnauthorizedError
from app.intake import documents
from app.intake.fixedwords import compile_carried, compile_fixed
from app.intake.scheme import Check, Request, choice, number, text

__all__ = ["Check", "Request", "all_of", "any_of", "compile_check", "standard_key"]

TOLERANCE = 300.0
TYPES = ("standard_webhooks", "hmac", "static_header", "basic", "url_token", "carried")
KEYS = {
    "standard_webhooks": {"tolerance_s"},
    "hmac": {
        "header", "body_field", "algorithm", "encoding", "prefix", "signed", "key",
        "timestamp_header", "timestamp_unit", "tolerance_s", "id_header",
    },
    "static_header": {"header", "prefix"},
    "basic": {"username"},
    "url_token": {"parameter"},
    "carried": {"parameter"},
}  # fmt: skip
_WORD = re.compile(r"\{(body|timestamp|id|method|url|field\.[\w-]+)\}")
_KEY_WORD = re.compile(r"\{(\w+)\}")


def compile_check(
    scheme: Mapping[str, Any], secrets: Sequence[str], settings: Mapping[str, Any] | None = None
) -> Check:
    """The check of one scheme for secrets that are all valid at once.

    `settings` feed the words of an hmac key template. Raises ValueError, one sentence, when the
    scheme or a secret is unusable.
    """
    kind = scheme.get("type")
    if kind not in TYPES:
        raise ValueError(f"authentication.type must be one of {', '.join(TYPES)}.")
    unknown = sorted(set(scheme) - KEYS[kind] - {"type"})
    if unknown:
        raise ValueError(f"authentication of type {kind} knows no {unknown[0]!r}.")
    if not secrets:
        raise ValueError(f"authentication of type {kind} needs a secret.")
    if kind == "standard_webhooks":
        return _standard(secrets, number(scheme, "tolerance_s", TOLERANCE))
    if kind == "hmac":
        return _hmac(scheme, secrets, settings or {})
    if kind == "carried":
        return compile_carried(scheme, secrets)
    return compile_fixed(kind, scheme, secrets)


def standard_key(secret: str) -> bytes:
    """The key in a Standard Webhooks secret. Raises ValueError, one sentence."""
    encoded = secret.removeprefix("whsec_")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if not key or encoded == secret:
        raise ValueError("A Standard Webhooks secret is `whsec_` followed by base64.")
    return key


def _standard(secrets: Sequence[str], tolerance: float) -> Check:
    # One keyed state per secret: copying it is cheaper than keying anew for each request.
    states = [hmac.new(standard_key(secret), digestmod=hashlib.sha256) for secret in secrets]

    def check(request: Request, now: float) -> None:
        headers = request.headers
        name, stamp = headers.get(b"webhook-id"), headers.get(b"webhook-timestamp")
        given = headers.get(b"webhook-signature")
        if not name or not stamp or not given:
            raise UnauthorizedError(
                "The headers webhook-id, webhook-timestamp and webhook-signature are needed."
            )
        if not stamp.isdigit() or len(stamp) > 12:
            raise UnauthorizedError("The header webhook-timestamp is not unix seconds.")
        _demand_fresh(float(stamp), now, tolerance)
        signed = b"%b.%b.%b" % (name, stamp, request.body)
        offered = [part[3:] for part in given.split(b" ")[:16] if part.startswith(b"v1,")]
        for state in states:
            mac = state.copy()
            mac.update(signed)
            expected = binascii.b2a_base64(mac.digest(), newline=False)
            for signature in offered:
                if hmac.compare_digest(expected, signature):
                    return
        raise UnauthorizedError("No signature matches.")

    return check


def _hmac(scheme: Mapping[str, Any], secrets: Sequence[str], settings: Mapping[str, Any]) -> Check:
    given, expected = _given(scheme), _expected(scheme, secrets, settings)
    tolerance = number(scheme, "tolerance_s", TOLERANCE)
    stamp_header = text(scheme, "timestamp_header", "").lower().encode()
    id_header = text(scheme, "id_header", "webhook-id").lower().encode()
    unit = choice(scheme, "timestamp_unit", ("s", "ms", "iso"), "")
    parts = _parts(text(scheme, "signed", "{body}"), stamp_header)

    def check(request: Request, now: float) -> None:
        stamp = request.headers.get(stamp_header, b"") if stamp_header else b""
        if stamp_header:
            _demand_fresh(_seconds(stamp, unit), now, tolerance)
        words = {"timestamp": stamp, "id": request.headers.get(id_header, b"")}
        signed = b"".join(_filled(part, request, words) for part in parts)
        signature = given(request)
        # A list, not a generator: every secret costs the same time, matching or not.
        if not any([hmac.compare_digest(one, signature) for one in expected(signed)]):  # noqa: C419 - every one is compared: as slow for a wrong one
            raise UnauthorizedError("The signature does not match.")

    return check


def _given(scheme: Mapping[str, Any]) -> Callable[[Request], bytes]:
    header, field = text(scheme, "header", ""), text(scheme, "body_field", "")
    if bool(header) == bool(field):
        raise ValueError("authentication of type hmac needs either `header` or `body_field`.")
    prefix, name = text(scheme, "prefix", "").encode(), header.lower().encode()
    is_hex = choice(scheme, "encoding", ("hex", "base64"), "hex") == "hex"

    def given(request: Request) -> bytes:
        value = request.headers.get(name) if header else _field(request, field)
        if not value or not value.startswith(prefix):
            raise UnauthorizedError(f"The signature in {header or field} is missing.")
        value = value[len(prefix) :].strip()
        return value.lower() if is_hex else value

    return given


def _expected(
    scheme: Mapping[str, Any], secrets: Sequence[str], settings: Mapping[str, Any]
) -> Callable[[bytes], list[bytes]]:
    algorithm = choice(scheme, "algorithm", ("sha1", "sha256", "sha512"), "sha256")
    is_hex = choice(scheme, "encoding", ("hex", "base64"), "hex") == "hex"
    template = text(scheme, "key", "{secret}")
    if "{secret}" not in template:
        raise ValueError("authentication.key must contain {secret}.")
    states = [hmac.new(_key(template, secret, settings), digestmod=algorithm) for secret in secrets]

    def expected(signed: bytes) -> list[bytes]:
        made = []
        for state in states:
            mac = state.copy()
            mac.update(signed)
            digest = mac.digest()
            made.append(digest.hex().encode() if is_hex else base64.b64encode(digest))
        return made

    return expected


def _key(template: str, secret: str, settings: Mapping[str, Any]) -> bytes:
    words = {**settings, "secret": secret}
    for word in _KEY_WORD.findall(template):
        if not isinstance(words.get(word), str):
            raise ValueError(f"authentication.key names {{{word}}}, which is not set.")
    return _KEY_WORD.sub(lambda found: str(words[found[1]]), template).encode()


def all_of(checks: Sequence[Check]) -> Check | None:
    """Every one of the checks must pass; none at all is no check."""
    if len(checks) < 2:
        return checks[0] if checks else None

    def check(request: Request, now: float) -> None:
        for one in checks:
            one(request, now)

    return check


def any_of(checks: Sequence[Check]) -> Check:
    """One check that passes is enough; the last one's sentence says why none did."""
    *others, last = checks

    def check(request: Request, now: float) -> None:
        for one in others:
            with suppress(UnauthorizedError):
                one(request, now)
                return
        last(request, now)

    return check if others else last


def _parts(template: str, stamp_header: bytes) -> list[str | bytes]:
    """Words as text, what stands between them as bytes."""
    pieces = _WORD.split(template)
    if re.search(r"[{}]", "".join(pieces[::2])):
        raise ValueError(f"authentication.signed has an unknown word: {template!r}.")
    if "timestamp" in pieces[1::2] and not stamp_header:
        raise ValueError("authentication.signed names {timestamp}; it needs timestamp_header.")
    return [part if at % 2 else part.encode() for at, part in enumerate(pieces) if part]


def _filled(part: str | bytes, request: Request, words: Mapping[str, bytes]) -> bytes:
    if isinstance(part, bytes):
        return part
    if part.startswith("field."):
        return _field(request, part.removeprefix("field."))
    whole = {"body": request.body, "method": request.method.encode(), "url": request.url.encode()}
    return whole[part] if part in whole else words[part]


def _field(request: Request, name: str) -> bytes:
    found = documents.field(request.body, request.headers.get(b"content-type", b""), name)
    if found is None:
        raise UnauthorizedError(f"The field {name} is missing.")
    return found


def _seconds(stamp: bytes, unit: str) -> float:
    written = stamp.decode("ascii", "replace").strip()
    if re.fullmatch(r"\d{1,16}(\.\d{1,9})?", written, re.ASCII) and unit != "iso":
        value = float(written)
        return value / 1000 if unit == "ms" or (not unit and value >= 1e11) else value
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise UnauthorizedError("The timestamp of the signature cannot be read.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _demand_fresh(stamp: float, now: float, tolerance: float) -> None:
    if abs(now - stamp) > tolerance:
        raise UnauthorizedError(
            f"The timestamp is more than {tolerance:g} s away from this server's clock."
        )
