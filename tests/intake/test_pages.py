"""The sources' pages: what failed, pressing it again, trying a mapping, secrets, taking away."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.db import connect
from app.intake import sourcebook
from app.intake.models import Source
from app.people.models import AuditEntry
from tests import make
from tests.desk import scenery
from tests.intake.door import KEY, SECRET, signed
from tests.intake.guest import Guest, served
from tests.people.visitor import PASSWORD, lead

MAPPING = "response_id = id\nscore = nps\nattributes.store = shop"


@pytest.fixture(scope="module")
def guest(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "wall.db").write_bytes(sqlite_template.read_bytes())
    database = connect(f"sqlite:///{folder / 'wall.db'}")
    with database.write.begin() as session:
        make.company(session)
        scenery.board(session, "hall", "Hall")
    lead(database, role="admin")
    lead(database, "bo@example.com", role="lead")
    with served(database, folder) as made:
        made.sign_in()
        yield made
    database.dispose()


def connected(guest: Guest, name: str, platform: str = "generic", **fields: str) -> str:
    """The address of a new source's page."""
    guest.get(f"/sources/new?platform={platform}")
    made = guest.press("/sources", {"platform": platform, "name": name, "secret": "", **fields})
    assert made.status_code == 303, guest.words
    return made.headers["location"].removesuffix("/setup")


def sent(guest: Guest, where: str, body: Any, headers: dict[str, str] | None = None) -> int:
    guest.get(f"{where}/setup")
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return guest.deliver(guest.hook, raw, {"content-type": "application/json", **(headers or {})})


def number(where: str) -> int:
    return int(where.rpartition("/")[2])


def audited(guest: Guest) -> list[AuditEntry]:
    with guest.app.state.database.read() as session:
        mine = select(AuditEntry).where(AuditEntry.action == "sources.manage")
        return list(session.scalars(mine.order_by(AuditEntry.id)))


def stored(guest: Guest, where: str) -> tuple[dict[str, Any], list[str]]:
    with guest.app.state.database.read() as session:
        row = session.get_one(Source, number(where))
    return sourcebook.unseal_settings(KEY, row)


def test_a_mapping_is_tried_kept_and_what_was_ignored_counts(guest: Guest) -> None:
    where = connected(guest, "mapped")
    assert sent(guest, where, {"id": 7, "nps": "9", "shop": "Basel"}) == 202
    (before,) = guest.settled(number(where))
    assert before.outcome == "ignored"

    guest.get(f"{where}/try")
    assert '"shop": "Basel"' in guest.words
    assert "It would be ignored." in guest.words
    tried = guest.press(f"{where}/try", {"do": "try", "mapping": MAPPING})
    assert tried.status_code == 200
    assert "It would be counted." in guest.words
    assert "score 9" in guest.words
    assert "store Basel" in guest.words
    assert stored(guest, where)[0] == {}  # nothing of it is kept

    assert guest.press(f"{where}/try", {"do": "keep", "mapping": MAPPING}).status_code == 303
    wanted = {"response_id": "id", "score": "nps", "attributes": {"store": "shop"}}
    assert stored(guest, where)[0] == {"mapping": wanted}
    assert "Kept." in guest.get(f"{where}?done=kept").text
    guest.press(f"{where}/replay", {"outcome": "ignored"})
    assert [one.outcome for one in guest.settled(number(where))] == ["processed"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"mapping": "score = nps["}, "mapping needs an expression for 'response_id'"),
        ({"mapping": "response_id = id\nscore = nps["}, "mapping.score is no JMESPath expression"),
        ({"mapping": "response_id id"}, "mapping, line 1: write it as `name = where it stands`."),
        ({"mapping": "score = a\nscore = b"}, "mapping, line 2: 'score' is twice."),
        ({"mapping": MAPPING + "\nnps = x"}, "mapping has no field 'nps'"),
        ({"attributes": "store"}, "attributes, line 1"),
        ({"timezone": "Mars/Base"}, "no IANA time zone"),
        ({"authentication": "{"}, "authentication is not JSON"),
        ({"authentication": '{"type": "hmac"}'}, "needs a secret"),
        ({"mapping": "response_id = \0\nscore = x"}, "a character that cannot be stored"),
        ({"mapping": "response_id = id\nscore = " + "x" * 20_000}, "longer than 16,000"),
    ],
)
def test_what_cannot_work_is_said_in_words_and_never_kept(
    guest: Guest, fields: dict[str, str], sentence: str
) -> None:
    where = connected(guest, f"wrong {hash(sentence + str(fields))}")
    for do in ("try", "keep"):
        guest.get(f"{where}/try")
        assert guest.press(f"{where}/try", {"do": do, **fields}).status_code == 422
        assert sentence in guest.words
        assert stored(guest, where)[0] == {}


