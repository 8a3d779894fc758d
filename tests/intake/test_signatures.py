"""Every way to sign, with the published vectors, and every way to get it wrong."""

import base64
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from app.errors import UnauthorizedError
from app.intake.signatures import Request, compile_check

# https://github.com/standard-webhooks/standard-webhooks, the vector of its specification's
# libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NAME, STAMP = b"msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
WRONG = b"v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
STANDARD = {"type": "standard_webhooks"}


def standard(**changed: bytes | None) -> Request:
    headers = {
        b"webhook-id": changed.get("name", NAME),
        b"webhook-timestamp": changed.get("stamp", str(STAMP).encode()),
        b"webhook-signature": changed.get("signature", SIGNATURE),
    }
    return Request(BODY, {name: value for name, value in headers.items() if value is not None})


def verify(
    scheme: Mapping[str, Any], request: Request, *secrets: str, at: float = STAMP, **settings: str
) -> None:
    compile_check(scheme, secrets, settings)(request, at)


def test_the_published_vector() -> None:
    verify(STANDARD, standard(), SECRET)


@pytest.mark.parametrize(
    "signature",
    [
        b" ".join([WRONG, b"v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=", SIGNATURE]),
        b"v1a," + base64.b64encode(b"e" * 64) + b" " + SIGNATURE,
    ],
)
def test_one_good_signature_among_several_is_enough(signature: bytes) -> None:
    verify(STANDARD, standard(signature=signature), SECRET)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": None}, {"stamp": None}, {"signature": None}, {"name": b""},
        {"signature": WRONG}, {"signature": b"v1,"}, {"signature": b"v1"}, {"signature": b","},
        {"signature": SIGNATURE[3:]}, {"signature": SIGNATURE[:-1]}, {"signature": b"v1,\xff\xfe"},
        {"signature": SIGNATURE.replace(b"v1,", b"v2,")}, {"name": b"msg_other"},
        {"stamp": b"hello"}, {"stamp": b"1614265330.0"}, {"stamp": b"-5"}, {"stamp": b"9" * 30},
        {"stamp": "١".encode()},
    ],
)  # fmt: skip
def test_what_the_vector_must_not_become(changed: dict[str, bytes | None]) -> None:
    with pytest.raises(UnauthorizedError):
        verify(STANDARD, standard(**changed), SECRET)


@pytest.mark.parametrize(("away", "fresh"), [(-300, 1), (300, 1), (-301, 0), (301, 0)])
def test_five_minutes_both_ways(away: int, fresh: int) -> None:
    if fresh:
        verify(STANDARD, standard(), SECRET, at=STAMP + away)
        return
    with pytest.raises(UnauthorizedError, match="300 s"):
        verify(STANDARD, standard(), SECRET, at=STAMP + away)


def test_an_old_secret_is_valid_beside_the_new() -> None:
    other = "whsec_" + base64.b64encode(b"n" * 24).decode()
    verify(STANDARD, standard(), other, SECRET)
    with pytest.raises(UnauthorizedError):
        verify(STANDARD, standard(), other)


@given(body=st.binary(max_size=300), name=st.from_regex(r"[\w-]{1,40}", fullmatch=True))
def test_agrees_with_the_official_package(body: bytes, name: str) -> None:
    text = body.decode("latin-1").encode()
    name = name.encode("ascii", "replace").decode()
    signature = Webhook(SECRET).sign(name, datetime.fromtimestamp(STAMP, UTC), text.decode())
    headers = {
        b"webhook-id": name.encode(),
        b"webhook-timestamp": str(STAMP).encode(),
        b"webhook-signature": signature.encode(),
    }
    verify(STANDARD, Request(text, headers), SECRET)


@pytest.mark.parametrize("secret", ["plain", "whsec_", "whsec_***", "whsec_YWJj=YQ", ""])
def test_a_standard_secret_must_be_one(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        compile_check(STANDARD, [secret])


def mac(algorithm: str, key: str, signed: bytes) -> bytes:
    return hmac.new(key.encode(), signed, algorithm).digest()


HMACS: list[tuple[dict[str, Any], str, dict[bytes, bytes]]] = [
    ({"header": "X-Sig"}, mac("sha256", "s", b"{}").hex(), {}),
    ({"header": "X-Sig", "encoding": "hex"}, mac("sha256", "s", b"{}").hex().upper(), {}),
    ({"header": "X-Sig", "algorithm": "sha1", "encoding": "base64", "key": "{client_id}&{secret}"},
     base64.b64encode(mac("sha1", "c&s", b"{}")).decode(), {}),
    ({"header": "X-Sig", "algorithm": "sha512", "prefix": "sha512="},
     "sha512=" + mac("sha512", "s", b"{}").hex(), {}),
    ({"header": "X-Sig", "signed": "{method}{url}{body}{timestamp}", "timestamp_header": "X-Time",
      "timestamp_unit": "ms", "tolerance_s": 300},
     mac("sha256", "s", b"POSThttps://w.example.com/h?a=1{}1614265330000").hex(),
     {b"x-time": b"1614265330000"}),
    ({"header": "X-Sig", "signed": "v0:{timestamp}:{body}", "timestamp_header": "X-Time"},
     mac("sha256", "s", b"v0:1614265330:{}").hex(), {b"x-time": b"1614265330"}),
    ({"header": "X-Sig", "signed": "{timestamp}.{body}", "timestamp_header": "X-Time"},
     mac("sha256", "s", b"2021-02-25T15:02:10Z.{}").hex(), {b"x-time": b"2021-02-25T15:02:10Z"}),
    ({"header": "X-Sig", "signed": "{id}.{body}"}, mac("sha256", "s", b"e-1.{}").hex(),
     {b"webhook-id": b"e-1"}),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "signature", "headers"), HMACS)
