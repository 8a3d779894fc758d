"""Each set-up text, followed word by word: from an empty database to a dot on the wall."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.db import connect
from app.intake import guide, sourcebook
from app.intake.guide import Guide
from tests import make
from tests.desk import scenery
from tests.intake import recorded, stub
from tests.intake.guest import Guest, served
from tests.intake.recorded import Recorded
from tests.intake.stub import Stub
from tests.people.visitor import lead

AT = recorded.moment("2026-06-10T09:16:00Z")
# What a platform sends when it was set up as its text says; else its `promoter-comment`.
CASES = {"generic": "standardwebhooks-canonical", "googleforms": "googleforms-script"}
FIRST = {"survicate": "score"}
# Where a body says which event it is.
EVENTS = {
    "typeform": "event_type", "surveymonkey": "event_type", "delighted": "event_type",
    "formbricks": "event", "tally": "eventType", "satismeter": "event", "wootric": "event_name",
    "posthog": "event.event", "hubspot": "subscriptionType",
}  # fmt: skip


@pytest.fixture(scope="module")
def guest(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    folder = tmp_path_factory.mktemp("guest")
    (folder / "wall.db").write_bytes(sqlite_template.read_bytes())
    database = connect(f"sqlite:///{folder / 'wall.db'}")
    with clock.frozen(AT):
        with database.write.begin() as session:
            make.company(session)
            scenery.board(session, "hall", "Hall")
        lead(database, role="admin")
        with served(database, folder) as made:
            made.sign_in()
            yield made
    database.dispose()


@pytest.fixture(scope="module")
def api() -> Iterator[Stub]:
    with stub.running() as running:
        yield running


def case_of(platform: str) -> Recorded:
    return recorded.case(platform, CASES.get(platform, FIRST.get(platform, "promoter-comment")))


def filled(asked: Guide, case: Recorded, api: Stub) -> dict[str, str]:
    """The form, with what the text asks for and nothing else."""
    config = {**case.facts["_config"], "api_base_url": api.base}
    fields = {one.name: str(config.get(one.name) or "") for one in asked.fields}
    for one in asked.fields:
        if one.is_sealed:
            fields[one.name] = case.facts.get("_token") or "a-made-up-token"
    places = config.get("attributes") or {}
    fields["attributes"] = "\n".join(f"{name} = {place}" for name, place in places.items())
    fields |= {"platform": asked.platform, "name": f"My {asked.title}"}
    return fields | ({"secret": case.facts["_secret"]} if asked.maker != "after" else {})


def headers_of(case: Recorded, address: str) -> dict[str, str]:
    """As recorded; the one signature that is over our address is made for this one."""
    headers = case.headers
    if case.platform == "hubspot":
        stamp = headers["X-HubSpot-Request-Timestamp"]
        signed = f"POST{address}".encode() + case.body + stamp.encode()
        mac = hmac.new(case.facts["_secret"].encode(), signed, hashlib.sha256).digest()
        headers["X-HubSpot-Signature-v3"] = base64.b64encode(mac).decode()
    return headers


def dots(guest: Guest) -> int:
    return len(re.findall(r'<use id="v', guest.get("/tv/hall?scene=pulse").text))


@pytest.mark.parametrize("platform", sorted(sourcebook.platforms()))
def test_followed_word_by_word_it_leads_to_a_dot_on_the_wall(
    guest: Guest, api: Stub, platform: str
) -> None:
    asked, case = guide.guides()[platform], case_of(platform)
    for one in case.facts.get("_fetch", ()):
        api.documents[one["path"]] = stub.recorded(one["fixture"])
    before = dots(guest)

    guest.get("/sources/new")
    assert f'href="/sources/new?platform={platform}"' in guest.last.text
    guest.get(f"/sources/new?platform={platform}")
    made = guest.press("/sources", filled(asked, case, api))
    assert made.status_code == 303, guest.words
    where = made.headers["location"].removesuffix("/setup")
    guest.get(f"{where}/setup")
    assert "Waiting for the first delivery" in guest.words
    assert case.facts["_secret"] not in guest.last.text
    address = guest.hook
    if asked.maker == "after":
        guest.press(f"{where}/secret", {"secret": case.facts["_secret"], "from": "setup"})
    query = f"?{case.query}" if case.query else ""
    status = guest.deliver(address + query, case.body, headers_of(case, address))

    assert status == 202
    (arrived,) = guest.settled(int(where.rpartition("/")[2]))
    assert (arrived.outcome, arrived.error) == ("processed", None)
    assert "It arrives: the answer is counted." in guest.get(f"{where}/arrival").text
    guest.get("/sources")
    assert f"My {asked.title}" in guest.words
    assert dots(guest) == before + 1


@pytest.mark.parametrize("platform", sorted(EVENTS))
def test_the_text_names_the_event_that_is_sent(platform: str) -> None:
    body: Any = json.loads(recorded.case(platform, "promoter-comment").body)
    found = body[0] if isinstance(body, list) else body
    for step in EVENTS[platform].split("."):
        found = found[step]
    assert found in guide.guides()[platform].events


def test_every_text_is_whole() -> None:
    for name, one in guide.guides().items():
        steps = " ".join(one.steps)
        assert steps.count("{address}") == 1, name
        assert one.events, name
        assert one.stumbles, name
        assert one.genuine, name
        # Whatever is filled in here is explained there, or the other way round.
        assert all(field.label for field in one.fields), name
