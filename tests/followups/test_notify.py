"""Leads hear of new cases once, together, without a word of the customer; trouble waits."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from app import clock
from app.errors import UnavailableError
from app.followups import notify
from app.notices import outbox, webhook
from app.notices.models import Notice
from app.settings import Settings
from tests.followups.house import AT, House, answer, close_account
from tests.postbox import postbox

BASE = "https://wall.example.com"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Ear(ThreadingHTTPServer):
    """Keeps what is posted; answers `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[bytes, dict[str, str]]] = []
        self.status = 204


class _Handler(BaseHTTPRequestHandler):
    server: Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.heard.append((body, {k.lower(): v for k, v in self.headers.items()}))
        self.send_response(self.server.status)
        self.send_header("location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        """Nothing."""


@contextmanager
def ear() -> Iterator[Ear]:
    with Ear() as opened:
        thread = threading.Thread(target=opened.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield opened
        opened.shutdown()
        thread.join(10)


def settings(folder: Path, **facts: Any) -> Settings:
    usual: dict[str, Any] = {
        "data_dir": folder,
        "base_url": "https://wall.example.com",
        "notice_secret": SECRET,
    }
    return Settings(**usual | facts)


def notices(house: House) -> list[Notice]:
    with house.database.read() as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def test_each_lead_hears_of_own_teams_in_one_mail_and_nothing_of_the_customer(
    house: House, tmp_path: Path
) -> None:
    house.take(answer("a", 3), answer("b", 0, attributes={"team": "Claims"}))
    house.take(answer("c", 6, attributes={}))
    with postbox() as box:
        mailing = settings(tmp_path, **box.settings)
        assert notify.tell(house.database, mailing) == 3
        assert notify.tell(house.database, mailing) == 0
        assert outbox.send_due(house.database, mailing) == 2
        assert outbox.send_due(house.database, mailing) == 0
    said = {one["To"]: one.get_content() for one in box.letters}
    assert set(said) == {"lea@example.com", "ben@example.com"}
    assert [one["Subject"] for one in box.letters] == ["2 customers wait for a call"] * 2
    assert "Score 3 · Shop · due Fri 12 Jun 11:15" in said["lea@example.com"]
    assert "https://wall.example.com/followups/1" in said["lea@example.com"]
    assert "Claims" not in said["lea@example.com"]
    assert "Score 6 · no team" in said["ben@example.com"]
    assert all("Uma" not in one and "rang" not in one for one in said.values())


def test_a_webhook_is_signed_so_that_the_official_verifier_takes_it(
    house: House, tmp_path: Path
) -> None:
    house.take(answer("a", 3))
    with ear() as heard:
        url = f"http://127.0.0.1:{heard.server_address[1]}/leads?k=1"
        posting = settings(tmp_path, notice_url=url, allow_local_fetch=True)
        notify.tell(house.database, posting)
        # The verifier asks the machine's own clock.
        with clock.frozen(datetime.fromtimestamp(time.time(), UTC)):
            assert outbox.send_due(house.database, posting) == 1
        ((body, headers),) = heard.heard
    said = Webhook(SECRET).verify(body, headers)
    assert said == json.loads(body)
    assert said["type"] == "followups.opened"
    assert said["data"]["cases"] == [
        {"id": "1", "score": 3, "team": "Shop", "due_at": "2026-06-12T09:15:00Z",
         "url": "https://wall.example.com/followups/1"},
    ]  # fmt: skip


def test_what_does_not_arrive_is_tried_again_later_with_the_same_id_and_given_up_after_a_day(
    sqlite_house: House, tmp_path: Path
) -> None:
    house = sqlite_house
    house.take(answer("a", 3))
    with ear() as heard:
        heard.status = 302
        url = f"http://127.0.0.1:{heard.server_address[1]}/"
        posting = settings(tmp_path, notice_url=url, allow_local_fetch=True)
        notify.tell(house.database, posting)
        assert outbox.send_due(house.database, posting) == 0
        assert outbox.send_due(house.database, posting) == 0  # it waits
        assert len(heard.heard) == 1
        (one,) = notices(house)
        assert (one.tries, one.trouble) == (1, "127.0.0.1 answered 302.")
        for wait in (timedelta(seconds=20), timedelta(minutes=3)):
            with clock.frozen(AT + wait):
                outbox.send_due(house.database, posting)
        assert len({headers["webhook-id"] for _, headers in heard.heard}) == 1
        assert len(heard.heard) == 3
        with clock.frozen(AT + timedelta(days=1)):
            outbox.send_due(house.database, posting)
        (one,) = notices(house)
        assert one.ended_at == AT + timedelta(days=1)
        with clock.frozen(AT + timedelta(days=9)):
            outbox.sweep(house.database)
    assert notices(house) == []


@pytest.mark.parametrize(
    ("url", "secret", "said"),
    [
        ("http://10.0.0.1/x", SECRET, "must begin with https://"),
        ("https://127.0.0.1:9/x", SECRET, "leads to a private address"),
        ("https://169.254.169.254/latest", SECRET, "leads to a private address"),
        ("https://a:b@example.com/", SECRET, "must begin with https://"),
        ("ftp://example.com/", SECRET, "must begin with https://"),
        ("https://", SECRET, "must begin with https://"),
        ("https://example.com/", "secret", "`whsec_` followed by base64"),
        ("https://example.com/", "whsec_*", "`whsec_` followed by base64"),
    ],
)
def test_no_road_leads_inside(tmp_path: Path, url: str, secret: str, said: str) -> None:
    asked = settings(tmp_path, notice_url=url, notice_secret=secret)
    with pytest.raises(UnavailableError, match=said.replace("`", ".")):
        webhook.post(asked, "msg_1", {})


def test_without_a_way_nothing_is_kept_and_without_a_lead_the_admins_hear(
    sqlite_house: House, tmp_path: Path
) -> None:
    house = sqlite_house
    house.take(answer("a", 3))
    assert notify.tell(house.database, settings(tmp_path)) == 1
    assert notices(house) == []
    for who in ("lea", "ben"):
        close_account(house, who)
    house.take(answer("b", 3))
    notify.tell(house.database, settings(tmp_path, smtp_host="mail.example"))
    assert [one.address for one in notices(house)] == ["ada@example.com"]
