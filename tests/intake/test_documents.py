"""Every kind of body as documents, through the reader that the hook and the processor share."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake import documents
from app.intake.strictjson import JSONRefusedError
from tests.intake.door import Door

FORM = {"content-type": "application/x-www-form-urlencoded"}
MULTIPART = {"content-type": "multipart/form-data; boundary=XX"}
BATCH = {"content-type": "application/cloudevents-batch+json"}
EVENT = {"specversion": "1.0", "id": "e-1", "source": "/shop", "type": "t"}


def parts(*fields: tuple[str, str]) -> bytes:
    lines = [
        f'--XX\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    return ("".join(lines) + "--XX--\r\n").encode()


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b"a=1&b=x+y%20z", {"a": "1", "b": "x y z"}),
        (b"r[score]=10&r[who][store]=B", {"r": {"score": "10", "who": {"store": "B"}}}),
        (b"a[]=1&a[]=2&b=1&b=2&c[]=1", {"a": ["1", "2"], "b": ["1", "2"], "c": ["1"]}),
        (b"a=", {"a": ""}), (b"", {}), (b"[a]=1", None), (b"a[b=1", {"a[b": "1"}),
        ("näme=ö".encode(), {"näme": "ö"}), (b"n=%C3%B6", {"n": "ö"}),
        (b'{"score": 9}', {"score": 9}),
    ],
)  # fmt: skip
def test_forms(body: bytes, document: Any) -> None:
    if document is None:  # begins like a JSON list, and is none
        with pytest.raises(JSONRefusedError):
            documents.parse(body, FORM)
        return
    assert documents.parse(body, FORM) == ((document,), False)


@pytest.mark.parametrize(
    "body", [b"a=1&a[b]=2", b"a[b]=2&a=1", b"n=%ff", b"\xff=1", b"&".join([b"a=1"] * 2_001),
             b"a" + b"[b]" * 40 + b"=1"],
)  # fmt: skip
def test_broken_forms(body: bytes) -> None:
    with pytest.raises(JSONRefusedError):
        documents.parse(body, FORM)


def test_multipart_with_json_inside() -> None:
    body = parts(("formID", "5"), ("rawRequest", '{"q5": "9"}'), ("a[b]", "ö"))
    body = body.replace(
        b"--XX--",
        b'--XX\r\ncontent-disposition: form-data; name="f"; filename="x"\r\n\r\n..\r\n--XX--',
    )
    assert documents.parse(body, MULTIPART, ("rawRequest",)) == (
        ({"formID": "5", "rawRequest": {"q5": "9"}, "a": {"b": "ö"}},), False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "body", [b"", b"--XX", parts(("a", "1"))[:-6], b"--XX\r\nno end\r\n--XX--", b"\xff--XX--"]
)
def test_broken_multipart(body: bytes) -> None:
    with pytest.raises(JSONRefusedError):
        documents.parse(body, MULTIPART)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for headers in (FORM, MULTIPART, BATCH, {}, {"content-type": "multipart/form-data"}):
        try:
            documents.parse(body, headers, ("a",))
        except JSONRefusedError as error:
            assert str(error)  # noqa: PT017 - either way is right, and a refusal has its sentence


def test_cloudevents_in_every_mode_are_one_envelope() -> None:
    data = {"score": 9}
    whole = {**EVENT, "data": data}
    packed = {**EVENT, "data_base64": base64.b64encode(json.dumps(data).encode()).decode()}
    binary = {f"ce-{name}": value for name, value in EVENT.items()}
    structured = {"content-type": "application/cloudevents+json; charset=UTF-8"}

    assert documents.parse(json.dumps(whole).encode(), structured) == ((whole,), True)
    assert documents.parse(json.dumps(packed).encode(), structured) == ((whole,), True)
    assert documents.parse(json.dumps(data).encode(), binary) == ((whole,), True)
    assert documents.parse(json.dumps([whole, packed]).encode(), BATCH) == ((whole, whole), True)
    assert documents.event_id(whole) == "/shop e-1"


def test_a_canonical_answer_may_come_in_an_envelope(sqlite_door: Door) -> None:
    path = sqlite_door.source()
    event = {**EVENT, "data": {"response_id": "r", "score": 0}}
    kind = {"content-type": "application/cloudevents+json"}

    assert sqlite_door.post(path, event, kind).status_code == 202
    assert sqlite_door.post(path, event, kind).status_code == 200
    binary = {f"ce-{name}": value for name, value in EVENT.items()} | {"ce-id": "e-2"}
    assert sqlite_door.post(path, {"response_id": "s", "score": 1}, binary).status_code == 202

    assert [(row.external_id, row.score) for row in sqlite_door.responses()] == [("r", 0), ("s", 1)]


def test_a_mapping_sees_the_whole_envelope(sqlite_door: Door) -> None:
    mapping = {"accept": "type == 't'", "response_id": "id", "score": "data.score"}
    path = sqlite_door.source("mapped", "generic", settings={"mapping": mapping})
    events = [{**EVENT, "id": f"e-{n}", "data": {"score": n}} for n in (3, 4)]
    events.append({**EVENT, "type": "other", "data": {"score": 5}})

    assert sqlite_door.post(path, events, BATCH).status_code == 202

    assert [(r.external_id, r.score) for r in sqlite_door.responses()] == [("e-3", 3), ("e-4", 4)]
    assert sqlite_door.outcomes() == [
        ("processed", "1 of 3 parts: The mapping's accept expression is not true for it.")
    ]


def test_forms_and_multipart_reach_the_ledger(sqlite_door: Door) -> None:
    path = sqlite_door.source()
    body = b"response_id=f&score=7&attributes[store]=Basel"
    assert sqlite_door.post(path, body, FORM).status_code == 202
    assert sqlite_door.post(path, parts(("response_id", "m"), ("score", "8")), MULTIPART).is_success

    found = [(row.external_id, row.score, row.attributes) for row in sqlite_door.responses()]
    assert found == [("f", 7, {"store": "Basel"}), ("m", 8, {})]


def test_an_envelope_in_headers_is_percent_encoded() -> None:
    headers = {"ce-specversion": "1.0", "ce-id": "a%201", "ce-source": "/caf%C3%A9"}
    (event,), is_event = documents.parse(b'{"score": 9}', headers)
    assert is_event
    assert (event["id"], event["source"], event["data"]) == ("a 1", "/café", {"score": 9})
