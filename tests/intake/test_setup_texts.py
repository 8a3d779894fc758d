"""Each set-up text, followed word by word: from an empty database to a dot on the wall."""

import html
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
from app.people import firststart
from tests.intake import recorded, stub
from tests.intake.guest import Guest, served
from tests.intake.recorded import Recorded
from tests.intake.stub import Stub
from tests.intake.vendor import EVENTS, Vendor
from tests.people.visitor import PASSWORD

AT = recorded.moment("2026-06-10T09:16:00Z")
# What a platform sends when it was set up as its text says; else its `promoter-comment`.
CASES = {"generic": "standardwebhooks-canonical", "googleforms": "googleforms-script"}
FIRST = {"survicate": "score"}
OWN_SECRET = "whsec_" + "bWFkZSBieSB0aGUgcGxhdGZvcm0h" * 2
# What a new user does at each step of a text, in order. A text that changes has to be read anew.
DONE = {
    "asknicely": ["look", "paste", "header", "tick answer"],
    "delighted": ["look", "paste", "tick", "answer"],
    "formbricks": ["look", "paste", "tick", "give", "answer"],
    "generic": ["paste", "write", "sign answer", "look"],
    "googleforms": ["script", "sign paste", "look", "on", "answer"],
    "hubspot": ["paste", "tick", "on answer"],
    "jotform": ["look", "paste", "look", "answer"],
    "posthog": ["look", "paste", "tick", "header", "on answer"],
    "qualtrics": ["look", "sign paste tick knock", "answer"],
    "satismeter": ["look", "paste", "tick on answer"],
    "surveymonkey": ["look", "paste tick knock", "double", "answer"],
    "survicate": ["paste", "tick", "answer"],
    "tally": ["look", "paste", "sign", "answer", "mend"],
    "typeform": ["look", "paste", "sign", "on", "answer"],
    "wootric": ["paste", "tick", "answer"],
}
# What stands in the sentence that makes somebody do that.
SAID = {
    "look": "", "paste": r"\{address\}", "sign": "(?i)secret|Sign as", "header": "[Hh]eader",
    "on": "on|enable|Activate|Run", "give": "Copy the secret", "knock": r"\{address\}",
    "tick": "Tick|tick|event|Subscribe|Let it send|Switch it on for|`topics`",
    "answer": "[Aa]nswer|bring a secret", "write": "Our own form: `", "script": "script below",
    "mend": "`later`: open Try settings", "double": "A webhook has one event",
}  # fmt: skip


class User:
    """Reads one set-up text aloud and does at the platform what it says, and nothing else."""

    def __init__(self, guest: Guest, asked: Guide, vendor: Vendor, where: str, copied: str) -> None:
        self.guest, self.asked, self.vendor, self.copied = guest, asked, vendor, copied
        self.where, self.statuses = where, list[int]()

    def follow(self) -> None:
        todo = DONE[self.asked.platform]
        for step, actions in zip(self.asked.steps, todo, strict=True):
            for action in actions.split():
                assert re.search(SAID[action], step), (action, step)
                getattr(self, action)(step)

    def look(self, _step: str) -> None:
        return

    def paste(self, _step: str) -> None:
        self.vendor.address = self.guest.hook

    def sign(self, _step: str) -> None:
        self.vendor.secret = self.copied

    def header(self, step: str) -> None:
        name, *prefix = re.findall(r"`([^`]+)`", step)
        self.vendor.headers[name] = "".join(prefix) + self.copied

    def tick(self, _step: str) -> None:
        ticked = re.search(r"Events to tick[^<]*</b>(.*?)</p>", self.guest.last.text, re.DOTALL)
        assert ticked
        self.vendor.ticked = tuple(re.findall(r"<code>([^<]+)</code>", ticked[1]))

    def knock(self, _step: str) -> None:
        for method in ("HEAD", "GET"):
            self.guest.ask(method, self.vendor.address.removeprefix("http://wall.test"))
            assert self.guest.last.status_code == 200

    def double(self, step: str) -> None:
        """An address that only a query tells apart is another one to the platform, not to us."""
        behind = re.findall(r"`(\?\w+)`", step)
        assert len(behind) == 2
        first = self.vendor.address
        for query in behind:
            self.vendor.address = first + query
            self.knock(step)
            assert self.guest.deliver(self.vendor.address, b"{}", {}) == 401
        self.vendor.address = first

    def on(self, _step: str) -> None:
        self.vendor.is_on = True

    def script(self, _step: str) -> None:
        assert f"var HOOK = '{self.guest.hook}'" in html.unescape(self.guest.last.text)

    def write(self, step: str) -> None:
        written = re.search(r"`(\{.*?\})`", step)
        assert written
        self.vendor.body = written[1].encode()
        assert json.loads(self.vendor.body)["attributes"] == {"store": "Basel"}

    def give(self, _step: str) -> None:
        self.vendor.secret = OWN_SECRET
        fields = {"secret": OWN_SECRET, "from": "setup"}
        assert self.guest.press(f"{self.where}/secret", fields).status_code == 303

    def answer(self, _step: str) -> None:
        self.statuses.append(self.guest.deliver(*self.vendor.answered()))

    def mend(self, _step: str) -> None:
        """The keys were not known before the first delivery; it shows them."""
        self.guest.settled(int(self.where.rpartition("/")[2]))
        page = self.guest.get(f"{self.where}/try").text
        config = self.vendor.case.facts["_config"]
        keys = {name: one for name, one in config.items() if name.endswith("_key") and one}
        assert all(key in page for key in keys.values())
        assert self.guest.press(f"{self.where}/try", {"do": "keep", **keys}).status_code == 303
        self.guest.get(self.where)
        assert self.guest.press(f"{self.where}/replay", {"outcome": "ignored"}).status_code == 303