def test_hmac_schemes(scheme: dict[str, Any], signature: str, headers: dict[bytes, bytes]) -> None:
    whole = {"type": "hmac", **scheme}
    good = {**headers, b"x-sig": signature.encode()}
    url = "https://w.example.com/h?a=1"

    verify(whole, Request(b"{}", good, "POST", url), "old", "s", client_id="c")

    for bad in (
        Request(b"{ }", good, "POST", url),
        Request(b"{}", headers, "POST", url),
        Request(b"{}", {**good, b"x-sig": b"\xc3\xa4"}, "POST", url),
        Request(b"{}", {**good, b"x-sig": signature.encode()[:-1]}, "POST", url),
    ):
        with pytest.raises(UnauthorizedError):
            verify(whole, bad, "s", client_id="c")


def test_a_timestamp_beside_an_hmac_must_be_fresh() -> None:
    scheme = {"type": "hmac", **HMACS[5][0], "tolerance_s": 10}
    request = Request(b"{}", {**HMACS[5][2], b"x-sig": HMACS[5][1].encode()})
    verify(scheme, request, "s", at=STAMP + 10)
    for at in (STAMP + 11, STAMP - 11):
        with pytest.raises(UnauthorizedError, match="10 s"):
            verify(scheme, request, "s", at=at)


def test_a_signature_in_a_field_of_the_body() -> None:
    scheme = {
        "type": "hmac", "body_field": "HMAC", "algorithm": "sha512", "signed": "{field.MSG}",
    }  # fmt: skip
    signed = b'{"Topic":"t"}'
    digest = mac("sha512", "shared", signed).hex()
    form = {b"content-type": b"application/x-www-form-urlencoded"}
    body = f"MSG=%7B%22Topic%22%3A%22t%22%7D&HMAC={digest}".encode()

    verify(scheme, Request(body, form), "shared")

    for bad in (body.replace(b"t%22%7D", b"u%22%7D"), b"HMAC=" + digest.encode(), b"%ff"):
        with pytest.raises(UnauthorizedError):
            verify(scheme, Request(bad, form), "shared")


FIXED = [
    ({"type": "static_header", "header": "X-Api-Key"}, {b"x-api-key": b"s"}, b""),
    ({"type": "static_header", "header": "Authorization", "prefix": "Bearer "},
     {b"authorization": b"Bearer s"}, b""),
    ({"type": "basic", "username": "u"}, {b"authorization": b"Basic dTpz"}, b""),
    ({"type": "url_token"}, {}, b"a=1&token=s"),
    ({"type": "url_token", "parameter": "k"}, {}, b"k=s"),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "headers", "query"), FIXED)
def test_fixed_words(scheme: dict[str, Any], headers: dict[bytes, bytes], query: bytes) -> None:
    verify(scheme, Request(b"", headers, query=query), "s", "t")
    for other in (
        Request(b"", {}),
        Request(b"", dict.fromkeys(headers, b"\xff"), query=b"token=%ff"),
    ):
        with pytest.raises(UnauthorizedError):
            verify(scheme, other, "s")
    with pytest.raises(UnauthorizedError):
        verify(scheme, Request(b"", headers, query=query), "other")


@pytest.mark.parametrize(
    ("scheme", "sentence"),
    [
        ({}, "authentication.type must be one of"),
        ({"type": "rot13"}, "authentication.type must be one of"),
        ({"type": "hmac"}, "either `header` or `body_field`"),
        ({"type": "hmac", "header": "X", "body_field": "Y"}, "either `header` or `body_field`"),
        ({"type": "hmac", "header": "X", "algorithm": "md5"}, "algorithm must be one of"),
        ({"type": "hmac", "header": "X", "encoding": "base32"}, "encoding must be one of"),
        ({"type": "hmac", "header": "X", "signed": "{bodi}"}, "unknown word"),
        ({"type": "hmac", "header": "X", "signed": "{timestamp}{body}"}, "timestamp_header"),
        ({"type": "hmac", "header": "X", "key": "fixed"}, "must contain {secret}"),
        ({"type": "hmac", "header": "X", "key": "{client_id}{secret}"}, "{client_id}"),
        ({"type": "hmac", "header": "X", "tolerance_s": "soon"}, "positive number"),
        ({"type": "hmac", "header": 5}, "must be a text"),
        ({"type": "basic", "user": "u"}, "knows no 'user'"),
    ],
)
def test_a_scheme_that_cannot_work_is_refused_when_it_is_saved(
    scheme: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared below
        compile_check(scheme, ["s"])
    assert sentence in str(refused.value)