def test_a_failed_delivery_is_shown_and_pressed_again(guest: Guest) -> None:
    hook_echo = b'{"broken": "<script>alert(1)</script> \xe2\x80\xae dlrow'
    where = connected(guest, "failing")
    assert sent(guest, where, hook_echo) == 400
    sent(guest, where, b'["' + b"x" * 20_000)
    failed = guest.settled(number(where))
    assert [one.outcome for one in failed] == ["failed", "failed"]

    page = guest.get(where).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "x" * 3_000 in page
    assert "x" * 5_000 not in page
    assert "failing: the last delivery failed." in guest.get("/desk").text

    guest.get(where)
    for _ in range(2):
        again = guest.press(f"{where}/deliveries/{failed[0].id}/replay")
        assert again.status_code == 303
        guest.get(where)
    assert guest.settled(number(where))[0].error == failed[0].error  # it is no better now
    guest.get(where)
    assert guest.press(f"{where}/replay", {"outcome": "processed"}).status_code == 422
    guest.get(where)
    guest.press(f"{where}/replay", {"outcome": "failed"})
    guest.settled(number(where))
    facts = [one.after for one in audited(guest) if one.thing == "source failing"]
    assert {"replayed": "2 failed"} in facts


def test_secrets_are_changed_without_being_shown(guest: Guest) -> None:
    where = connected(guest, "signed", secret=SECRET)
    guest.get(f"{where}/setup")
    assert "sealed, and not shown again" in guest.words
    body = json.dumps({"response_id": "s-1", "score": 3}).encode()
    assert sent(guest, where, body, signed(body, secret=SECRET)) == 202

    guest.get(where)
    guest.press(f"{where}/secret", {"secret": "whsec_" + "bmV3" * 12})
    assert "2 secrets are valid" in guest.get(where).text
    guest.press(f"{where}/secret/drop")
    assert stored(guest, where)[1] == ["whsec_" + "bmV3" * 12]
    assert sent(guest, where, body, signed(body, secret=SECRET)) == 401
    assert "was refused, once" in guest.get(f"{where}/arrival").text
    guest.get(where)
    assert guest.press(f"{where}/secret", {"secret": " "}).status_code == 422
    told = guest.last.text + "".join(
        guest.get(page).text
        for page in ("/sources", where, f"{where}/try", f"{where}/setup", "/audit")
    )
    assert SECRET not in told
    assert "bmV3bmV3" not in told
    assert [one.after for one in audited(guest) if one.thing == "source signed"][1:] == [
        {"valid secrets": 2},
        {"valid secrets": 1},
    ]


def test_a_token_is_kept_when_its_field_stays_empty_and_never_shown(guest: Guest) -> None:
    where = connected(
        guest, "thin", "surveymonkey", secret="s", client_id="c", access_token="tok-en-1",
        score_question_id="9001",
    )  # fmt: skip
    guest.get(f"{where}/try")
    assert "tok-en-1" not in guest.last.text
    kept = {"do": "keep", "access_token": "", "client_id": "d", "score_question_id": "9001"}
    assert guest.press(f"{where}/try", kept).status_code == 303
    assert stored(guest, where)[0]["access_token"] == "tok-en-1"
    assert stored(guest, where)[0]["client_id"] == "d"
    assert "tok-en-1" not in str([(one.before, one.after) for one in audited(guest)])


def test_what_a_platform_sends_back_is_taken_out_of_the_body(guest: Guest) -> None:
    where = connected(guest, "echo")
    guest.get(f"{where}/setup")
    address = guest.hook
    sent(guest, where, {"webhookURL": address})
    page = guest.get(f"{where}/try").text
    assert "webhookURL" in page
    assert address.rpartition("/")[2] not in page


def test_a_source_is_removed_after_the_box_was_ticked(guest: Guest) -> None:
    where = connected(guest, "short-lived")
    guest.get(f"{where}/setup")
    address = guest.hook
    guest.get(where)
    assert guest.press(f"{where}/remove").status_code == 422
    guest.get(where)
    assert guest.press(f"{where}/remove", {"sure": "yes"}).status_code == 303
    assert guest.get(where).status_code == 404
    assert guest.deliver(address, b"{}", {}) == 404
    assert "short-lived" not in guest.get("/sources").text


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"name": " "}, 400, "The name is empty."),
        ({"name": "Twin"}, 409, "There is a source 'Twin' already."),
        ({"name": "x", "platform": "nobody"}, 404, "There is no such platform."),
        ({"name": "x", "platform": "typeform"}, 400, "The setting 'score_field_ref' is missing"),
        ({"name": "x\u0007y"}, 400, "a character that cannot be shown"),
        (
            {"name": "x", "platform": "formbricks", "score_element": "q", "secret": "x"},
            400,
            "whsec_",
        ),
    ],
)
def test_a_form_that_cannot_work_stays_filled_in(
    guest: Guest, fields: dict[str, str], status: int, sentence: str
) -> None:
    if "Twin" in fields["name"]:
        connected(guest, "Twin")
    guest.get("/sources/new?platform=generic")
    given = {"platform": "generic", "secret": "", **fields}
    assert guest.press("/sources", given).status_code == status
    assert sentence in guest.words


def test_who_is_no_admin_sees_how_it_is_doing_and_no_address(guest: Guest) -> None:
    where = connected(guest, "for all")
    guest.get(f"{where}/setup")
    key = guest.hook.rpartition("/")[2]
    other = Guest(guest.app, guest.portal)
    other.sign_in("bo@example.com", PASSWORD)
    page = other.get("/sources").text
    assert "for all" in page
    assert key not in page
    assert "Connect a platform" not in page
    assert other.get(where).status_code == 403