@pytest.fixture(scope="module")
def guest(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """Whoever started an empty installation, and hung a first board."""
    folder = tmp_path_factory.mktemp("guest")
    (folder / "wall.db").write_bytes(sqlite_template.read_bytes())
    database = connect(f"sqlite:///{folder / 'wall.db'}")
    with clock.frozen(AT), served(database, folder) as made:
        first = {
            "code": firststart.code(made.app.state.settings), "company": "Northwind",
            "timezone": "Europe/Berlin", "team": "Service", "name": "Ada",
            "email": "ada@example.com", "password": PASSWORD,
        }  # fmt: skip
        assert made.ask("POST", "/setup", data=first).status_code == 303
        made.get("/boards")
        assert made.press("/boards", {"title": "Hall"}).status_code == 303
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
            fields[one.name] = case.facts.get("_token") or f"token-of-{asked.platform}"
    if "later" in " ".join(asked.before):
        fields = {name: "later" if name == "score_key" else "" for name in fields}
    places = config.get("attributes") or {}
    fields["attributes"] = "\n".join(f"{name} = {place}" for name, place in places.items())
    return fields | {"platform": asked.platform, "name": f"My {asked.title}"}


def dots(guest: Guest) -> int:
    return len(re.findall(r'<use id="v', guest.get("/tv/hall?scene=pulse").text))


def connected(guest: Guest, asked: Guide, api: Stub) -> User:
    """Before the steps: the account over there, the form here, and its page."""
    case = case_of(asked.platform)
    for one in case.facts.get("_fetch", ()):
        api.documents[one["path"]] = stub.recorded(one["fixture"])
    done = " ".join(DONE[asked.platform]).split()
    vendor = Vendor(case, is_on="on" not in done, ticked=() if "tick" in done else None)
    if asked.maker == "before":
        vendor.secret = "made by the platform"

    guest.get("/sources/new")
    assert f'href="/sources/new?platform={asked.platform}"' in guest.last.text
    guest.get(f"/sources/new?platform={asked.platform}")
    offered = re.search(r'name="secret" value="([^"]*)"', guest.last.text)
    assert offered
    assert bool(offered[1]) == (asked.maker == "here")
    secret = vendor.secret or offered[1]
    made = guest.press("/sources", filled(asked, case, api) | {"secret": secret})
    assert made.status_code == 303, guest.words
    where = made.headers["location"].removesuffix("/setup")
    guest.get(f"{where}/setup")
    assert "Waiting for the first delivery" in guest.words
    assert not secret or secret not in guest.last.text
    return User(guest, asked, vendor, where, offered[1])


@pytest.mark.parametrize("platform", sorted(sourcebook.platforms()))
def test_followed_word_by_word_it_leads_to_a_dot_on_the_wall(
    guest: Guest, api: Stub, platform: str
) -> None:
    asked, before = guide.guides()[platform], dots(guest)
    api.tokens.clear()
    user = connected(guest, asked, api)
    user.follow()

    assert user.statuses == [202]
    (arrived,) = guest.settled(int(user.where.rpartition("/")[2]))
    assert (arrived.outcome, arrived.error) == ("processed", None)
    assert "It arrives: the answer is counted." in guest.get(f"{user.where}/arrival").text
    guest.get("/sources")
    assert f"My {asked.title}" in guest.words
    assert dots(guest) == before + 1
    # Who asks the platform's API asks with the token of the form.
    assert all(f"token-of-{platform}" in one for one in api.tokens)
    assert bool(api.tokens) == (sourcebook.platforms()[platform].api is not None)


@pytest.mark.parametrize("platform", sorted(EVENTS))
def test_the_text_names_the_event_that_is_sent(platform: str) -> None:
    vendor: Any = Vendor(recorded.case(platform, "promoter-comment"))
    assert vendor.event in guide.guides()[platform].events


def test_every_text_is_whole() -> None:
    for name, one in guide.guides().items():
        steps = " ".join(one.steps)
        assert steps.count("{address}") == 1, name
        assert one.events, name
        assert one.stumbles, name
        assert one.genuine, name
        # Whatever is filled in here is explained there, or the other way round.
        assert all(field.label for field in one.fields), name
